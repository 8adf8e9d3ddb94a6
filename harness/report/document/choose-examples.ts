import type { ExampleScores } from "./data.js";

/** An example to look at, and why it was chosen. */
export interface Choice {
  readonly id: string;
  readonly why: string;
}

/** Why an example was chosen where nothing is scored. */
export const FIRST_REASON = "one of the first";

/**
 * The largest win, the largest loss and a typical example, then further wins and losses in turn, then the others; for a
 * single run, the best and the worst in turn.
 * @param runs their labels, one or two: the second is judged against the first
 * @param values the main scores of each of these runs, in the order of the ids
 */
export function chooseExamples(
  { ids, score }: Omit<ExampleScores, "values">,
  runs: readonly string[],
  values: readonly (readonly number[])[],
  count: number,
): Choice[] {
  const [first, second] = values as [readonly number[], readonly number[] | undefined];
  const gains = ids.map((id, i) => ({ id, gain: second ? second[i]! - first[i]! : first[i]!, place: i }));
  const best = [...gains].sort((a, b) => b.gain - a.gain || a.place - b.place);
  const worst = [...gains].sort((a, b) => a.gain - b.gain || a.place - b.place);
  const middle = medianOf(ids, values);
  const tell = (gain: number) => `${score} ${gain.toFixed(2)}`;
  const describe = (kind: "best" | "worst", gain: number, place: number) => {
    const nth = place === 0 ? "" : ` ${place + 1}`;
    if (!second) return `${kind}${nth}: ${tell(gain)}`;
    const [what, name] = kind === "best" ? ["win", "better"] : ["loss", "worse"];
    return `${what}${nth} of ${runs[1]}: ${name} than ${runs[0]} by ${tell(Math.abs(gain))}`;
  };
  const turns = ids.flatMap((_, place): Choice[] => [
    ...(best[place]!.gain > 0 || !second
      ? [{ id: best[place]!.id, why: describe("best", best[place]!.gain, place) }]
      : []),
    ...(worst[place]!.gain < 0 || !second
      ? [{ id: worst[place]!.id, why: describe("worst", worst[place]!.gain, place) }]
      : []),
    ...(place === 0 ? [{ id: middle, why: `typical: its ${score} is the median` }] : []),
  ]);
  const others = ids.map((id, i) => ({ id, why: `as good as ${runs[0]}: ${tell(first[i]!)}` }));
  const chosen = new Map<string, Choice>();
  for (const choice of [...turns, ...(second ? others : [])]) if (!chosen.has(choice.id)) chosen.set(choice.id, choice);
  return [...chosen.values()].slice(0, count);
}

/** The example with the median of the runs' mean scores. */
function medianOf(ids: readonly string[], values: readonly (readonly number[])[]): string {
  const sums = ids.map((id, i) => ({ id, sum: values.reduce((sum, own) => sum + own[i]!, 0) }));
  return sums.sort((a, b) => a.sum - b.sum)[Math.floor((ids.length - 1) / 2)]!.id;
}
