import { existsSync } from "node:fs";
import { readdir, realpath, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
import { createRandom } from "../random.js";
import { type PlanOptions, planJobs } from "./plan.js";
import { describeFolder } from "./readme.js";
import type { WebMixture } from "./web/mixtures.js";
import { toJson, type Workshop, writeTexts } from "./workshop.js";

/** What a Toybox holds, and how it is written. Everything but `concurrency` and `onStart` decides its content. */
export interface GenerateOptions extends PlanOptions {
  /** Another seed gives other scenes and other pictures. */
  readonly seed: number;
  /** The share, 0 to 1, of web pairs whose text is not about their picture, or says something wrong. */
  readonly noise: number;
  /** Which pictures the web pairs show; default `long-tail`. */
  readonly web?: WebMixture;
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
 * stopped, another call with the same options adds what is missing.
 *
 * @throws SimvlmError `out-not-empty`, `other-recipe` (an unfinished Toybox with other options is in the way)
 */
export async function generateToybox(out: string, options: GenerateOptions): Promise<void> {
  const { seed, noise, web = "long-tail", scale, only, splits, limit, onStart } = options;
  const { concurrency = 2 * availableParallelism() } = options;
  const random = createRandom(seed).fork("toybox");
  // A symbolic link to an empty folder stays one.
  const target = await realpath(out).catch(() => resolve(out));
  await refuseIfInUse(target, out);
  const root = `${target}.partial`;
  await openUnfinished(root, `${out}.partial`, { version: VERSION, seed, scale, only, splits, limit, noise, web });

  const jobs = planJobs({ scale, only, splits, limit });
  const open = jobs.filter(({ files }) => !files.every((file) => existsSync(join(root, file))));
  const tick = onStart?.(open.reduce((sum, { steps }) => sum + steps, 0)) ?? (() => {});
  const workshop: Workshop = { root, random, noise, web, concurrency, tick };
  for (const job of open) await job.run(workshop);
  await writeTexts(root, { "README.md": describeFolder(only) });

  await rm(target, { recursive: true, force: true }); // an empty folder, see above
  await rename(root, target);
}

async function refuseIfInUse(target: string, out: string): Promise<void> {
  if (!existsSync(target)) return;
  const files = await readdir(target).catch(() => [out]);
  if (files.length === 0) return;
  throw new SimvlmError(
    "out-not-empty",
    `${out} exists and is not an empty folder. Give another one, or remove it first.`,
  );
}

async function openUnfinished(root: string, name: string, recipe: Record<string, unknown>): Promise<void> {
  const path = join(root, RECIPE);
  if (existsSync(path)) {
    const found = await readJson(path, Recipe);
    if (toJson(found) === toJson(recipe)) return sweep(root);
    throw new SimvlmError(
      "other-recipe",
      `${name} is an unfinished Toybox made with other options: ${JSON.stringify(found)}. ` +
        "Give those to finish it, or remove the folder.",
    );
  }
  if (existsSync(root) && (await readdir(root)).length > 0) {
    throw new SimvlmError("out-not-empty", `${name} is in the way: it is not an unfinished Toybox. Remove it first.`);
  }
  await makeFolder(root);
  await writeTexts(root, { [RECIPE]: toJson(recipe) });
}

/** What a killed run left of files it was writing. */
async function sweep(root: string): Promise<void> {
  const names = await readdir(root, { recursive: true });
  for (const name of names.filter((each) => /^\..+\.tmp$/.test(basename(each)))) await rm(join(root, name));
}
