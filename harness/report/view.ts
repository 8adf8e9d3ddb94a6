import { escapeHtml, Html, html } from "./html.js";
import { type LibraryName, loadLibrary } from "./libraries.js";
import { policyOfFile } from "./policy.js";
import { browserFile } from "./script.js";

/**
 * Something to look at, wherever it is put: in a page, in a report, in a notebook. Its markup holds its data and a
 * script that brings it to life; where scripts do not run, or a library is missing, the markup alone shows the same
 * content at rest.
 */
export interface View {
  /**
   * One element. Any number of views may stand in one page, since a view refers to nothing by id but what it made
   * unique itself.
   */
  readonly markup: Html;
  /** What its script expects in the page: it waits for these, and leaves the markup as it is if they do not come. */
  readonly libraries: readonly LibraryName[];
  /** For a terminal. */
  readonly text: string;
  /** The same at rest, as a PNG or JPEG file, for where a page cannot be shown (GitHub's view of a notebook). */
  readonly picture?: Uint8Array;
}

/** What the head of a page says about it. */
export interface PageOptions {
  readonly title: string;
  /** The language of the page's texts as a BCP 47 tag; default `en`. */
  readonly language?: string;
  /** Whether a server of ours sends it, and its policy along with it; default: the page has its own, for it is a file. */
  readonly isServed?: boolean;
  /** Whether it shows pictures that lie in a folder beside it; default no. Browsers then ask for no icon. */
  readonly showsFiles?: boolean | undefined;
}

/** Where the policy goes, which depends on all the rest. */
const POLICY_TAG = '<meta http-equiv="Content-Security-Policy" content="';

/** One HTML file that shows the views, with each library once; it opens offline. The same views give the same bytes. */
export function renderPage(
  views: readonly (View | Html)[],
  { title, language = "en", isServed = false, showsFiles }: PageOptions,
): string {
  const names = [...new Set(views.flatMap((view) => ("libraries" in view ? view.libraries : [])))].sort();
  const libraries = names.map(loadLibrary);
  const { markup } = html`<!doctype html>
<html lang="${language}" class="simvlm-page">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${!isServed && html`${new Html(POLICY_TAG)}">\n`}${showsFiles && html`<link rel="icon" href="data:,">\n`}<title>${title}</title>
<style data-page>${browserFile("page", "css")}</style>
${libraries.map(
  ({ style, script }) => html`${style && html`<style>${new Html(style)}</style>`}
<script>${new Html(script)}</script>`,
)}
</head>
<body>
<main>
${views.map(
  (view) => html`${"libraries" in view ? view.markup : view}
`,
)}</main>
</body>
</html>
`;
  if (isServed) return markup;
  const place = markup.indexOf(POLICY_TAG) + POLICY_TAG.length;
  return markup.slice(0, place) + escapeHtml(policyOfFile(markup, { showsFiles })) + markup.slice(place);
}
