import { InvalidArgumentError } from "@commander-js/extra-typings";
import type { SweptOption } from "./plan-jobs.js";

/** So many combinations nobody means. */
const MOST = 10_000;

/** `seed=1..5,learning-rate=1e-3,3e-4`: options with the values that they are to have in turn. */
export function parseSweep(text: string): SweptOption[] {
  const swept: { option: string; values: string[] }[] = [];
  for (const word of text.split(",")) {
    const [, option, value = word] = /^\s*(?:--)?([a-z][a-z-]*)=(.*)$/s.exec(word) ?? [];
    if (option !== undefined) swept.push({ option, values: [] });
    const last = swept.at(-1);
    if (!last || value.trim() === "") {
      throw new InvalidArgumentError("It must look like seed=1..5,learning-rate=1e-3,3e-4.");
    }
    last.values.push(...expand(value.trim()));
  }
  const names = swept.map(({ option }) => option);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new InvalidArgumentError(`It names ${twice} twice.`);
  for (const { option, values } of swept) {
    const again = values.find((value, i) => values.indexOf(value) < i);
    if (again !== undefined) throw new InvalidArgumentError(`It gives ${option} the value ${again} twice.`);
  }
  if (swept.reduce((product, { values }) => product * values.length, 1) > MOST) {
    throw new InvalidArgumentError(`These are more than ${MOST} combinations.`);
  }
  return swept;
}

/** `1..5` as `1`, `2`, … */
function expand(value: string): string[] {
  const [first, last] = (/^(-?\d{1,9})\.\.(-?\d{1,9})$/.exec(value)?.slice(1) ?? []).map(Number);
  if (first === undefined || last === undefined) return [value];
  if (last < first || last - first >= MOST) throw new InvalidArgumentError(`${value} must ascend, by ${MOST} at most.`);
  return Array.from({ length: last - first + 1 }, (_, i) => `${first + i}`);
}
