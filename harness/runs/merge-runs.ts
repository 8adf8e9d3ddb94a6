import { basename, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import { listIds } from "../formats/ids.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import type { Outcome } from "../tasks/prediction.js";
import { completeSettings, type TaskData } from "../tasks/task.js";
import { claimFolder } from "./claim-folder.js";
import { DataFolder } from "./data-folder.js";
import { compareManifests, listDifferences } from "./differences.js";
import { type FinishedRun, type FinishOptions, finishRun } from "./finish.js";
import { formatManifest, type Manifest, RUN_FILES, readManifest, type Shard, withoutEnd } from "./manifest.js";
import { findImages, rebasePlace, requireDataFolder } from "./place.js";
import { describeRepeated, formatOutcomes, readLog } from "./predictions-log.js";
import { describePlugins } from "./provenance.js";
import { requireAsSealed } from "./seal-run.js";
import { describeData, limitExamples } from "./selection.js";
import { examplesOfShard } from "./shard-examples.js";
import { requireShownPictures } from "./shown-pictures.js";
import { taskOfRun } from "./task-of-run.js";

/** Which runs become which. */
export interface MergeRequest {
  /** The runs of all shards, in any order. */
  readonly folders: readonly string[];
  /** The folder of the whole run. */
  readonly out: string;
  /** Where the data lie, if not where the runs say. */
  readonly dataFolder?: string | undefined;
  /** Default: the folder's name. */
  readonly label?: string | undefined;
  /** Names of the metrics to score with; default the task's. */
  readonly metrics?: readonly string[] | undefined;
}

interface ShardRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly shard: Shard;
}

/**
 * Makes one run of the runs of all its shards: the same as if it had never been divided.
 * @throws SimvlmError `not-a-shard`, `other-run`, `overlapping-shards`, `missing-shards`, `unfinished-shard`,
 *   `unknown-metric`, `changed-data`, `changed-pictures`, `missing-data`, `changed-run`, and what reading and writing runs throws
 */
export async function mergeRuns(
  request: MergeRequest,
  options: Omit<FinishOptions, "metrics"> = {},
): Promise<FinishedRun> {
  const { out, label = basename(resolve(out)) } = request;
  const shards = await Promise.all(request.folders.map(readShard));
  requireAll(shards);
  const { folder, manifest } = shards[0]!;
  const task = taskOfRun(manifest);
  const metrics = request.metrics && chooseMetrics(task, request.metrics);
  const dataFolder = request.dataFolder ?? requireDataFolder(manifest.data, folder);
  const settings = completeSettings(task, manifest.settings);
  const place = new DataFolder(dataFolder, { images: findImages(manifest.data, folder) });
  const data = await place.load(task, settings);
  const described = await describeData({ folder: place, split: settings.split, data }, manifest, out);
  const { shard: _, plugins: __, sourceAt, ...common } = withoutEnd(manifest);
  const plugins = unitePlugins(manifest.plugins ?? [], describePlugins());
  const whole: Manifest = {
    ...common,
    ...(plugins.length > 0 && { plugins }),
    label,
    data: { ...described, ...(request.dataFolder === undefined && { folder: manifest.data.folder }) },
    ...(sourceAt && { sourceAt: rebasePlace(sourceAt, folder, out) }),
    created: new Date().toISOString(),
  };
  const changed = compareManifests(manifest, whole, ["shard", "plugins"]);
  if (changed.length > 0) {
    throw new SimvlmError(
      "changed-data",
      `${dataFolder} is not the data that the runs were made from (${listDifferences(changed, "now")}). Say where their data are.`,
    );
  }
  const { outcomes, notes } = await collectOutcomes(shards, data, manifest);
  for (const shard of shards) await requireShownPictures({ ...shard, data, outcomes, dataFolder });
  const { manifest: begun, lock } = await claimFolder(out, whole);
  try {
    const merged = withoutEnd(begun);
    await writeFileAtomic(join(out, RUN_FILES.manifest), formatManifest(merged));
    await writeFileAtomic(join(out, RUN_FILES.predictions), formatOutcomes(outcomes));
    const run = { folder: out, manifest: merged, task, data, dataFolder, outcomes };
    const finished = await finishRun(run, { ...options, metrics });
    return { ...finished, warnings: [...notes, ...finished.warnings] };
  } finally {
    await lock.release();
  }
}

type Plugins = NonNullable<Manifest["plugins"]>;

/** Those that predicted, then those that score, each once. */
function unitePlugins(first: Plugins, second: Plugins): Plugins {
  return [...new Map([...first, ...second].map((plugin) => [JSON.stringify(plugin), plugin])).values()];
}

async function readShard(folder: string): Promise<ShardRun> {
  const manifest = await readManifest(folder);
  const { shard } = manifest;
  if (shard) return { folder, manifest, shard };
  throw new SimvlmError("not-a-shard", `${folder} is a complete run: only shards of a run can be merged.`);
}

function requireAll(shards: readonly ShardRun[]): void {
  const [first, ...others] = shards;
  const { of } = first!.shard;
  for (const { folder, manifest } of others) {
    const differences = compareManifests(first!.manifest, manifest, ["shard.index"]);
    if (differences.length === 0) continue;
    throw new SimvlmError(
      "other-run",
      `${first!.folder} and ${folder} are not shards of one run (${listDifferences(differences, "there")}).`,
    );
  }
  const indices = Array.from({ length: of }, (_, i) => i + 1);
  const foldersOf = (index: number) => shards.filter(({ shard }) => shard.index === index).map(({ folder }) => folder);
  for (const index of indices) {
    const folders = foldersOf(index);
    if (folders.length <= 1) continue;
    throw new SimvlmError(
      "overlapping-shards",
      `${folders.join(" and ")} are all shard ${index}/${of}: give each shard once.`,
    );
  }
  const missing = indices.filter((index) => foldersOf(index).length === 0);
  if (missing.length === 0) return;
  const names = missing.map((index) => `${index}/${of}`);
  throw new SimvlmError("missing-shards", `The shards ${listIds(names)} are missing: give the runs of all ${of}.`);
}

/** In the data's order, as a whole run has them. */
async function collectOutcomes(
  shards: readonly ShardRun[],
  data: TaskData,
  manifest: Manifest,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly notes: readonly string[] }> {
  const examples = limitExamples(data, manifest);
  const collected = new Map<string, Outcome>();
  const notes: string[] = [];
  for (const { folder, shard, manifest: own } of shards) {
    const log = await readLog(folder);
    const { outcomes } = log;
    await requireAsSealed({ folder, manifest: own, outcomes });
    notes.push(...describeRepeated(log).map((note) => `${folder}: ${note}`));
    const missing = new Set(examplesOfShard(examples, shard).map(({ id }) => id));
    const foreign = outcomes.filter(({ id }) => !missing.has(id)).map(({ id }) => id);
    if (foreign.length > 0) {
      throw new SimvlmError(
        "overlapping-shards",
        `${folder} is shard ${shard.index}/${shard.of}, but has predictions for ${listIds(foreign)}, which are not its own.`,
      );
    }
    for (const outcome of outcomes) {
      missing.delete(outcome.id);
      collected.set(outcome.id, outcome);
    }
    if (missing.size > 0) {
      throw new SimvlmError(
        "unfinished-shard",
        `${folder} was stopped: ${listIds([...missing])} have not been predicted. Finish it with the command that started it.`,
      );
    }
  }
  return { outcomes: examples.map(({ id }) => collected.get(id)!), notes };
}
