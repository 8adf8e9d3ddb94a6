import {
  type BootstrapDifference,
  hierarchicalBootstrap,
  holm,
  type MetricResult,
  pairedHierarchicalBootstrap,
  type SeedResults,
  selectGroups,
} from "@simvlm/metrics";
import { nameFactScore } from "../compare/fact-names.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import { groupScored } from "../tasks/group-examples.js";
import type { Prediction } from "../tasks/prediction.js";
import { collectSignatures, mainScoreOf, type Scored, scorePredictions } from "../tasks/score-predictions.js";
import type { Task, TaskData } from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { besidePaper, type StudyDirection } from "./beside-ablations.js";
import { isTested, type StudyRecipe, type StudyTest } from "./study-recipe.js";

/** One score of a variant: the mean over its seeds, with its two-level bootstrap interval. */
export interface StudyScore {
  readonly variant: string;
  readonly test: string;
  readonly score: string;
  /** `all`, or a group of the examples. */
  readonly subset: string;
  readonly examples: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Of each seed, in the recipe's order. */
  readonly seeds: readonly number[];
}

/** A variant's mean score minus the base's, by the two-level paired bootstrap. */
export interface StudyDifference extends BootstrapDifference {
  readonly variant: string;
  readonly test: string;
  readonly score: string;
  readonly subset: string;
  /** The p-value by Holm's method, over all variants. */
  readonly corrected: number;
}

/** All numbers of a study. */
export interface StudyResults {
  /** The score that is looked at first, by test. */
  readonly mainScores: Readonly<Record<string, string>>;
  readonly signatures: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly scores: readonly StudyScore[];
  readonly differences: readonly StudyDifference[];
  readonly directions: readonly StudyDirection[];
}

/** Where the predictions of a study come from: its records, or its report. */
export interface StudySource {
  /** The examples of a test, with what is known of the right answers. */
  load(test: StudyTest): Promise<TaskData>;
  /** Undefined for a cell that is not done. */
  predictions(variant: string, seed: number, test: string): readonly Prediction[] | undefined;
}

/**
 * Scores all predictions of a study, and compares each variant with the base over examples and seeds. Of a study that is
 * not done, a variant counts with the seeds up to the first that is missing, and is compared with those that the base has too.
 * @throws SimvlmError what scoring throws, `not-paired` where variants answered different examples
 */
export async function measureStudy(recipe: StudyRecipe, source: StudySource): Promise<StudyResults> {
  const mainScores: Record<string, string> = {};
  const signatures: Record<string, Readonly<Record<string, string>>> = {};
  const scores: StudyScore[] = [];
  const differences: StudyDifference[] = [];
  for (const test of recipe.tests) {
    const task = findTask(test.task);
    const data = await source.load(test);
    const variants = recipe.variants.filter((variant) => isTested(variant, test)).map(({ name }) => name);
    const measured = new Map<string, readonly Measured[]>();
    for (const variant of variants) {
      const all: Measured[][] = [];
      for (const seed of recipe.seeds) {
        const predictions = source.predictions(variant, seed, test.name);
        if (!predictions) break;
        const scored = await scoreTest(task, test, data, predictions);
        if (!scored) continue;
        mainScores[test.name] ??= mainScoreOf(scored);
        signatures[test.name] ??= collectSignatures(scored.results, scored);
        all.push(splitScores(scored, await tellFacts(scored, data, predictions), task, data));
      }
      if (all.length > 0) measured.set(variant, joinSeeds(all));
    }
    for (const [variant, rows] of measured) scores.push(...rows.map((row) => toScore(variant, test, row, recipe)));
    differences.push(...compareWithBase(measured, recipe, test));
  }
  const directions = besidePaper(recipe, mainScores, differences);
  return { mainScores, signatures, scores, differences, directions };
}

/** One score of every seed, on all examples or a group. */
interface Measured {
  readonly score: string;
  /** The score's own name in the results. */
  readonly name: string;
  readonly subset: string;
  readonly results: SeedResults;
}

function scoreTest(task: Task, { metrics }: StudyTest, data: TaskData, predictions: readonly Prediction[]) {
  return scorePredictions({
    ...{ task, data, predictions, groups: "none" },
    metrics: metrics && chooseMetrics(task, metrics),
  });
}

interface Named {
  readonly score: string;
  readonly name: string;
  readonly result: MetricResult;
}

/** On Toybox, what captions say of the pictures. */
async function tellFacts({ ids }: Scored, { facts }: TaskData, predictions: readonly Prediction[]): Promise<Named[]> {
  if (facts === undefined) return [];
  const { scoreFacts } = await import("../compare/fact-scores.js"); // reads captions of Toybox alone
  const { readScenes } = await import("../compare/read-scenes.js");
  const said = new Map(predictions.map(({ id, prediction }) => [id, prediction]));
  const told = scoreFacts(
    ids.map((id) => said.get(id)!),
    await readScenes(facts, ids),
  );
  return told.flatMap(({ fact, result }) =>
    result.names
      .filter((name) => name === "F1" || name === "exact")
      .map((name) => ({ score: nameFactScore({ fact, score: name }), name, result })),
  );
}

function splitScores(scored: Scored, facts: readonly Named[], task: Task, data: TaskData): Measured[] {
  const own = scored.results.flatMap((result) => result.names.map((name) => ({ score: name, name, result })));
  const named: readonly Named[] = [...own, ...facts];
  const results = named.map(({ result }) => result);
  const parts = selectGroups(results, groupScored(task, data, scored.ids));
  return [{ name: "all", results }, ...parts].flatMap((part) =>
    named.map(({ score, name }, i) => ({ score, name, subset: part.name, results: [part.results[i]!] })),
  );
}

function joinSeeds(all: readonly (readonly Measured[])[]): Measured[] {
  return all[0]!.map((row, i) => ({ ...row, results: all.map((own) => own[i]!.results[0]!) }));
}

function toScore(
  variant: string,
  test: StudyTest,
  { score, name, subset, results }: Measured,
  { resampling }: StudyRecipe,
): StudyScore {
  const { score: value, low, high, standardError } = hierarchicalBootstrap(results, resampling)[name]!;
  const { columns, values } = results[0]!.statistics;
  const seeds = results.map((result) => result.scores[name]!);
  const where = { variant, test: test.name, score, subset, examples: values.length / columns.length };
  return { ...where, value, low, high, standardError, seeds };
}

function compareWithBase(
  measured: ReadonlyMap<string, readonly Measured[]>,
  { variants, resampling }: StudyRecipe,
  test: StudyTest,
): StudyDifference[] {
  const base = measured.get(variants[0]!.name);
  if (!base) return [];
  const others = [...measured].filter(([name]) => name !== variants[0]!.name);
  const rows = base.flatMap(({ score, name, subset, results }, i) => {
    const compared = others.map(([variant, own]) => {
      const ours = own[i]!.results;
      const shared = Math.min(ours.length, results.length);
      const difference = pairedHierarchicalBootstrap(ours.slice(0, shared), results.slice(0, shared), resampling)[
        name
      ]!;
      return { variant, test: test.name, score, subset, ...difference };
    });
    const corrected = holm(compared.map(({ pValue }) => pValue));
    return compared.map((row, k) => ({ ...row, corrected: corrected[k]! }));
  });
  const order = others.map(([name]) => name);
  return rows.sort((a, b) => order.indexOf(a.variant) - order.indexOf(b.variant));
}
