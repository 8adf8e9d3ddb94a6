import { SimvlmError } from "@simvlm/metrics";
import type { Outcome } from "../tasks/prediction.js";
import { costOf, type Price, sumUsage, type UsageSum } from "../tasks/usage.js";
import type { LoadedRun } from "./load-runs.js";

/**
 * The price of each run: that of all, or its own.
 * @throws SimvlmError `bad-option` for another number of prices, `nothing-to-price` where no answer has its tokens
 */
export function choosePrices(
  runs: readonly LoadedRun[],
  prices: readonly (Price | undefined)[] = [],
): readonly (Price | undefined)[] {
  if (prices.every((price) => price === undefined)) return [];
  if (prices.length > 1 && prices.length !== runs.length) {
    throw new SimvlmError(
      "bad-option",
      `There are ${prices.length} prices and ${runs.length} run${runs.length === 1 ? "" : "s"}: give one price for all, or one for each run, in their order.`,
    );
  }
  const all = prices.length === 1 ? runs.map(() => prices[0]) : prices;
  if (runs.every(({ outcomes }, i) => countPriced(outcomes, all[i]).known === 0)) {
    throw new SimvlmError(
      "nothing-to-price",
      `No answer of ${runs.map(({ folder }) => folder).join(", ")} has the number of its tokens, so there is nothing to price: leave the price out.`,
    );
  }
  return all;
}

/** What a run's answers took, and the price that their cost is by if one was given now; nothing where no server was asked. */
export function sumPriced(
  outcomes: readonly Outcome[],
  price: Price | undefined,
): { readonly usage?: UsageSum; readonly price?: Price } {
  const usage = sumUsage(outcomes, price);
  return usage ? { usage, ...(price && { price }) } : {};
}

/** What is to be known of costs by the given prices, a sentence each. */
export function noteCosts(runs: readonly LoadedRun[], prices: readonly (Price | undefined)[]): string[] {
  return runs.flatMap(({ label, outcomes }, i) => {
    const { known, asked } = countPriced(outcomes, prices[i]);
    if (prices[i] === undefined || asked === 0) return [];
    const { input, cachedInput, output } = prices[i];
    const cached = cachedInput === undefined ? "" : `, ${cachedInput} where they had been read before`;
    const lacking = known === asked ? "" : `; without ${asked - known} of ${asked} replies, whose tokens are not known`;
    return [`Cost of ${label}: at ${input} for a million tokens in${cached}, and ${output} for as many out${lacking}.`];
  });
}

/** The replies that were asked for, and those of them that have a cost by the price. */
function countPriced(outcomes: readonly Outcome[], price: Price | undefined): { known: number; asked: number } {
  const asked = outcomes.flatMap(({ usage }) => (usage && !usage.fromCache ? [usage] : []));
  return { known: price ? asked.filter((usage) => costOf(usage, price) !== undefined).length : 0, asked: asked.length };
}
