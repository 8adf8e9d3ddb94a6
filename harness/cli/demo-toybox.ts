import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { writeFileAtomic } from "../files/atomic.js";
import { makeFolder } from "../files/folders.js";
import { readJson } from "../files/json.js";
import { runTask } from "../runs/run-task.js";
import { withProgress } from "../terminal/progress.js";
import { tell } from "../terminal/streams.js";
import { generateToybox } from "../toybox/generate.js";
import { showDemo } from "./demo-report.js";

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

/** What it does where nobody says otherwise; the seed is a new one. */
export const TOYBOX_DEMO_DEFAULTS = { out: "runs/demo", images: 300, checkpoints: "fixtures/checkpoints" } as const;

/** What the Toybox demo is asked for. */
export type ToyboxDemo = Partial<Record<"out" | "checkpoints", string> & Record<"images" | "seed", number>>;

/** Captions a new Toybox test set zero-shot, fine-tuned and with supervision alone; compares; reports. */
export async function runToyboxDemo(asked: ToyboxDemo): Promise<void> {
  const { out, images, checkpoints, seed } = { ...TOYBOX_DEMO_DEFAULTS, ...asked };
  requireCheckpoints(checkpoints);
  const recipe = await openRecipe(out, { seed, images });
  tell(`simvlm: seed ${recipe.seed}: --seed ${recipe.seed} draws the same pictures again`);
  const data = await drawPictures(join(out, "toybox"), recipe);
  for (const { label, checkpoint, what } of RUNS) {
    tell(`simvlm: ${label}: ${what}`);
    await caption(join(out, label), join(checkpoints, checkpoint), data);
  }
  const labels = RUNS.map(({ label }) => label);
  await showDemo(out, labels, "Captions: zero-shot, fine-tuned, from supervision alone");
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
async function openRecipe(
  out: string,
  { seed, images }: { readonly seed: number | undefined; readonly images: number },
): Promise<Recipe> {
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
