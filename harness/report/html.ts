/** Markup that can be trusted: written in this code, or made by {@link html}. */
export class Html {
  constructor(readonly markup: string) {}
  /** The markup itself, so that it can stand in a template string. */
  toString(): string {
    return this.markup;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as markup that can stand between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * Markup made of parts. Every part that is not markup itself is escaped, so that a caption stays a caption; `null`,
 * `undefined` and `false` give nothing, and lists are joined.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((markup, string, index) => markup + render(parts[index - 1]) + string));
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "object") return part.map(render).join("");
  return escapeHtml(String(part));
}

/** A value as the JSON of a `<script>` element, which no string in the value can end. */
export function jsonForScript(value: unknown): Html {
  const escapes: Readonly<Record<string, string>> = { "<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029" };
  return new Html(JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => escapes[character]!));
}
