import { type Html, html } from "../html.js";

/** A table of text. */
export interface PlainTable {
  /** What it is called where it is not seen. */
  readonly name: string;
  readonly head: readonly (string | Html)[];
  readonly rows: readonly { readonly cells: readonly (string | Html)[] }[];
}

/**
 * A table to read, in a box of its own that scrolls, also with the keyboard, if the page is too narrow. The first cell of
 * each row is its heading, and stays in sight.
 */
export function plainTable({ name, head, rows }: PlainTable): Html {
  return html`<div class="wide" tabindex="0" role="group" aria-label="${name}"><table class="plain">
<thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({
    cells: [first, ...others],
  }) => html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;
}
