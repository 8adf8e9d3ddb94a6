import { SimvlmError } from "../error.js";

/**
 * Refuses two lists that do not belong together.
 * @throws SimvlmError `length-mismatch`
 */
export function requireSameLength(
  firstName: string,
  first: readonly unknown[],
  secondName: string,
  second: readonly unknown[],
): void {
  if (first.length === second.length) return;
  throw new SimvlmError(
    "length-mismatch",
    `There are ${first.length} ${firstName} but ${second.length} ${secondName}: give as many of the one as of the other.`,
  );
}
