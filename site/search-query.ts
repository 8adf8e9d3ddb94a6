/**
 * What lunr is asked for; it runs in the browser, by itself. An option such as `--slice-by` is several words there: whole
 * ones count more. Signs that lunr takes for its own are left out.
 */
export function searchQuery(text: string): string {
  const pieces = text.split(/\s+/).map((piece) => piece.match(/[\p{L}\p{N}_.]+/gu) ?? []);
  return pieces
    .flatMap((words) => words.map((word) => (words.length === 1 ? `*${word}*` : `${word}^10 *${word}*`)))
    .join(" ");
}
