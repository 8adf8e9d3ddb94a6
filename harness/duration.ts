import { SimvlmError } from "@simvlm/metrics";

/** What a timer can wait for, in milliseconds; after anything longer it goes off at once. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/** The longest time that can be waited for, in whole seconds: almost 25 days. */
export const LONGEST_SECONDS = Math.floor(LONGEST_MILLISECONDS / 1000);

/**
 * A time in whole milliseconds, as timers take it.
 * @param seconds more than 0, and {@link LONGEST_SECONDS} at most
 * @param what it is, for the message: `The time-out`
 * @throws SimvlmError `bad-option`
 */
export function toMilliseconds(seconds: number, what: string): number {
  if (seconds > 0 && seconds <= LONGEST_SECONDS) return Math.ceil(1000 * seconds);
  throw new SimvlmError(
    "bad-option",
    `${what} is ${seconds} s: it must be greater than 0 and at most ${LONGEST_SECONDS} s, which is 24 days.`,
  );
}
