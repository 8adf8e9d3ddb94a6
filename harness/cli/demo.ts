import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { compareRuns } from "../compare/compare-runs.js";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { withoutHomes } from "../files/home.js";
import { readJson } from "../files/json.js";
import { buildReport } from "../report/document/build.js";
import { renderReport } from "../report/document/report-page.js";
import { runTask } from "../runs/run-task.js";
import { formatComparison } from "../terminal/format-comparison.js";
import { formatJson } from "../terminal/json.js";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { generateToybox } from "../toybox/generate.js";
import { type OptionsOf, parseFolder, parsePositiveInteger, parseSeed } from "./options.js";

/** The runs, and the checkpoints they are made with; the first is what the others are compared with. */
const RUNS = [
  { label: "zero-shot", checkpoint: "pretrained", what: "pretrained on noisy web pairs only" },
  { label: "fine-tuned", checkpoint: "caption", what: "pretrained, then fine-tuned on clean captions" },
  { label: "scratch", checkpoint: "caption-scratch", what: "trained on the same clean captions only" },
] as const;

const RECIPE = "demo.json";
const Recipe = z.strictObject({ seed: z.int().nonnegative(), images: z.int().positive() }).describe("a demo's recipe");
type Recipe = z.infer<typeof Recipe>;
const SEEDS = 2 ** 31;

const EXAMPLES = `
Examples:
  $ simvlm demo
  $ simvlm demo --checkpoints training --seed 7 --images 1000 --out runs/demo-7

The trained models ${RUNS.map(({ checkpoint }) => checkpoint).join(", ")} must be in --checkpoints. The demo writes to --out: the pictures (toybox/), one run each for ${RUNS.map(({ label }) => label).join(", ")}, comparison.json and report.html. A demo
that was stopped continues with the same command; a finished one is shown again.`;

/** `simvlm demo` */
export function createDemoCommand(): CommandUnknownOpts {
  return defineCommand().action(runDemo);
}

type DemoOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  return new Command("demo")
    .description("Caption a new Toybox test set zero-shot, fine-tuned and with supervision alone; compare; report.")
    .option("--out <folder>", "the demo's folder", parseFolder, "runs/demo")
    .option("--seed <n>", "seed of the pictures (default: a new one)", parseSeed)
    .option("--images <n>", "pictures to caption", parsePositiveInteger, 300)
    .option("--checkpoints <folder>", "where the trained models are", "fixtures/checkpoints")
    .addHelpText("after", EXAMPLES);
}

async function runDemo({ out, checkpoints, ...asked }: DemoOptions): Promise<void> {
  requireCheckpoints(checkpoints);
  const recipe = await openRecipe(out, asked);
  tell(`simvlm: seed ${recipe.seed}: --seed ${recipe.seed} draws the same pictures again`);
  const data = await drawPictures(join(out, "toybox"), recipe);
  for (const { label, checkpoint, what } of RUNS) {
    tell(`simvlm: ${label}: ${what}`);
    await caption(join(out, label), join(checkpoints, checkpoint), data);
  }
  const comparison = await withProgress("resampling", (onStart) =>
    compareRuns(
      RUNS.map(({ label }) => join(out, label)),
      { onStart, wins: 3 },
    ),
  );
  const path = join(out, "comparison.json");
  await writeFileAtomic(path, `${formatJson(withoutHomes(comparison), 2)}\n`);
  const report = await writeReport(out);
  const tables = formatComparison(comparison, outputWidth());
  await print(`${tables}\n\nThe same as JSON: ${path}\nAs a page to open and pass on: ${report}`);
}

async function writeReport(out: string): Promise<string> {
  const path = join(out, "report.html");
  const folders = RUNS.map(({ label }) => join(out, label));
  const report = await withProgress("reporting", (onStart) =>
    buildReport(folders, { onStart, title: "Captions: zero-shot, fine-tuned, from supervision alone" }),
  );
  await writeFileAtomic(path, await renderReport(report));
  return path;
}

function requireCheckpoints(folder: string): void {
  const missing = RUNS.map(({ checkpoint }) => join(folder, checkpoint)).filter((path) => !existsSync(path));
  if (missing.length === 0) return;
  throw new SimvlmError(
    "missing-file",
    `There is no ${missing.join(", ")}: --checkpoints must name a folder of models made with \`pretrain\` and \`finetune\`.`,
  );
}

/**
 * What a demo that stands in the folder was begun with, or a new one.
 * @throws SimvlmError `other-recipe`
 */
async function openRecipe(out: string, { seed, images }: Pick<DemoOptions, "seed" | "images">): Promise<Recipe> {
  const path = join(out, RECIPE);
  if (!existsSync(path)) {
    const recipe = { seed: seed ?? randomInt(SEEDS), images };
    await makeFolder(out);
    await writeFileAtomic(path, `${JSON.stringify(recipe)}\n`);
    return recipe;
  }
  const found = await readJson(path, Recipe);
  if ((seed === undefined || seed === found.seed) && images === found.images) return found;
  throw new SimvlmError(
    "other-recipe",
    `${out} already holds a demo of ${found.images} pictures with seed ${found.seed}. Choose another --out, or remove it.`,
  );
}

async function drawPictures(folder: string, { seed, images: limit }: Recipe): Promise<string> {
  if (!existsSync(folder)) {
    const wanted = { seed, limit, scale: "full", only: ["nocaps"], splits: ["test"], noise: 0 } as const;
    await withProgress("drawing", (onStart) => generateToybox(folder, { ...wanted, onStart }));
  }
  return join(folder, "nocaps");
}

/** A run that is already there, finished or not, is continued. */
async function caption(folder: string, checkpoint: string, data: string): Promise<void> {
  const request = { data, from: { checkpoint }, out: folder, intervals: RESAMPLING_DEFAULTS };
  await withProgress("captioning", (onStart) => runTask("caption", { ...request, onStart }));
}
