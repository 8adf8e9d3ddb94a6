import { SimvlmError } from "@simvlm/metrics";

/**
 * Stops what a model says at numbers that are none: a text chosen by them means nothing.
 * @param numbers logits, class scores or what sums them up
 * @param what they are, for the message
 * @throws SimvlmError `not-finite-logits`
 */
export function requireFiniteLogits(numbers: Iterable<number>, what: string): void {
  for (const number of numbers) {
    if (Number.isFinite(number)) continue;
    throw new SimvlmError(
      "not-finite-logits",
      `${what} are no numbers, or infinite (NaN, Infinity): the model's weights are damaged, or the machine computes wrongly. Check the model, and what computes it.`,
    );
  }
}
