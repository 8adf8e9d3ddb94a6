import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { JOB_FOLDERS } from "../files/job-folders.js";
import { compareManifests, listDifferences } from "../runs/differences.js";
import { type Manifest, RUN_FILES, readManifest } from "../runs/manifest.js";

/** The names of runs in the folder of a run's shards, the first shard first. */
export async function listShardFolders(out: string): Promise<string[]> {
  const root = join(out, JOB_FOLDERS.shards);
  const names = await readdir(root).catch(() => []);
  const runs = names.filter((name) => existsSync(join(root, name, RUN_FILES.manifest)));
  return runs.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
}

/**
 * What lies among the shards of a run and does not belong to them, a sentence each.
 * @param of how many shards the run has
 */
export async function listOddShards(out: string, of: number): Promise<string[]> {
  const notes: string[] = [];
  let first: { readonly folder: string; readonly manifest: Manifest } | undefined;
  for (const name of await listShardFolders(out)) {
    const folder = join(out, JOB_FOLDERS.shards, name);
    const manifest = await readManifest(folder).catch((error: unknown) => {
      if (error instanceof SimvlmError) return error.message;
      throw error;
    });
    if (typeof manifest === "string") {
      notes.push(manifest);
      continue;
    }
    const { shard } = manifest;
    if (shard?.of !== of || `${shard.index}` !== name) {
      const what = shard ? `shard ${shard.index}/${shard.of} of a run` : "a complete run";
      notes.push(`${folder} is ${what}, and none of the ${of} shards that belong here.`);
      continue;
    }
    first ??= { folder, manifest };
    const differences = compareManifests(manifest, first.manifest, ["shard.index"]);
    if (differences.length === 0) continue;
    notes.push(`${folder} is not of the run that ${first.folder} is of (${listDifferences(differences, "there")}).`);
  }
  return notes;
}
