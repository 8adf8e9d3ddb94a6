import type { PaperAgreement } from "../study/beside-ablations.js";
import type { StudyScore } from "../study/measure-study.js";
import type { Study, StudySeconds } from "../study/run-study.js";
import { nameCell } from "../study/study-cell.js";
import { type StudyTest, type StudyVariant, titleOf } from "../study/study-recipe.js";
import { formatCount, formatProbability, formatScore, formatSigned, leastProbability } from "./numbers.js";
import { attentionTable } from "./study-attention-table.js";
import type { Block, Table } from "./tables.js";

/** What is said where ours and the paper's differences are compared. */
const AGREEMENTS: Readonly<Record<PaperAgreement, string>> = {
  agrees: "as the paper",
  contradicts: "against the paper",
  undecided: "not told apart",
};

/**
 * A study as tables: every test's main score of each variant, the differences to the base, what the paper says of the same
 * change, and what was spent.
 * @param seconds how long trainings took, where that is known
 */
export function studyTables(study: Study, seconds?: StudySeconds): Block[] {
  const further = [differenceTable(study), paperTable(study), attentionTable(study)].flatMap((table) => table ?? []);
  return [scoreTable(study), ...further, costTable(study, seconds)];
}

function scoreTable({ recipe, results }: Study): Table {
  const tests = measuredTests(recipe.tests, results.mainScores);
  const seedsOf = (variant: StudyVariant) =>
    results.scores.find((score) => score.variant === variant.name)?.seeds.length ?? 0;
  const isWhole = recipe.variants.every((variant) => seedsOf(variant) === recipe.seeds.length);
  const begun = recipe.variants.filter((variant) => seedsOf(variant) > 0);
  const others = recipe.variants.filter((variant) => !begun.includes(variant)).map(titleOf);
  return {
    title: `Mean over ${recipe.seeds.length === 1 ? "one seed" : `${isWhole ? "" : "up to "}${recipe.seeds.length} seeds`}`,
    head: [
      "",
      ...(isWhole ? [] : ["seeds"]),
      ...tests.map((test) => `${titleOf(test)}: ${results.mainScores[test.name]}`),
    ],
    rows: begun.map((variant) => [
      titleOf(variant),
      ...(isWhole ? [] : [String(seedsOf(variant))]),
      ...tests.map((test) => {
        const row = results.scores.find((score) => isMain(score, variant, test, results.mainScores));
        return row ? formatScore(row.value, row) : "–";
      }),
    ]),
    rules: "none",
    remarks: [
      `Intervals at ${100 * recipe.resampling.confidence} %: of other seeds and other examples (two-level bootstrap).`,
      ...(others.length > 0 ? [`Not trained yet: ${others.join("; ")}.`] : []),
    ],
  };
}

function differenceTable({ recipe, results }: Study): Table | undefined {
  const { variants, resampling } = recipe;
  const tests = measuredTests(recipe.tests, results.mainScores);
  const [base, ...all] = variants;
  const others = all.filter(({ name }) => results.differences.some(({ variant }) => variant === name));
  if (others.length === 0) return undefined;
  const least = leastProbability(resampling);
  return {
    title: `Difference to ${titleOf(base!)}`,
    head: ["", ...tests.flatMap((test) => [`${titleOf(test)}: ${results.mainScores[test.name]}`, "p (Holm)"])],
    rows: others.map((variant) => [
      titleOf(variant),
      ...tests.flatMap((test) => {
        const row = results.differences.find((found) => isMain(found, variant, test, results.mainScores));
        if (!row) return ["–", "–"];
        const { difference, low, high, corrected, pValue } = row;
        // corrected, the smallest says no more than that it is less, too
        const bound = pValue <= least ? corrected : 0;
        return [
          `${formatSigned(difference)}\n[${low.toFixed(3)}, ${high.toFixed(3)}]`,
          formatProbability(corrected, bound),
        ];
      }),
    ]),
    rules: "none",
  };
}

function paperTable({ recipe, results }: Study): Table | undefined {
  const { directions, mainScores } = results;
  if (directions.length === 0) return undefined;
  const tests = measuredTests(recipe.tests, mainScores);
  const variants = recipe.variants.filter(({ name }) => directions.some(({ variant }) => variant === name));
  return {
    title: "Beside the paper's ablations",
    head: ["", "the paper calls it", "VQA", "difference", ...tests.map(titleOf)],
    rows: variants.map((variant) => {
      const own = directions.filter((direction) => direction.variant === variant.name);
      const { row, published, publishedDifference } = own[0]!;
      const agreements = tests.map(({ name }) => {
        const found = own.find(({ test }) => test === name);
        return found ? AGREEMENTS[found.agreement] : "–";
      });
      return [titleOf(variant), row, published.toFixed(2), signed(publishedDifference), ...agreements];
    }),
    rules: "none",
    remarks: [
      "The paper's figures are its own: VQA accuracy of a small model after fine-tuning, one training each, without intervals.",
    ],
  };
}

function costTable({ recipe, cells }: Study, seconds: StudySeconds | undefined): Table {
  return {
    title: "What was spent",
    head: ["", "parameters", "steps", "examples", ...(seconds ? ["minutes of training"] : [])],
    rows: recipe.variants.flatMap((variant) => {
      const own = cells.filter((cell) => cell.variant === variant.name);
      if (own.length === 0) return [];
      const sum = (of: "steps" | "examples") =>
        own.flatMap(({ trainings }) => Object.values(trainings)).reduce((total, training) => total + training[of], 0);
      const took = own
        .flatMap(({ seed }) => Object.values(seconds?.[nameCell({ variant, seed })] ?? {}))
        .reduce((total, each) => total + each, 0);
      const row = [
        titleOf(variant),
        formatCount(own[0]!.parameters),
        formatCount(sum("steps")),
        formatCount(sum("examples")),
        ...(seconds ? [(took / 60).toFixed(1)] : []),
      ];
      return [row];
    }),
    rules: "none",
    remarks: ["Of all seeds together."],
  };
}

function measuredTests(tests: readonly StudyTest[], mainScores: Readonly<Record<string, string>>): StudyTest[] {
  return tests.filter(({ name }) => mainScores[name] !== undefined);
}

function isMain(
  row: Pick<StudyScore, "variant" | "test" | "score" | "subset">,
  variant: StudyVariant,
  test: StudyTest,
  mainScores: Readonly<Record<string, string>>,
): boolean {
  return (
    row.variant === variant.name &&
    row.test === test.name &&
    row.subset === "all" &&
    row.score === mainScores[test.name]
  );
}

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
