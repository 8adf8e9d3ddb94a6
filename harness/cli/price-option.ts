import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { Price } from "../tasks/usage.js";

/** How a price is written. */
export const PRICE_FORM = "input=2.5,output=10 (and cached=1.25)";

const MOST_PRICE = 1e9;
const PRICE_NAMES = ["input", "cached", "output"];

/** @throws InvalidArgumentError */
export function parsePrice(text: string): Price {
  const parts = text.split(",").map((part) => part.split("="));
  const given = new Map(
    parts.map(([name = "", value = ""]) => [name.trim(), value.trim() === "" ? NaN : Number(value)]),
  );
  const [input, cachedInput, output] = PRICE_NAMES.map((name) => given.get(name));
  const isWrong = [...given].some(
    ([name, value]) => !PRICE_NAMES.includes(name) || !(value >= 0 && value <= MOST_PRICE),
  );
  if (isWrong || given.size < parts.length || input === undefined || output === undefined) {
    throw new InvalidArgumentError("It must look like input=2.5,output=10, or input=2.5,cached=1.25,output=10.");
  }
  return { input, ...(cachedInput !== undefined && { cachedInput }), output };
}

/** The price of finished runs, for what their answers are known to have taken. */
export function pricesOption(command: Command) {
  return command.option(
    "--price <list>",
    `what a million tokens cost, instead of what was said then: ${PRICE_FORM}; once, or once for each run`,
    (text: string, before: readonly Price[] = []) => [...before, parsePrice(text)],
  );
}
