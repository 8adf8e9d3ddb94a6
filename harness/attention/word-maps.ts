import { SimvlmError } from "@simvlm/metrics";
import type { AttentionMaps, AttentionRecord } from "../models/attention-maps.js";
import type { WordSpan } from "../text/word-spans.js";
import { explainAway } from "./explain-away.js";
import type { Looks, Method } from "./looks.js";
import { type AttentionChoice, averageAttention, listChosen, poolWords, type WordAttention } from "./word-attention.js";

/**
 * Ways to say with one map where a word comes from: the `mean` or the `max`imum of its attention over layers and heads,
 * `rollout`, `gradient` × attention, and the token's `activation` less what earlier words explain.
 */
export const WORD_MAPS = ["mean", "max", "rollout", "gradient", "activation"] as const;
/** One of {@link WORD_MAPS}. */
export type WordMap = (typeof WORD_MAPS)[number];

/** What must be computed besides the attention itself for a map; nothing for some. */
export function methodOf(map: WordMap): Method | undefined {
  return map === "mean" || map === "max" ? undefined : map;
}

/** The maps that a model's family tells. */
export function listWordMaps({ selfAttention, gradients }: AttentionMaps): WordMap[] {
  const isThere = {
    rollout: selfAttention !== undefined,
    gradient: gradients !== undefined,
    activation: gradients !== undefined,
  };
  return WORD_MAPS.filter((map) => map === "mean" || map === "max" || isThere[map]);
}

/**
 * A map for each word. Only attention itself and rollout share out 1 among all that a word can look at.
 * @param looks with what `methodOf` asks for
 * @param choice of layers and heads; rollout and activation are of all
 * @throws SimvlmError `bad-option` where there is no such layer or head, or the family does not tell the map
 */
export function mapWords(
  looks: Looks,
  words: readonly WordSpan[],
  map: WordMap,
  choice: AttentionChoice = {},
): WordAttention[] {
  const pool = (record: AttentionRecord, chosen: AttentionChoice) =>
    poolWords(averageAttention(record, chosen), record, words);
  switch (map) {
    case "mean":
      return pool(looks.attention, choice);
    case "max":
      return poolGreatest(looks.attention, words, choice);
    case "gradient":
      return pool(require(looks.gradient, map), choice);
    case "rollout":
      return pool(require(looks.rollout, map), {});
    case "activation":
      return explainAway(pool(require(looks.activation, map), {}));
  }
}

/** The greatest share that any of the layers and heads gives a patch; the other shares are means. */
function poolGreatest(record: AttentionRecord, words: readonly WordSpan[], choice: AttentionChoice): WordAttention[] {
  const { layers, heads } = listChosen(record, choice);
  const all = layers.flatMap((layer) =>
    heads.map((head) => poolWords(averageAttention(record, { layer, head }), record, words)),
  );
  return poolWords(averageAttention(record, choice), record, words).map((word, index) => ({
    ...word,
    map: word.map.map((_, patch) => Math.max(...all.map((each) => each[index]!.map[patch]!))),
  }));
}

/** @throws SimvlmError `bad-option` for a map that is not one of those that the model's family tells */
export function requireMap(map: WordMap, known: readonly WordMap[], source: string): void {
  if (known.includes(map)) return;
  throw new SimvlmError("bad-option", `${source} does not tell the map ${map}. It has ${known.join(", ")}.`);
}

function require(record: AttentionRecord | undefined, map: WordMap): AttentionRecord {
  if (record) return record;
  throw new SimvlmError("bad-option", `There is no ${map} among what was recorded.`);
}
