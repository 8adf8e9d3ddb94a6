import { z } from "zod";
import { CellAttentionSchema } from "./cell-attention.js";
import type { StudyRecipe, StudyVariant } from "./study-recipe.js";

/** A part of a study that one machine does by itself: a variant with one seed. */
export interface StudyCell {
  readonly variant: StudyVariant;
  readonly seed: number;
}

/**
 * The cells of a study; with `shard` those of one machine of several: every so many-th. First comes the base with all
 * seeds, since all else is compared with it; then seeds go round slowest, so that a study that is stopped has every
 * variant with the seeds it came to.
 */
export function listCells(
  { variants, seeds }: Pick<StudyRecipe, "variants" | "seeds">,
  shard: { readonly index: number; readonly of: number } = { index: 1, of: 1 },
): StudyCell[] {
  const pair = (some: readonly StudyVariant[]) => seeds.flatMap((seed) => some.map((variant) => ({ variant, seed })));
  const all = [...pair(variants.slice(0, 1)), ...pair(variants.slice(1))];
  return all.filter((_, place) => place % shard.of === shard.index - 1);
}

/** What a cell is called by. */
export type CellName = { readonly variant: { readonly name: string }; readonly seed: number };

/** The name of a cell, and of its folders. */
export function nameCell({ variant, seed }: CellName): string {
  return `${variant.name}/seed-${seed}`;
}

/** What a training is called that is for no single test; no test is called so. */
export const PRETRAINING = "pretraining";

const Training = z.object({
  steps: z.int(),
  examples: z.int(),
  /** Mean losses since the point before. */
  curve: z.array(z.tuple([z.int(), z.number()])),
});
/** A training that was carried out: what it took, and how its loss fell. */
export type CellTraining = z.output<typeof Training>;

/** What a trained model said of an example. */
const Said = z.tuple([z.string(), z.string()]);

/** All that is kept of a cell that is done: what its study needs in the end. Weights and runs can go. */
export const CellRecordSchema = z
  .object({
    variant: z.string(),
    seed: z.int(),
    parameters: z.int(),
    /** By `pretraining` or by the test that the model was fine-tuned for. */
    trainings: z.record(z.string(), Training),
    /** Of the pretrained model, where the recipe asks for it. */
    attention: CellAttentionSchema.optional(),
    /** As measured, of the steps that count: not the same another time. */
    seconds: z.record(z.string(), z.number()),
    /** By test: an example's id, and what was predicted. */
    said: z.record(z.string(), z.array(Said)),
  })
  .describe("the record of a study's cell");
/** All that is kept of a cell that is done. */
export type CellRecord = z.output<typeof CellRecordSchema>;
/** What a study tells of a cell, the same however often it was stopped. */
export const StudyCellSchema = CellRecordSchema.omit({ seconds: true, said: true });
/** What a study tells of a cell. */
export type CellSummary = z.output<typeof StudyCellSchema>;
