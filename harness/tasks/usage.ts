import { z } from "zod";

/** So that sums of them stay numbers. */
const MOST = 1e18;
const Count = z.number().nonnegative().max(MOST);

/** A {@link Usage} as JSON has it. */
export const UsageSchema = z.object({
  input: Count.optional(),
  cachedInput: Count.optional(),
  output: Count.optional(),
  reasoning: Count.optional(),
  seconds: Count.optional(),
  cost: Count.optional(),
  fromCache: z.literal(true).optional(),
});

/** What one answer of a server took; what it does not tell is not there. */
export interface Usage {
  /** Tokens of the question, pictures included. */
  readonly input?: number | undefined;
  /** Those of them that the server had read before. */
  readonly cachedInput?: number | undefined;
  /** Tokens of the answer, thoughts included. */
  readonly output?: number | undefined;
  /** Those of them that were thoughts. */
  readonly reasoning?: number | undefined;
  /** From the question to the end of the answer, without what came before a further attempt. */
  readonly seconds?: number | undefined;
  /** By the price that was given, or else as the server says. */
  readonly cost?: number | undefined;
  /** It was not asked, but found among the answers of earlier runs: the rest is what it took then. */
  readonly fromCache?: true | undefined;
}

/** A {@link Price} as JSON has it. */
export const PriceSchema = z.object({ input: Count, cachedInput: Count.optional(), output: Count });

/** What a million tokens cost, in any one currency. */
export interface Price {
  readonly input: number;
  /** Of {@link Usage.cachedInput}; default the same. */
  readonly cachedInput?: number | undefined;
  readonly output: number;
}

/** What a run's answers took together; absent fields: no answer has them. */
export interface UsageSum {
  /** How many answers and failures it is of: all that the server sent in reply to a question. */
  readonly replies: number;
  /** Those that came from the cache: the sums leave them out. */
  readonly fromCache?: number;
  readonly input?: number;
  readonly cachedInput?: number;
  readonly output?: number;
  readonly reasoning?: number;
  /** Of one reply, on average. */
  readonly secondsPerReply?: number;
  readonly cost?: number;
}

const MILLION = 1e6;
/** Digits of costs and times that mean something. */
const DIGITS = 12;
const round = (value: number): number => Number(value.toPrecision(DIGITS));

/** The cost of one answer; undefined where its tokens are not known. */
export function costOf({ input, cachedInput = 0, output }: Usage, price: Price): number | undefined {
  if (input === undefined || output === undefined) return undefined;
  const fresh = Math.max(0, input - cachedInput);
  const cost = fresh * price.input + cachedInput * (price.cachedInput ?? price.input) + output * price.output;
  return round(cost / MILLION);
}

/** What an answer took, with its cost by a price, or without one where its tokens are not known. */
export function priceUsage({ cost: _, ...usage }: Usage, price: Price): Usage {
  const cost = costOf(usage, price);
  return { ...usage, ...(cost !== undefined && { cost }) };
}

/**
 * Undefined where nothing was asked of a server.
 * @param price in place of the costs that the outcomes have
 */
export function sumUsage(outcomes: readonly { readonly usage?: Usage }[], price?: Price): UsageSum | undefined {
  const kept = outcomes.flatMap(({ usage }) => usage ?? []);
  const all = price ? kept.map((usage) => priceUsage(usage, price)) : kept;
  if (all.length === 0) return undefined;
  const asked = all.filter(({ fromCache }) => !fromCache);
  const known = (field: "input" | "cachedInput" | "output" | "reasoning" | "seconds" | "cost") =>
    asked.flatMap((usage) => usage[field] ?? []);
  const add = (values: readonly number[]) => round(values.reduce((sum, value) => sum + value, 0));
  const sums = (["input", "cachedInput", "output", "reasoning", "cost"] as const).flatMap((field) => {
    const values = known(field);
    return values.length === 0 ? [] : [[field, add(values)] as const];
  });
  const times = known("seconds");
  return {
    replies: all.length,
    ...(asked.length < all.length && { fromCache: all.length - asked.length }),
    ...Object.fromEntries(sums),
    ...(times.length > 0 && { secondsPerReply: Number((add(times) / times.length).toFixed(3)) }),
  };
}
