import type { View } from "../../../harness/report/view.js";

/** What of a view stands where no script runs, with its pictures' bytes and glyphs' outlines left out. */
export function atRest({ markup: { markup } }: View): string {
  return markup
    .replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, "")
    .replace(/data:image\/(\w+);base64,[A-Za-z0-9+/=]+/g, "data:image/$1;…")
    .replace(/\n+/g, "\n");
}
