import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What was looked at, and what is wrong, one line each. */
export interface SiteCheck {
  readonly pages: number;
  readonly problems: readonly string[];
}

/** What a browser fetches by itself when it opens a page, and what it follows when asked. */
const FETCHED = /<(?:script|img|iframe|source|video|audio)\b[^>]*?\ssrc="([^"]*)"|<link\b[^>]*?\shref="([^"]*)"/g;
const FOLLOWED = /<a\b[^>]*?\shref="([^"]*)"/g;
/** What stands in scripts and styles is no markup. */
const INSIDE = /(<(script|style)\b[^>]*>)[\s\S]*?<\/\2>/g;
const ELSEWHERE = /^(?:[a-z][a-z+.-]*:)?\/\//i;
const NO_FILE = /^(?:data|blob|mailto|javascript|https?):/i;

/**
 * Looks through a folder of pages: every link leads to a file and an anchor that are there, and no page fetches anything
 * from elsewhere.
 */
export function checkSite(folder: string): SiteCheck {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (path: string): ReadonlySet<string> => {
    const found = anchors.get(path) ?? listAnchors(readFileSync(path, "utf8"));
    anchors.set(path, found);
    return found;
  };
  const problems: string[] = [];
  for (const page of pages) {
    const path = join(folder, page);
    const markup = readFileSync(path, "utf8").replace(INSIDE, "$1");
    for (const [, script, link] of markup.matchAll(FETCHED)) {
      const address = plainText(script ?? link ?? "");
      if (ELSEWHERE.test(address)) problems.push(`${page} fetches ${address}`);
      else problems.push(...follow(path, page, address, anchorsOf));
    }
    for (const [, address] of markup.matchAll(FOLLOWED)) {
      if (!ELSEWHERE.test(address!)) problems.push(...follow(path, page, plainText(address!), anchorsOf));
    }
  }
  return { pages: pages.length, problems };
}

function follow(
  path: string,
  page: string,
  address: string,
  anchorsOf: (path: string) => ReadonlySet<string>,
): string[] {
  if (address === "" || NO_FILE.test(address)) return [];
  const [file = "", anchor = ""] = address.split("#");
  const target = file === "" ? path : join(dirname(path), decodeURIComponent(file.split("?")[0]!));
  if (!existsSync(target)) return [`${page} links to ${address}, which is not there`];
  if (statSync(target).isDirectory())
    return existsSync(join(target, "index.html")) ? [] : [`${page} links to a folder, ${address}`];
  if (anchor === "" || !target.endsWith(".html")) return [];
  if (anchorsOf(target).has(decodeURIComponent(anchor))) return [];
  return [`${page} links to ${address}, and ${relative(dirname(path), target)} has no such anchor`];
}

function listAnchors(markup: string): ReadonlySet<string> {
  return new Set([...markup.matchAll(/\s(?:id|name)="([^"]+)"/g)].map(([, id]) => plainText(id!)));
}

function plainText(text: string): string {
  return text.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&lt;", "<");
}
