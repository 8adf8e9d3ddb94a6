import { createHash } from "node:crypto";
import type { TaskData, TaskExample } from "../tasks/task.js";
import type { DataFolder } from "./data-folder.js";
import type { Manifest } from "./manifest.js";
import { nameIn, placeOf } from "./place.js";
import { examplesOfShard } from "./shard-examples.js";

type Part = Pick<Manifest, "limit" | "shard">;

/** The examples of the whole run: the first `limit`. */
export function limitExamples(data: TaskData, { limit }: Part): readonly TaskExample[] {
  return limit === undefined ? data.examples : data.examples.slice(0, limit);
}

/** The examples that are asked here: of the whole run, those of the shard. */
export function selectExamples(data: TaskData, part: Part): readonly TaskExample[] {
  const { shard } = part;
  const examples = limitExamples(data, part);
  return shard ? examplesOfShard(examples, shard) : examples;
}

/** The data of a run, and where they lie. */
export interface DataSource {
  readonly folder: DataFolder;
  readonly split: string;
  readonly data: TaskData;
}

/** What a manifest says of the data. */
export async function describeData(
  { folder, split, data }: DataSource,
  part: Part,
  runFolder: string,
): Promise<Manifest["data"]> {
  const examples = limitExamples(data, part);
  const files = data.files.map(async (path) => ({ path: nameIn(folder.path, path), sha256: await folder.hash(path) }));
  return {
    ...placeOf(folder.path, runFolder),
    split,
    ...(folder.images !== undefined && { images: placeOf(folder.images, runFolder) }),
    files: await Promise.all(files),
    ...(data.references !== undefined && { references: nameIn(folder.path, data.references) }),
    examples: examples.length,
    idsSha256: hashIds(examples),
  };
}

function hashIds(examples: readonly TaskExample[]): string {
  const hash = createHash("sha256");
  for (const { id } of examples) hash.update(`${id}\n`);
  return hash.digest("hex");
}
