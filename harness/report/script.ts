import { readFileSync } from "node:fs";
import { assetPath } from "../files/asset.js";
import { Html } from "./html.js";

const COMMENT = /^(?:\/\/|\/?\*)/;

/** A file of `assets/browser` without what only its reader needs: comments and indentation. */
function readBrowserFile(name: string): string {
  const lines = readFileSync(assetPath("browser", name), "utf8").split("\n");
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== "" && !COMMENT.test(line))
    .join("\n");
}

/**
 * One script element of the files, in their order; what they define stays among them. It serves every view of its kind
 * that stands before it in the page, see {@link shareScripts}.
 */
export function browserScript(...names: readonly string[]): Html {
  const source = names.map(readBrowserFile).join("\n").replaceAll("</script", "<\\/script");
  return new Html(`<script data-shared>(() => {\n${source}\n})();</script>`);
}

export function browserStyle(name: string): Html {
  return new Html(`<style data-shared>${readBrowserFile(name)}</style>`);
}

const SHARED = /<(script|style) data-shared>[\s\S]*?<\/\1>/g;

/** The markup of several views with each of their scripts and styles once: the style first, the script last. */
export function shareScripts(markup: string): string {
  const left = new Map<string, number>();
  for (const [element] of markup.matchAll(SHARED)) left.set(element, (left.get(element) ?? 0) + 1);
  const styled = new Set<string>();
  return markup.replace(SHARED, (element, name: string) => {
    const after = left.get(element)! - 1;
    left.set(element, after);
    if (name === "script") return after === 0 ? element : "";
    if (styled.has(element)) return "";
    styled.add(element);
    return element;
  });
}
