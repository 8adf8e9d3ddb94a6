import { createHash } from "node:crypto";

/** Elements whose text is no markup, and scripts that are data. */
const ELEMENT = /<(script|style)\b([^>]*)>([\s\S]*?)<\/\1\s*>/gi;
const IS_DATA = /\btype="application\//i;

/**
 * The content security policy of a page: the scripts that it has, by their hashes, and no other; nothing from anywhere
 * else. Styles of the libraries stand in attributes, which have no hash.
 * @param asks whether its scripts ask this server for news
 */
export function policyOf(page: string, { asks }: { readonly asks: boolean }): string {
  const hashes = new Set<string>();
  for (const [, name, attributes, text] of page.matchAll(ELEMENT)) {
    if (name!.toLowerCase() !== "script" || IS_DATA.test(attributes!)) continue;
    hashes.add(`'sha256-${createHash("sha256").update(text!).digest("base64")}'`);
  }
  const scripts = hashes.size === 0 ? "'none'" : [...hashes].join(" ");
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    `connect-src ${asks ? "'self'" : "'none'"}`,
    `form-action ${asks ? "'self'" : "'none'"}`,
    "worker-src blob:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
