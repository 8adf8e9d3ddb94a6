import { SimvlmError } from "@simvlm/metrics";

/** What every way of decoding takes. */
export interface SearchOptions {
  readonly start: number;
  readonly end: number;
  /** Tokens to generate, neither the forced prefix nor the end counted. */
  readonly maxLength?: number;
  readonly minLength?: number;
  /** No run of this many tokens comes twice, the forced prefix included; 0 allows all. */
  readonly noRepeatNgram?: number;
  /** Tokens that are never generated, such as padding. */
  readonly suppress?: readonly number[];
  /** What each example's suffix begins with after the start token: one for all, or one for each. */
  readonly forced?: readonly number[] | readonly (readonly number[])[];
}

const defaults = { maxLength: 32, minLength: 0, noRepeatNgram: 0, suppress: [] as readonly number[] };

/** Search options, checked, with what was not given filled in. */
export type CheckedOptions = Required<Omit<SearchOptions, "forced">> & {
  readonly forced: (row: number) => readonly number[];
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
  /** What hypotheses are ranked by: the log-probability, divided by the length penalty in beam search. */
  readonly score: number;
}

/** @throws SimvlmError `bad-decoding-options` */
export function checkOptions(options: SearchOptions, examples: number): CheckedOptions {
  const merged = { ...defaults, ...options };
  const { forced = [] } = options;
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
  const prefixOf = (row: number) => perExample?.[row] ?? (forced as readonly number[]);
  const longest = perExample ? Math.max(...perExample.map((prefix) => prefix.length)) : forced.length;
  return { ...merged, forced: prefixOf, length: longest + merged.maxLength };
}
