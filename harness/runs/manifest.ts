import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { staysInside } from "../files/inside.js";
import { readJson } from "../files/json.js";
import { requireFile } from "../files/open-file.js";
import { Json } from "../files/schema.js";
import { listIds } from "../formats/ids.js";
import { FLAWS } from "../tasks/prediction.js";
import { ANSWER_KINDS, LANGUAGES, MODALITIES } from "../tasks/task.js";

/** The files of a run's folder, besides the results file, whose name is the task's. */
export const RUN_FILES = {
  manifest: "manifest.json",
  predictions: "predictions.jsonl",
  scores: "scores.json",
  pictures: "pictures.txt",
  seal: "seal.json",
} as const;

/** A hash as JSON has it. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex");

/** Where something lies, so that it is found from the folder it was named in and from anywhere else. */
const Place = z.object({
  /** As it was given, absolute or relative to the working directory of then. */
  folder: z.string(),
  /** Relative to the run's folder. */
  fromRun: z.string(),
});
/** Where something lies, as a manifest says it. */
export type Place = z.output<typeof Place>;

/** In bytes: that of a run of thousands of files. */
const LONGEST = 2 ** 26;

/** Examples, files, shards: more than any data set has. */
const MOST = 1_000_000_000;
const Count = z.int().nonnegative().max(MOST);
const Some = z.int().positive().max(MOST);
/** Characters of a name; a system's or a version's is far shorter. */
const Name = z.string().max(4096);

/** Files are named after it: it must not lead out of the data's folder. */
const Split = z.string().refine(staysInside, "expected the name of a split that leads to no other folder");

const Settings = z.object({
  split: Split,
  modality: z.enum(MODALITIES),
  answer: z.enum(ANSWER_KINDS),
  language: z.enum(LANGUAGES),
  prompt: z.string().optional(),
  swapImages: z.boolean(),
});

const Data = Place.extend({
  split: Split,
  /** The folder of the pictures, where it was named. */
  images: Place.optional(),
  /** The data files, named from the data's folder. */
  files: z.array(z.object({ path: z.string(), sha256: Sha256 })),
  /** Which of the files the predictions are scored against; absent where they cannot be, and for `complete`. */
  references: z.string().optional(),
  /** How many examples the whole run has: of the split, after `limit`, before `shard`. */
  examples: Count,
  /** Of their ids, one a line, in the data's order. */
  idsSha256: Sha256,
});

const Shard = z
  .object({
    index: Some,
    of: Some,
    /** What each has about as much of; absent: of examples. */
    by: z.literal("words").optional(),
  })
  .refine(({ index, of }) => index <= of, "expected an index up to the number of shards");
/** The `index`-th part of a run, from 1, of so many. */
export type Shard = z.output<typeof Shard>;

/** A run's manifest as its file has it. */
export const ManifestSchema = z
  .object({
    format: z.literal(1),
    /** What tables call the run. */
    label: Name,
    task: Name,
    settings: Settings,
    /** Of this library; commit and dirty flag where it runs from its repository. */
    code: z.object({ version: Name, commit: Name.optional(), dirty: z.boolean().optional() }),
    /** Versions of the runtime dependencies that are installed. */
    packages: z.record(Name, Name),
    platform: z.object({ node: Name, os: Name, arch: Name }),
    /** The plug-ins that were loaded, by the names of their files or packages; absent for none. */
    plugins: z
      .array(z.object({ name: z.string(), sha256: Sha256.optional(), defines: z.array(z.string()) }))
      .optional(),
    /** What computed, where it was a model of ours. */
    provider: Name.optional(),
    /** What predicted, as it describes itself (`Predictor.description`). */
    source: z.record(z.string(), Json),
    /** The checkpoint's folder or the predictions file. */
    sourceAt: Place.optional(),
    /** How texts were decoded, where it was by a model of ours. */
    decoding: z.record(z.string(), Json).optional(),
    seed: z.int(),
    data: Data,
    /** Only the first so many examples were used. */
    limit: Some.optional(),
    /** Whether the scores can stand beside those of other runs: false with a limit. */
    comparable: z.boolean(),
    shard: Shard.optional(),
    /** ISO 8601, in UTC. */
    created: z.iso.datetime("expected a date and time as ISO 8601 has them, in UTC"),
    /** Examples that were asked and have no prediction; absent until the run is finished. */
    failed: Count.optional(),
    /** Examples that were not asked, for want of their pictures; absent for none. */
    leftOut: Some.optional(),
    /** How many answers had which flaw, whether they were accepted or not; absent for none. */
    flawed: z.partialRecord(z.enum(FLAWS), Some).optional(),
    /**
     * The pictures that were shown, and the SHA-256 of a line `NAME SHA-256` for each; absent until the run is finished,
     * and where none were shown or some are gone.
     */
    pictures: z.object({ count: Some, sha256: Sha256 }).optional(),
    /** By metric; absent until the run is finished, empty where there is nothing to score against. */
    metricSignatures: z.record(z.string(), z.string()).optional(),
  })
  .refine(
    ({ failed = 0, leftOut = 0, data: { examples } }) => failed + leftOut <= examples,
    "expected no more failures than there are examples",
  )
  .describe("the manifest.json of a run");
/** All that a run's predictions depend on. */
export type Manifest = z.output<typeof ManifestSchema>;

/**
 * @param folder of a run
 * @throws SimvlmError `missing-file`, `runs-below` for a folder that holds runs and is none, and what `readJson` throws
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, RUN_FILES.manifest);
  if (!existsSync(path)) await refuseOtherFolder(folder);
  await requireFile(path, LONGEST);
  return readJson(path, ManifestSchema);
}

/** So many runs are named. */
const NAMED = 10;

/** @throws SimvlmError `missing-file`, `runs-below` where runs lie in the folder, or in folders in it */
async function refuseOtherFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) {
    throw new SimvlmError("missing-file", `${folder}: there is no such run, and no file of that name. Check the path.`);
  }
  const below = await listRunsIn(folder);
  const deeper = await Promise.all((await listFolders(folder)).map(listRunsIn));
  const runs = [...below, ...deeper.flat()].sort();
  if (runs.length === 0) {
    const what = found.isDirectory() ? `it has no ${RUN_FILES.manifest}` : "it is a file, and a run is a folder";
    throw new SimvlmError("missing-file", `${folder} is no run: ${what}. Check the path.`);
  }
  throw new SimvlmError(
    "runs-below",
    `${folder} is no run itself: it has no ${RUN_FILES.manifest}. ` +
      `${runs.length === 1 ? "A run lies" : `${runs.length} runs lie`} below it: ${listIds(runs, NAMED)}. Name ${runs.length === 1 ? "it" : "them"} instead.`,
  );
}

async function listRunsIn(folder: string): Promise<string[]> {
  return (await listFolders(folder)).filter((path) => existsSync(join(path, RUN_FILES.manifest)));
}

/** The folders in one, as far as it can be read. */
async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** A manifest as its file has it: in the order of the fields above, whether it is new or was read. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(ManifestSchema.parse(manifest), null, 2)}\n`;
}

/** A manifest as it is before the run is finished. */
export function withoutEnd(ended: Manifest): Manifest {
  const { failed: _, leftOut: __, flawed: ___, pictures: ____, metricSignatures: _____, ...manifest } = ended;
  return manifest;
}
