import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { findFolder } from "../files/destination.js";
import { parseDraft, sweepClaimed } from "../files/drafts.js";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
import { takeLock } from "../files/lock.js";
import { createRandom } from "../random.js";
import { type PlanOptions, planJobs } from "./plan.js";
import { describeFolder } from "./readme.js";
import { type DataSet, PLAIN_DATA_SETS } from "./sizes.js";
import { MIXTURES, type WebMixture } from "./web/mixtures.js";
import { type Job, toJson, type Workshop, writeTexts } from "./workshop.js";
import { WORLDS, type WorldName } from "./world/worlds.js";

/** What a Toybox holds, and how it is written. Everything but `concurrency` and `onStart` decides its content. */
export interface GenerateOptions extends PlanOptions {
  /** Another seed gives other scenes and other pictures. */
  readonly seed: number;
  /** The share, 0 to 1, of web pairs whose text is not about their picture, or says something wrong. */
  readonly noise: number;
  /** Which pictures the web pairs show; default `long-tail`. */
  readonly web?: WebMixture;
  /** What scenes are made of; default `whole`. In the `plain` world there are not all data sets, nor all mixtures. */
  readonly world?: WorldName;
  /** How many pictures are drawn at a time; it affects nothing but the speed. Default twice the number of cores. */
  readonly concurrency?: number;
  /** Called once with the number of steps before the first of them; what it returns is called after each step. */
  readonly onStart?: (steps: number) => () => void;
}

/** What the bytes of a Toybox depend on. A change of what is drawn or said raises `version`. */
const VERSION = 3;
const RECIPE = "toybox.json";
const Recipe = z.looseObject({ version: z.number() }).describe("the recipe of a Toybox");

/**
 * Writes a Toybox into the folder `out`. It is written beside `out` and gets that name when it is complete; if it was
 * stopped, another call with the same options adds what is missing, and so it does to one of an older version that wrote
 * less.
 *
 * @returns false where it was there already, whole and with these very options
 * @throws SimvlmError `out-not-empty`, `other-recipe` (an unfinished Toybox with other options is in the way),
 *   `toybox-in-use`, `cannot-write`, `bad-option` for what the plain world does not have
 */
export async function generateToybox(out: string, options: GenerateOptions): Promise<boolean> {
  const { seed, noise, web = "long-tail", world = "whole", scale, only, splits, limit, onStart } = options;
  const { concurrency = 2 * availableParallelism() } = options;
  if (world === "plain") requirePlain(only, web);
  const random = createRandom(seed).fork("toybox");
  // A symbolic link to an empty folder stays one.
  const target = await findFolder(out);
  const recipe = toJson({
    version: VERSION,
    seed,
    scale,
    only,
    splits,
    limit,
    noise,
    web,
    ...(world !== "whole" && { world }),
  });
  const jobs = planJobs({ scale, only, splits, limit });
  const isDone = (folder: string, { files }: Job) => files.every((file) => existsSync(join(folder, file)));
  const isThere = async () => {
    if (await isFree(target)) return false;
    if ((await readRecipe(target)) === recipe && jobs.every((job) => job.isLater || isDone(target, job))) return true;
    throw new SimvlmError(
      "out-not-empty",
      `${out} exists and is not an empty folder. Give another one, or remove it first.`,
    );
  };
  await isThere(); // before anything is made
  await makeFolder(dirname(target));
  const lock = await takeLock({ folder: dirname(target), name: basename(target), kind: "toybox", place: out });
  try {
    const isOld = await isThere();
    const root = isOld ? target : `${target}.partial`;
    if (!isOld) await openUnfinished(root, `${out}.partial`, recipe);
    const open = jobs.filter((job) => !isDone(root, job));
    const tick = onStart?.(open.reduce((sum, { steps }) => sum + steps, 0)) ?? (() => {});
    const workshop: Workshop = { root, random, noise, web, world: WORLDS[world], concurrency, tick };
    for (const job of open) await job.run(workshop);
    if (isOld) return open.length > 0;
    await writeTexts(root, { "README.md": describeFolder(only) });

    await rm(target, { recursive: true, force: true }); // an empty folder, see above
    await rename(root, target);
    return true;
  } finally {
    await lock.release();
  }
}

/** Questions about two pictures, hypotheses, translations and debates need all that there is. */
function requirePlain(only: readonly DataSet[], web: WebMixture): void {
  const missing = only.filter((name) => !PLAIN_DATA_SETS.includes(name));
  if (missing.length === 0 && MIXTURES[web].debated === 0) return;
  const what = missing.length > 0 ? missing.join(", ") : `web texts that are ${web}`;
  throw new SimvlmError(
    "bad-option",
    `The plain world has no ${what}: it has ${PLAIN_DATA_SETS.join(", ")}, and a web that is long-tail or even.`,
  );
}

async function isFree(target: string): Promise<boolean> {
  if (!existsSync(target)) return true;
  return (await readdir(target).catch(() => [target])).length === 0;
}

/** The recipe of the Toybox in a folder as we would write it; undefined where there is none. */
async function readRecipe(folder: string): Promise<string | undefined> {
  const path = join(folder, RECIPE);
  return existsSync(path) ? toJson(await readJson(path, Recipe)) : undefined;
}

/** Whatever a process that was killed may have left counts as ours. */
async function openUnfinished(root: string, name: string, recipe: string): Promise<void> {
  const found = await readRecipe(root);
  if (found === recipe) return sweep(root);
  if (found !== undefined) {
    throw new SimvlmError(
      "other-recipe",
      `${name} is an unfinished Toybox made with other options: ${found.trim()}. Give those to finish it, or remove the folder.`,
    );
  }
  const names: string[] = existsSync(root) ? await readdir(root).catch(() => [root]) : [];
  if (names.some((each) => !parseDraft(each))) {
    throw new SimvlmError("out-not-empty", `${name} is in the way: it is not an unfinished Toybox. Remove it first.`);
  }
  await makeFolder(root);
  await sweepClaimed(root);
  await writeTexts(root, { [RECIPE]: recipe });
}

async function sweep(root: string): Promise<void> {
  await sweepClaimed(root);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await sweepClaimed(join(entry.parentPath, entry.name));
  }
}
