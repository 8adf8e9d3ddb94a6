import type { Random } from "../../random.js";

/** T5's: the share of a text that is taken out, and the mean length of a span. */
const DENSITY = 0.15;
const MEAN_SPAN = 3;

/**
 * T5's span corruption (Raffel et al., JMLR 2020): 15 % of a text, in spans of 3 tokens on average, are taken out and are to
 * be told. One sentinel stands for every span; the n-th that the decoder is given asks for the n-th span of the prefix,
 * so that the vocabulary is the same as without corruption.
 * @param text one token or more; of a single one, all is to be told
 */
export function corruptSpans(
  text: readonly number[],
  sentinel: number,
  random: Random,
): { readonly prefix: number[]; readonly suffix: number[] } {
  const isNoise = drawMask(text.length, random);
  const prefix: number[] = [];
  const suffix: number[] = [];
  for (const [place, token] of text.entries()) {
    if (!isNoise[place]) prefix.push(token);
    else {
      const begins = !isNoise[place - 1];
      if (begins) prefix.push(sentinel);
      // the start token stands before the first span anyway
      if (begins && suffix.length > 0) suffix.push(sentinel);
      suffix.push(token);
    }
  }
  return { prefix, suffix };
}

/**
 * seqio's `random_spans_noise_mask` with `random_roll`: without it, the only span of a short text would always be its end.
 * @returns whether each token is taken out
 */
function drawMask(length: number, random: Random): boolean[] {
  const noise = Math.max(1, Math.min(Math.max(Math.round(length * DENSITY), 1), length - 1));
  const spans = Math.max(1, Math.round(noise / MEAN_SPAN));
  const removed = drawParts(noise, spans, random);
  const kept = length === 1 ? [0] : drawParts(length - noise, spans, random);
  const mask = removed.flatMap((span, i) => [
    ...new Array<boolean>(kept[i]!).fill(false),
    ...new Array<boolean>(span).fill(true),
  ]);
  const offset = random.integer(length);
  return mask.map((_, place) => mask[(place + offset) % length]!);
}

/** So many items in so many parts of one or more, each division as likely. */
function drawParts(items: number, parts: number, random: Random): number[] {
  const cuts = new Set<number>();
  while (cuts.size < parts - 1) cuts.add(1 + random.integer(items - 1));
  const ends = [...[...cuts].sort((a, b) => a - b), items];
  return ends.map((end, part) => end - (ends[part - 1] ?? 0));
}
