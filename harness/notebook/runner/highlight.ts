import { createRequire } from "node:module";
import { escapeHtml, Html } from "../../report/html.js";

/** What is used of highlight.js. Its own types bring in the browser's, which are not ours: Node's differ. */
interface Highlighter {
  highlight(code: string, options: { language: string }): { value: string };
  registerLanguage(name: string, language: unknown): void;
}

const LANGUAGES: readonly string[] = ["typescript", "json", "bash"];
const ALIASES: Readonly<Record<string, string>> = {
  ts: "typescript",
  js: "typescript",
  javascript: "typescript",
  sh: "bash",
};

const require = createRequire(import.meta.url);
const highlighter = require("highlight.js/lib/core") as Highlighter;
for (const name of LANGUAGES) highlighter.registerLanguage(name, require(`highlight.js/lib/languages/${name}`));

/** Code as markup, with classes for what is highlighted; code in an unknown language stays plain. */
export function highlightCode(code: string, language: string): Html {
  const name = ALIASES[language] ?? language;
  return new Html(LANGUAGES.includes(name) ? highlighter.highlight(code, { language: name }).value : escapeHtml(code));
}
