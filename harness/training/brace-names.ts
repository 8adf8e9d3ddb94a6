import { SimvlmError } from "@simvlm/metrics";

/** No data set has more shards. */
const MOST_NAMES = 1_000_000;

/**
 * The names that braces stand for, as in a shell and in WebDataset: `{00000..00012}` counts, with as many digits, and
 * `{a,b}` chooses, while `{a}` is a name like others; `::` stands between several patterns, but not in an address such as `http://[::1]/`.
 * @throws SimvlmError `bad-pattern`
 */
export function expandBraces(pattern: string): string[] {
  const names = pattern.split(/::(?![^[\]/]*\])/).flatMap((part) => expand(part, pattern));
  if (names.length > MOST_NAMES) throw tooMany(pattern);
  return names;
}

function expand(part: string, pattern: string): string[] {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(part);
  if (!found) return [part];
  const [, before = "", inside = "", after = ""] = found;
  const rest = expand(after, pattern);
  const choices = count(inside, pattern) ?? (inside.includes(",") ? inside.split(",") : [`{${inside}}`]);
  if (choices.length * rest.length > MOST_NAMES) throw tooMany(pattern);
  return choices.flatMap((choice) => rest.map((end) => `${before}${choice}${end}`));
}

function count(inside: string, pattern: string): string[] | undefined {
  const [, first, last] = /^(\d{1,15})\.\.(\d{1,15})$/.exec(inside) ?? [];
  if (first === undefined || last === undefined) return undefined;
  const [start, end] = [Number(first), Number(last)];
  const digits = first.startsWith("0") || first.length === last.length ? first.length : 1;
  if (end < start || end - start >= MOST_NAMES) throw tooMany(pattern);
  return Array.from({ length: end - start + 1 }, (_, i) => String(start + i).padStart(digits, "0"));
}

function tooMany(pattern: string): SimvlmError {
  return new SimvlmError(
    "bad-pattern",
    `${pattern}: braces must count upwards, such as {00000..00012}, and stand for ${MOST_NAMES} names at most.`,
  );
}
