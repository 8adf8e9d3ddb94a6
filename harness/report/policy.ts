import { createHash } from "node:crypto";

/** Scripts that run; data stand in elements with a type. */
const SCRIPT = /<script(?: data-shared)?>([\s\S]*?)<\/script>/g;

/** What the content security policy of a page names its scripts by: only those that were written into it run. */
function listScripts(page: string): string {
  const hashes = [...page.matchAll(SCRIPT)].map(
    ([, source]) => `'sha256-${createHash("sha256").update(source!).digest("base64")}'`,
  );
  return [...new Set(hashes)].join(" ") || "'none'";
}

/** The policy of a page that is a file: nothing is fetched, and no address is asked, whatever else stands in it. */
export function policyOfFile(page: string): string {
  return (
    `default-src 'none'; script-src ${listScripts(page)}; worker-src blob:; ` +
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; form-action 'none'; base-uri 'none'"
  );
}

/**
 * The policy of a page that a server of ours sends: the same, and nobody shows it within a page of theirs.
 * @param asks whether its scripts and forms ask that server
 */
export function policyOfAnswer(page: string, { asks }: { readonly asks: boolean }): string {
  const asked = asks ? "'self'" : "'none'";
  return (
    `default-src 'none'; script-src ${listScripts(page)}; worker-src blob:; style-src 'unsafe-inline'; ` +
    `img-src data: blob:; font-src data:; connect-src ${asked}; form-action ${asked}; base-uri 'none'; frame-ancestors 'none'`
  );
}
