import { SimvlmError } from "@simvlm/metrics";

/** What every way of decoding takes. */
export interface SearchOptions {
  readonly start: number;
  /** May be the start token, too. */
  readonly end: number;
  /**
   * Tokens to generate; the start token and the forced prefix are not counted. The last of them may be the end, and is
   * no longer part of the text then.
   */
  readonly maxLength?: number;
  /** Tokens before the end may come; the start token and the forced prefix are not counted. */
  readonly minLength?: number;
  /** No run of this many tokens comes twice, the start token and the forced prefix included; 0 allows all. */
  readonly noRepeatNgram?: number;
  /**
   * What tokens that were said, the start token and the forced prefix included, are made less likely by (Keskar et al.
   * 2019): a logit above 0 is divided by it, one below 0 multiplied. Beam search does so with log-probabilities,
   * which do not add up to 1 thereafter, greedy decoding and sampling with logits. 1 changes nothing.
   */
  readonly repetitionPenalty?: number;
  /**
   * Tokens that are never generated, such as padding. Default: the start token, unless it is the end, too; none in the
   * beam searches of others, as in their originals.
   */
  readonly suppress?: readonly number[];
  /** What each example's suffix begins with after the start token: one for all, or one for each. */
  readonly forced?: readonly number[] | readonly (readonly number[])[];
}

const defaults = { maxLength: 32, minLength: 0, noRepeatNgram: 0, repetitionPenalty: 1 };

/** Search options, checked, with what was not given filled in. */
export type CheckedOptions = Required<Omit<SearchOptions, "forced" | "suppress">> & {
  readonly suppress: ReadonlySet<number>;
  /** An example's text before anything is generated: the start token and the forced prefix. */
  readonly prompt: (example: number) => readonly number[];
  /** Places of the suffix that decoding may need. */
  readonly length: number;
};

/** A decoded suffix. */
export interface Generation {
  /** Generated ids, without start, forced prefix and end. */
  readonly tokens: readonly number[];
  /** Natural log-probability under the model of `tokens`, and of the end if it was reached. */
  readonly logProbability: number;
  /** Its terms: one a token, then the end's if it was reached. */
  readonly tokenLogProbabilities: readonly number[];
  /** Whether the end was reached before `maxLength`. */
  readonly finished: boolean;
  /** The end is written behind the text though it was not reached, as the original GIT's search does at its last step. */
  readonly closed?: true;
  /**
   * What hypotheses are ranked by: the log-probability; in beam search with the repetition penalty in it, and divided
   * by the length penalty.
   */
  readonly score: number;
}

/** @throws SimvlmError `bad-decoding-options` */
export function checkOptions(options: SearchOptions, examples: number): CheckedOptions {
  const merged = { ...defaults, ...options };
  const { forced = [], start, end, suppress = start === end ? [] : [start] } = options;
  const perExample = forced.some(Array.isArray) ? (forced as readonly (readonly number[])[]) : undefined;
  const bad = (message: string) => new SimvlmError("bad-decoding-options", message);
  if (perExample && perExample.length !== examples) {
    throw bad(`forced has ${perExample.length} prefixes for ${examples} examples; give one for each, or a single one.`);
  }
  if (!Number.isInteger(merged.maxLength) || merged.maxLength < 1) {
    throw bad(`maxLength is ${merged.maxLength}; it must be a whole number, at least 1.`);
  }
  if (merged.minLength > merged.maxLength) {
    throw bad(`minLength ${merged.minLength} is more than maxLength ${merged.maxLength}.`);
  }
  if (!(merged.repetitionPenalty > 0 && Number.isFinite(merged.repetitionPenalty))) {
    throw bad(`repetitionPenalty is ${merged.repetitionPenalty}; it must be a number greater than 0.`);
  }
  const prefixOf = (example: number) => perExample?.[example] ?? (forced as readonly number[]);
  const longest = perExample ? Math.max(...perExample.map((prefix) => prefix.length)) : forced.length;
  return {
    ...merged,
    suppress: new Set(suppress),
    prompt: (example) => [start, ...prefixOf(example)],
    length: longest + merged.maxLength,
  };
}
