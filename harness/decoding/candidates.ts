import type { BestTokens, DecodingSession } from "./decoder.js";
import { requireFiniteLogits } from "./finite-logits.js";
import { largest, listForbidden, logSumExp } from "./next-token.js";
import type { CheckedOptions } from "./search-options.js";
import { float32LogProbability, float32Softmax } from "./torch-softmax.js";

/** A token that may come next. */
export interface Candidate {
  readonly token: number;
  /** With the repetition penalty in it, where that is of logits. */
  readonly logit: number;
  /** Natural log-probability under the model. */
  readonly logProbability: number;
  /** The same with the repetition penalty in it, where that is of log-probabilities. */
  readonly penalized: number;
}

/** One step of all rows. */
export interface Step {
  /** `[rows]` */
  readonly tokens: Int32Array;
  readonly position: number;
  readonly parents?: Int32Array;
}

/** A text whose next token is asked for. */
export interface Asking {
  /** Start token, forced prefix, and what was generated after them. */
  readonly text: readonly number[];
  /** How many of its tokens were generated. */
  readonly generated: number;
}

/** What is asked of each row. */
export interface Question {
  /** Candidates of a row at most. */
  readonly count: number;
  readonly penaltyOf: "logits" | "log-probabilities";
  /** Whether log-probabilities are PyTorch's, which are float32, to the last bit; else they are doubles. */
  readonly float32?: boolean;
}

/** The counts that a session is asked for, so that few graphs are compiled; beyond them all logits are as good. */
const COUNTS = [1, 8, 16, 32, 64];

/**
 * Takes a step and finds the likeliest tokens that may come next, best first; of equal ones the lower id. A session that
 * finds the best by itself is asked for as many more as may turn out to be forbidden, so the result is the same.
 * @param askings one for each row; undefined for one whose next token nobody asks for
 * @throws SimvlmError `not-finite-logits`
 */
export async function findCandidates(
  session: DecodingSession,
  vocabularySize: number,
  { tokens, position, parents }: Step,
  askings: readonly (Asking | undefined)[],
  question: Question,
  options: CheckedOptions,
): Promise<(Candidate[] | undefined)[]> {
  if (session.feed && askings.every((asking) => asking === undefined)) {
    await session.feed(tokens, position);
    return askings.map(() => undefined);
  }
  const forbidden = askings.map((asking) => asking && listForbidden(asking.text, asking.generated, options));
  const most = forbidden.reduce((longest, row) => Math.max(longest, row?.length ?? 0), 0);
  const needed = Math.min(question.count + options.suppress.size + most, vocabularySize);
  const rounded = COUNTS.find((size) => size >= needed);
  if (session.stepBest && rounded !== undefined && options.repetitionPenalty === 1) {
    const asked = Math.min(rounded, vocabularySize);
    const best = await session.stepBest(tokens, position, asked, parents);
    return forbidden.map((row, index) => row && pick(best, index, asked, row, question, options));
  }
  const logits = await session.step(tokens, position, parents);
  return askings.map((asking, index) => {
    if (!asking) return undefined;
    const row = logits.subarray(index * vocabularySize, (index + 1) * vocabularySize);
    return search(row, asking.text, forbidden[index]!, question, options);
  });
}

/** Those of a row's best tokens that may come. */
function pick(
  { ids, logits, normalisers }: BestTokens,
  row: number,
  found: number,
  forbidden: readonly number[],
  { count, float32 = false }: Question,
  { suppress }: CheckedOptions,
): Candidate[] {
  const normaliser = normalisers[row]!;
  requireFiniteLogits([normaliser], "The logits of the next token");
  const largest = logits[row * found]!;
  const softmax = { largest, logSum: Math.fround(normaliser - largest) };
  const candidates: Candidate[] = [];
  for (let at = row * found; at < (row + 1) * found && candidates.length < count; at++) {
    const token = ids[at]!;
    const logit = logits[at]!;
    if (logit === -Infinity || suppress.has(token) || forbidden.includes(token)) continue;
    const logProbability = float32 ? float32LogProbability(logit, softmax) : logit - normaliser;
    candidates.push({ token, logit, logProbability, penalized: logProbability });
  }
  return candidates;
}

/** The same from all of a row's logits, which are overwritten. */
function search(
  logits: Float32Array,
  text: readonly number[],
  forbidden: readonly number[],
  { count, penaltyOf, float32 = false }: Question,
  { suppress, repetitionPenalty }: CheckedOptions,
): Candidate[] {
  const softmax = float32 ? float32Softmax(logits) : undefined;
  const normaliser = softmax ? softmax.largest + softmax.logSum : logSumExp(logits);
  requireFiniteLogits([normaliser], "The logits of the next token");
  const said = new Map<number, number>();
  if (repetitionPenalty !== 1) for (const token of text) said.set(token, logits[token]!);
  const shift = penaltyOf === "logits" ? 0 : normaliser;
  for (const [token, logit] of said) logits[token] = shift + penalize(logit - shift, repetitionPenalty);
  for (const token of suppress) logits[token] = -Infinity;
  for (const token of forbidden) logits[token] = -Infinity;
  return largest(logits, count).map((token) => {
    const logit = said.get(token) ?? logits[token]!;
    const logProbability = softmax ? float32LogProbability(logit, softmax) : logit - normaliser;
    const penalized = said.has(token) ? penalize(logProbability, repetitionPenalty) : logProbability;
    return { token, logit: logits[token]!, logProbability, penalized };
  });
}

function penalize(value: number, penalty: number): number {
  return value < 0 ? value * penalty : value / penalty;
}
