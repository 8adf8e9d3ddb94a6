import { basename, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import type { CompareOptions } from "./compare-options.js";
import type { LoadedRun } from "./load-runs.js";

/** Runs with their prices. */
export interface OrderedRuns extends Pick<CompareOptions, "prices"> {
  readonly runs: readonly LoadedRun[];
}

/**
 * The runs with the baseline before the others, which stay in their order; prices of single runs go with them.
 * @throws SimvlmError `unknown-baseline` where no run is called so, or several are
 */
export function baselineFirst(
  runs: readonly LoadedRun[],
  { baseline, prices }: Pick<CompareOptions, "baseline" | "prices">,
): OrderedRuns {
  if (baseline === undefined) return { runs, prices };
  const place = findBaseline(runs, baseline);
  const order = <Item>(items: readonly Item[]): Item[] => [items[place]!, ...items.filter((_, i) => i !== place)];
  return { runs: order(runs), prices: prices?.length === runs.length ? order(prices) : prices };
}

function findBaseline(runs: readonly LoadedRun[], baseline: string): number {
  const ways: readonly ((run: LoadedRun) => boolean)[] = [
    ({ folder }) => resolve(folder) === resolve(baseline),
    ({ label }) => label === baseline,
    ({ folder }) => basename(resolve(folder)) === baseline,
  ];
  const found = ways.map((is) => [...runs.keys()].filter((i) => is(runs[i]!))).find(({ length }) => length > 0) ?? [];
  const isOneFolder = new Set(found.map((i) => resolve(runs[i]!.folder))).size === 1;
  if (isOneFolder) return found[0]!;
  const which = found.length > 1 ? "Several runs are" : "None of the runs is";
  throw new SimvlmError(
    "unknown-baseline",
    `${which} called ${baseline}. Name the baseline by its folder: ${runs.map(({ folder }) => folder).join(", ")}.`,
  );
}
