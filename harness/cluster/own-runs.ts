import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { hasAnswers } from "../runs/claim-folder.js";
import { compareManifests, type FieldDifference, listDifferences } from "../runs/differences.js";
import { type Manifest, RUN_FILES, readManifest } from "../runs/manifest.js";
import { listOddShards, listShardFolders } from "./odd-shards.js";

/** What the machine of a task, and nobody before it, knows. */
const OF_TASKS = ["shard", "platform", "provider"];

/**
 * Refuses a folder in which another run stands, or shards of another: their work would be taken for that of this one, or
 * what was computed could not be merged.
 * @param of how many shards the run has
 * @param expected what the run would say of itself as a whole
 * @param unknown fields that are not known before
 * @throws SimvlmError `other-run`, and what reading runs throws
 */
export async function requireOwnRuns(
  out: string,
  of: number,
  expected: Manifest,
  unknown: readonly string[],
): Promise<void> {
  const shards = of === 1 ? [] : await requireOwnShards(out, of);
  for (const folder of [out, await findAnswered(shards)]) {
    if (folder === undefined || !(await hasAnswers(folder))) continue; // it is begun anew
    const begun = await readManifest(folder);
    const differences = compareManifests(begun, expected, [...OF_TASKS, ...unknown]).filter(isKnown);
    if (differences.length === 0) continue;
    throw new SimvlmError(
      "other-run",
      `${folder} is a run that was begun with other settings (${listDifferences(differences, "now")}). ` +
        "Hand in the settings that it was begun with, or choose another folder.",
    );
  }
}

/** They are of one run: one of them speaks for all. */
async function findAnswered(shards: readonly string[]): Promise<string | undefined> {
  for (const folder of shards) if (await hasAnswers(folder)) return folder;
  return undefined;
}

/** A model's hashes are not taken before its weights are read. */
const isKnown = ({ field, first, second }: FieldDifference): boolean =>
  !field.startsWith("source.") || (first !== undefined && second !== undefined);

/**
 * @returns the folders of the shards that are there, which are of one run
 * @throws SimvlmError `other-run` where shards lie in the folder that do not belong to so many of one run
 */
export async function requireOwnShards(out: string, of: number): Promise<string[]> {
  const odd = await listOddShards(out, of);
  if (odd.length > 0) {
    throw new SimvlmError(
      "other-run",
      `${odd.join(" ")} Move away what does not belong there, or choose another folder.`,
    );
  }
  return (await listShardFolders(out)).map((name) => join(out, JOB_FOLDERS.shards, name));
}

/**
 * How a merged run differs from its shards, a sentence; undefined where it does not, or where one of them is not there.
 * @throws SimvlmError what reading manifests throws
 */
export async function describeForeignMerge(out: string): Promise<string | undefined> {
  const [name] = await listShardFolders(out);
  if (name === undefined || !existsSync(join(out, RUN_FILES.manifest))) return undefined;
  const shard = join(out, JOB_FOLDERS.shards, name);
  const [merged, own] = await Promise.all([out, shard].map(readManifest));
  const differences = compareManifests(merged!, own!, ["shard", "plugins"]);
  if (differences.length === 0) return undefined;
  return `${out} is not the run that ${shard} is of (${listDifferences(differences, "there")}).`;
}
