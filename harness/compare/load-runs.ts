import { basename, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { type Manifest, readManifest } from "../runs/manifest.js";
import { describeRepeated, readLog } from "../runs/predictions-log.js";
import { requireAsSealed } from "../runs/seal-run.js";
import { isFailure, type Outcome, type Prediction } from "../tasks/prediction.js";
import type { CompareOptions } from "./compare-runs.js";

/** A finished run as it lies in its folder. */
export interface LoadedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  /** Unlike that of every other run of the comparison. */
  readonly label: string;
  /** All that came of it, failures too. */
  readonly outcomes: readonly Outcome[];
  readonly predictions: ReadonlyMap<string, Prediction>;
  /** What is to be known of them, a sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/** How runs are read. */
export interface LoadRunsOptions {
  /** Whether their files were written anew, from a report that has a seal of its own; default false. */
  readonly isUnpacked?: boolean | undefined;
}

/**
 * @throws SimvlmError `unfinished-run`, `is-a-shard`, `changed-run`, and what reading a run throws
 */
export async function loadRuns(
  folders: readonly string[],
  { isUnpacked = false }: LoadRunsOptions = {},
): Promise<LoadedRun[]> {
  const runs = await Promise.all(folders.map((folder) => loadRun(folder, isUnpacked)));
  const labels = distinguishLabels(runs);
  return runs.map((run, i) => ({ ...run, label: labels[i]! }));
}

async function loadRun(folder: string, isUnpacked: boolean): Promise<Omit<LoadedRun, "label">> {
  const manifest = await readManifest(folder);
  const { shard, metricSignatures } = manifest;
  if (shard) {
    throw new SimvlmError(
      "is-a-shard",
      `${folder} is shard ${shard.index}/${shard.of} of a run: combine the shards with \`simvlm merge\`, then compare.`,
    );
  }
  if (metricSignatures === undefined) {
    throw new SimvlmError(
      "unfinished-run",
      `${folder} is not finished: finish it with the command that started it, then compare.`,
    );
  }
  const log = await readLog(folder);
  const { outcomes } = log;
  if (!isUnpacked) await requireAsSealed({ folder, manifest, outcomes });
  const predictions = outcomes.filter((outcome): outcome is Prediction => !isFailure(outcome));
  if (predictions.length === 0) {
    throw new SimvlmError("empty-predictions", `${folder} has no predictions: all of its examples failed.`);
  }
  const byId = new Map(predictions.map((prediction) => [prediction.id, prediction]));
  return { folder, manifest, outcomes, predictions: byId, notes: describeRepeated(log) };
}

/** What tells runs apart, in the order in which it is tried. */
const NAMES: readonly ((run: Omit<LoadedRun, "label">, place: number) => string)[] = [
  ({ manifest }) => manifest.label,
  ({ manifest, folder }) => `${manifest.label} (${basename(resolve(folder))})`,
  ({ manifest, folder }) => `${manifest.label} (${folder})`,
  ({ manifest, folder }, place) => `${manifest.label} (${folder}) #${place + 1}`,
];

/** Labels as short as they can be and yet all different: runs that share one get their folder's name, too. */
export function distinguishLabels(runs: readonly Omit<LoadedRun, "label">[]): string[] {
  let labels = runs.map((run, place) => NAMES[0]!(run, place));
  for (const name of NAMES.slice(1)) {
    const counts = new Map<string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    labels = labels.map((label, place) => (counts.get(label)! > 1 ? name(runs[place]!, place) : label));
  }
  return labels;
}

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
  const place = findRun(runs, baseline, { code: "unknown-baseline", what: "the baseline" });
  const order = <Item>(items: readonly Item[]): Item[] => [items[place]!, ...items.filter((_, i) => i !== place)];
  return { runs: order(runs), prices: prices?.length === runs.length ? order(prices) : prices };
}

/** What a run is named for, in an error. */
interface Naming {
  readonly code: string;
  readonly what: string;
}

/**
 * The place of a run by its folder, its label, or its folder's own name.
 * @throws SimvlmError of the given code where no run is called so, or several are
 */
export function findRun(runs: readonly LoadedRun[], name: string, { code, what }: Naming): number {
  const ways: readonly ((run: LoadedRun) => boolean)[] = [
    ({ folder }) => resolve(folder) === resolve(name),
    ({ label }) => label === name,
    ({ folder }) => basename(resolve(folder)) === name,
  ];
  const found = ways.map((is) => [...runs.keys()].filter((i) => is(runs[i]!))).find(({ length }) => length > 0) ?? [];
  const isOneFolder = new Set(found.map((i) => resolve(runs[i]!.folder))).size === 1;
  if (isOneFolder) return found[0]!;
  const which = found.length > 1 ? "Several runs are" : "None of the runs is";
  throw new SimvlmError(
    code,
    `${which} called ${name}. Name ${what} by its folder: ${runs.map(({ folder }) => folder).join(", ")}.`,
  );
}
