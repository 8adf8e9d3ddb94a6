import { basename } from "node:path";
import type { WebPair } from "../formats/web-pair.js";
import type { Random } from "../random.js";

/** Which of a shard's pairs are used, and how many of them are wrong. */
export interface PairChoice {
  /** 0 to 1; absent: all. */
  readonly pairShare?: number | undefined;
  /** 0 to 1; absent: none. */
  readonly wrongPairs?: number | undefined;
  readonly random: Random;
}

/**
 * A shard's pairs, of which only a share is there and another share is wrong: such a picture has the text of the pair
 * before it, the first of the shard the last one's. What becomes of a pair depends on the seed and its name alone, so it
 * is the same in every pass, and a smaller share is part of a larger one.
 */
export async function* choosePairs(
  pairs: AsyncIterable<WebPair>,
  shard: string,
  { pairShare = 1, wrongPairs = 0, random }: PairChoice,
): AsyncGenerator<WebPair> {
  let before: string | undefined;
  let first: WebPair | undefined;
  for await (const pair of pairs) {
    // wherever the shard lies
    const name = `${basename(shard)}${pair.id.startsWith(shard) ? pair.id.slice(shard.length) : pair.id}`;
    const draw = (what: string) => random.fork(what).fork(name).next();
    if (pairShare < 1 && draw("share") >= pairShare) continue;
    const isWrong = wrongPairs > 0 && draw("wrong") < wrongPairs;
    if (isWrong && before === undefined) first = pair;
    else yield isWrong ? { ...pair, text: before! } : pair;
    before = pair.text;
  }
  if (first) yield { ...first, text: before! };
}
