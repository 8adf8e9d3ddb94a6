import { z } from "zod";
import { readJson } from "../files/json.js";
import type { Study } from "./run-study.js";
import { StudyCellSchema } from "./study-cell.js";
import { StudyRecipeSchema } from "./study-recipe.js";

const StudySchema = z
  .object({
    format: z.literal(1),
    recipe: StudyRecipeSchema,
    cells: z.array(StudyCellSchema),
    results: z.looseObject({
      mainScores: z.record(z.string(), z.string()),
      scores: z.array(z.looseObject({ variant: z.string(), test: z.string(), score: z.string(), value: z.number() })),
      differences: z.array(z.looseObject({ variant: z.string(), test: z.string(), difference: z.number() })),
      directions: z.array(z.looseObject({ variant: z.string(), test: z.string() })),
    }),
  })
  .transform((study) => study as unknown as Study) // JSON that this program has written
  .describe("the study.json of a study");

/**
 * A study's numbers, curves and recipe, from its `study.json`.
 * @throws SimvlmError what `readJson` throws
 */
export function readStudy(path: string): Promise<Study> {
  return readJson(path, StudySchema);
}
