import { readFileSync } from "node:fs";
import { builtPath } from "../files/asset.js";
import { Html, html } from "./html.js";

/** A kind of view that a script brings to life, or a page as a whole, by the name of its folder in `report/browser`. */
export type ViewKind =
  | "table"
  | "plot"
  | "explorer"
  | "page"
  | "why"
  | "check"
  | "board"
  | "examples"
  | "model"
  | "model-worker";

/**
 * The script or style of a kind of view, as `npm run build` bundles it; nothing in it ends the element that it is put
 * into.
 */
export function browserFile(kind: ViewKind, format: "js" | "css"): Html {
  const source = readFileSync(builtPath("browser", kind, `main.${format}`), "utf8").trim();
  return new Html(source.replaceAll("</script", "<\\/script").replaceAll("</style", "<\\/style"));
}

/**
 * The script element of a kind of view. It serves every view of its kind that stands before it in the page,
 * see {@link shareScripts}.
 */
export function browserScript(kind: ViewKind): Html {
  return html`<script data-shared>${browserFile(kind, "js")}</script>`;
}

/** The style element of a kind of view. */
export function browserStyle(kind: ViewKind): Html {
  return html`<style data-shared>${browserFile(kind, "css")}</style>`;
}

const SHARED = /<(script|style) data-shared>[\s\S]*?<\/\1>/g;

/** The markup of several views with each of their scripts and styles only once: styles first, scripts last. */
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
