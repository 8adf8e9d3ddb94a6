import { SimvlmError } from "@simvlm/metrics";
import { closestName } from "./closest-name.js";

/** What a condition compares with its limit: the whole interval, one of its ends, or the number itself. */
export type Bound = "interval" | "low" | "mean" | "high";

const OPERATORS = ["<=", ">=", "<", ">"] as const;

/** A condition under which a gate does not let something pass. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly score: string;
  /** A domain or answer type; `all` for all examples. */
  readonly subset: string;
  readonly bound: Bound;
  readonly operator: (typeof OPERATORS)[number];
  readonly limit: number;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * `CIDEr<-0.02`: a difference that is wholly, with its whole interval, below -0.02. `CIDEr.mean<-0.02` looks at the
 * difference alone, `CIDEr.low<-0.02` and `CIDEr.high<-0.02` at one end of its interval; `CIDEr@out-domain<0` at some of
 * the examples. The operators are `<`, `<=`, `>` and `>=`.
 * @throws SimvlmError `bad-condition`
 */
export function parseCondition(text: string): Condition {
  const operator = OPERATORS.find((one) => text.includes(one));
  const [what = "", limit = "", ...more] =
    operator === undefined ? [] : text.split(operator).map((part) => part.trim());
  if (operator === undefined || more.length > 0) throw badCondition(text, EXAMPLES_OF_CONDITIONS);
  return { text: text.trim(), operator, ...parseName(what, "interval", text), limit: parseLimit(limit, text) };
}

/**
 * `CIDEr=0.9`: a score that must be reached, as the condition that it is not. `CIDEr.low=0.9` asks it of the lower end of
 * the score's interval.
 * @throws SimvlmError `bad-condition`
 */
export function parseMinimum(text: string): Condition {
  const [what = "", limit, ...more] = text.split("=").map((part) => part.trim());
  if (limit === undefined || more.length > 0 || /[<>]$/.test(what)) throw badCondition(text, EXAMPLES_OF_MINIMA);
  const parsed = { ...parseName(what, "mean", text), limit: parseLimit(limit, text) };
  return { text: `${what} at least ${limit}`, operator: "<", ...parsed };
}

const EXAMPLES_OF_CONDITIONS =
  "It must look like CIDEr<-0.02, CIDEr.mean<-0.02, CIDEr.low<-0.02 or CIDEr@out-domain<-0.05, in quotation marks on most command lines";
const EXAMPLES_OF_MINIMA = "It must look like CIDEr=0.9, CIDEr.low=0.85 or CIDEr@out-domain=0.8";

function parseName(what: string, usual: Bound, text: string): Pick<Condition, "score" | "subset" | "bound"> {
  const [, bound] = /\.(low|mean|high)(?=@|$)/.exec(what) ?? [];
  const [score = "", ...subset] = what.replace(/\.(?:low|mean|high)(?=@|$)/, "").split("@");
  if (score.trim() === "" || (subset.length > 0 && subset.join("@").trim() === "")) {
    throw badCondition(text, "It names no score");
  }
  return {
    score: score.trim(),
    subset: wholeOr(subset.join("@").trim()),
    bound: (bound as Bound | undefined) ?? usual, // the expression lets nothing else through
  };
}

/** NoCaps calls all of its examples `entire`. */
function wholeOr(subset: string): string {
  return subset === "" || subset === "entire" ? "all" : subset;
}

function parseLimit(limit: string, text: string): number {
  if (NUMBER.test(limit) && Number.isFinite(Number(limit))) return Number(limit);
  throw badCondition(text, `"${limit}" is not a number, such as -0.02`);
}

function badCondition(text: string, problem: string): SimvlmError {
  return new SimvlmError("bad-condition", `The condition "${text}" cannot be read. ${problem}.`);
}

/** A score that conditions can be about, and between what it lies, where that is known. */
export interface KnownScore {
  readonly score: string;
  readonly range?: readonly [least: number, most: number] | undefined;
}

/**
 * Refuses conditions that would never fail, or always, whatever is measured.
 * @param of whether the conditions are about scores or about differences of two
 * @throws SimvlmError `unknown-score` with the one that may be meant, `useless-condition`
 */
export function requirePossible(
  conditions: readonly Condition[],
  known: readonly KnownScore[],
  of: "score" | "difference",
): void {
  const names = known.map(({ score }) => score);
  for (const { score, text, operator, limit } of conditions) {
    const found = known.find((one) => one.score === score);
    if (!found) {
      throw new SimvlmError("unknown-score", `There is no score ${score} here${tellMeant(score, names)}.`);
    }
    if (!found.range) continue;
    const [least, most] =
      of === "score" ? found.range : [found.range[0] - found.range[1], found.range[1] - found.range[0]];
    const [atLeast, atMost] = [holds(operator, least, limit), holds(operator, most, limit)];
    if (atLeast !== atMost) continue;
    const what = of === "score" ? score : `The difference of two ${score}`;
    throw new SimvlmError(
      "useless-condition",
      `${text}: ${what} lies between ${least} and ${most} here, so that this would ${atLeast ? "always" : "never"} fail.`,
    );
  }
}

/** `: did you mean CIDEr? There are CIDEr and ROUGE_L` */
export function tellMeant(given: string, names: readonly string[]): string {
  const meant = closestName(given, names);
  const there = names.length === 0 ? "there is none" : `there are ${names.join(", ")}`;
  return meant === undefined ? `: ${there}` : `: did you mean ${meant}? (${there})`;
}

/** Whether a number stands so to the limit. */
export function holds(operator: Condition["operator"], value: number, limit: number): boolean {
  if (operator === "<") return value < limit;
  if (operator === "<=") return value <= limit;
  return operator === ">" ? value > limit : value >= limit;
}
