import { join } from "node:path";
import { z } from "zod";
import { hashText } from "../files/hash.js";
import { parseJson } from "../files/parse-json.js";
import { readText } from "../files/text.js";
import type { Manifest } from "../runs/manifest.js";
import { findPlace } from "../runs/place.js";

/** Whether a system was taught the task that it was asked: what is not known is not guessed. */
export const SUPERVISIONS = ["zero-shot", "supervised", "not known"] as const;
/** One of {@link SUPERVISIONS}. */
export type Supervision = (typeof SUPERVISIONS)[number];

/** What trainings of ours leave beside their weights. */
const RECIPE = "recipe.json";
const Recipe = z.looseObject({ kind: z.string(), task: z.string().optional() }).describe("the recipe of a training");
const Hashes = z.looseObject({ files: z.record(z.string(), z.string()) });

/** A label that says it: `zero-shot`, `base supervised`, `fine-tuned 8k`. */
const ZERO_SHOT = /\bzero[-_ ]?shot\b/i;
const TAUGHT = /\b(?:supervised|fine[-_ ]?tuned)\b/i;

/**
 * Whether the system of a run was taught the run's task: as the recipe of its checkpoint has it, if that is still the one
 * that the run was made with, else as the run's label says.
 */
export async function tellSupervision(folder: string, manifest: Manifest): Promise<Supervision> {
  const recipe = await readRecipe(folder, manifest);
  if (recipe?.kind === "finetuning") return recipe.task === manifest.task ? "supervised" : "zero-shot";
  if (recipe?.kind === "pretraining") return "zero-shot";
  if (ZERO_SHOT.test(manifest.label)) return "zero-shot";
  return TAUGHT.test(manifest.label) ? "supervised" : "not known";
}

async function readRecipe(
  folder: string,
  { source, sourceAt }: Manifest,
): Promise<z.output<typeof Recipe> | undefined> {
  const hash = Hashes.safeParse(source.hashes).data?.files[RECIPE];
  const place = sourceAt && findPlace(sourceAt, folder);
  if (hash === undefined || place === undefined) return undefined;
  const path = join(place, RECIPE);
  const text = await readText(path).catch(() => undefined);
  if (text === undefined || hashText(text) !== hash) return undefined;
  try {
    return parseJson(text, path, Recipe);
  } catch {
    return undefined; // it is nobody's mistake here
  }
}
