import { ABLATION_TABLE } from "../compare/published-results.js";
import type { StudyDifference } from "./measure-study.js";
import type { StudyRecipe } from "./study-recipe.js";

/**
 * Whether a variant changes a score in the paper's direction: `agrees` and `contradicts` where our interval leaves out 0,
 * `undecided` where it does not.
 */
export type PaperAgreement = "agrees" | "contradicts" | "undecided";

/** A variant of ours beside one of the paper's, on a test's main score. */
export interface StudyDirection {
  readonly variant: string;
  readonly test: string;
  /** The paper's row. */
  readonly row: string;
  /** The paper's figure, VQA accuracy, and what it is above the full model's. */
  readonly published: number;
  readonly publishedDifference: number;
  readonly agreement: PaperAgreement;
}

/** Every variant that names a row of the paper's table of ablations, beside it; the base stands beside the full model. */
export function besidePaper(
  { variants }: StudyRecipe,
  mainScores: Readonly<Record<string, string>>,
  differences: readonly StudyDifference[],
): StudyDirection[] {
  const full = figureOf(variants[0]?.paper ?? "full");
  return variants.slice(1).flatMap(({ name, paper }) => {
    const published = paper === undefined ? undefined : figureOf(paper);
    if (paper === undefined || published === undefined || full === undefined) return [];
    const publishedDifference = published - full;
    return differences
      .filter(({ variant, test, score, subset }) => {
        return variant === name && subset === "all" && score === mainScores[test];
      })
      .map(({ test, low, high }) => {
        const agreement = compareSigns(publishedDifference, low, high);
        return { variant: name, test, row: paper, published, publishedDifference, agreement };
      });
  });
}

function figureOf(row: string): number | undefined {
  return ABLATION_TABLE.rows.find(({ model }) => model === row)?.figures[0]?.value;
}

/** @param low of the interval of our difference */
function compareSigns(published: number, low: number, high: number): PaperAgreement {
  if (low <= 0 && high >= 0) return "undecided";
  return Math.sign(published) === Math.sign(low) ? "agrees" : "contradicts";
}
