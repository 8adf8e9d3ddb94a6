import type { HostTensor } from "../layers/weights.js";
import { checkOptions, type Generation, type SearchOptions } from "./search-options.js";

/**
 * All ids of a decoded text, as the library's generation has them but for padding: start token, forced prefix, generated
 * tokens, and the end if it was reached.
 * @param forced the prefix that this text was begun with
 */
export function idsOf(
  { tokens, finished, closed }: Generation,
  { start, end, forced = [] }: Pick<SearchOptions, "start" | "end"> & { readonly forced?: readonly number[] },
): number[] {
  return [start, ...forced, ...tokens, ...(finished || closed ? [end] : [])];
}

/**
 * Decoded texts, one for each example, as the forward pass takes them: start token, forced prefix, generated tokens,
 * then padding. With `{record: true}` it shows what each token was chosen by: row t of `decoder.3.cross` is where the
 * model looked for the t-th token after the start.
 * @returns `[examples, longest]`
 */
export function suffixOf(generations: readonly Generation[], searchOptions: SearchOptions): HostTensor<Int32Array> {
  const options = checkOptions(searchOptions, generations.length);
  const texts = generations.map(({ tokens }, row) => [...options.prompt(row), ...tokens]);
  const length = Math.max(...texts.map((text) => text.length));
  const data = new Int32Array(texts.length * length).fill(options.end);
  texts.forEach((text, row) => {
    data.set(text, row * length);
  });
  return { shape: [texts.length, length], data };
}
