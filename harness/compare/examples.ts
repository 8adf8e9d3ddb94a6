import type { Scored } from "../scoring/scored.js";
import type { TaskData, TaskExample, TaskName } from "../tasks/task.js";
import type { ComparedExample, WinsAndLosses } from "./comparison.js";
import type { Group } from "./groups.js";
import type { ScoredRun } from "./measure.js";

/** What one looks at first: the score that examples are sorted by. */
export const MAIN_SCORES: Readonly<Record<TaskName, string>> = {
  caption: "CIDEr",
  vqa: "accuracy",
  nlvr2: "accuracy",
  "snli-ve": "accuracy",
  translate: "sacreBLEU",
  complete: "ROUGE_L",
};

export interface ExampleSource {
  readonly task: TaskName;
  /** With pictures, questions and right answers, whatever the runs were shown. */
  readonly data: TaskData;
  readonly groups: readonly Group[];
  /** A picture file's name in the data's folder. */
  readonly nameImage: (path: string) => string;
}

/** The examples whose main score differs most between a run and the first, `count` each way. */
export function findWinsAndLosses(
  run: ScoredRun,
  first: ScoredRun,
  source: ExampleSource,
  count: number,
): WinsAndLosses {
  const score = MAIN_SCORES[source.task];
  const [values, againstValues] = [run, first].map(({ scored }) => scoresOf(scored, score));
  const subsets = nameSubsets(source.groups);
  const differences = run.scored.ids.map((id, i) => {
    const [value, againstValue] = [values![i]!, againstValues![i]!];
    return { id, ...subsets[i], value, againstValue, difference: value - againstValue };
  });
  const wins = differences.filter(({ difference }) => difference > 0).sort((a, b) => b.difference - a.difference);
  const losses = differences.filter(({ difference }) => difference < 0).sort((a, b) => a.difference - b.difference);
  const examples = new Map(source.data.examples.map((example) => [example.id, example]));
  const describe = (row: (typeof differences)[number]): ComparedExample => ({
    ...describeExample(examples.get(row.id)!, source),
    prediction: run.run.predictions.get(row.id)!.prediction,
    againstPrediction: first.run.predictions.get(row.id)!.prediction,
    ...row,
  });
  return {
    run: run.run.label,
    against: first.run.label,
    score,
    counts: { wins: wins.length, losses: losses.length, ties: differences.length - wins.length - losses.length },
    wins: wins.slice(0, count).map(describe),
    losses: losses.slice(0, count).map(describe),
  };
}

/** By the examples' places; nothing for those that are in no group. */
function nameSubsets(groups: readonly Group[]): { readonly subset?: string }[] {
  const subsets: { readonly subset?: string }[] = [];
  for (const { name, rows } of groups) for (const row of rows) subsets[row] = { subset: name };
  return subsets;
}

/** Of each example, in the order of `ids`. */
export function scoresOf({ results }: Scored, score: string): Float64Array {
  return results.find(({ names }) => names.includes(score))!.perExample[score]!;
}

/** What is shown of an example, whatever was said to it. */
export function describeExample(example: TaskExample, { task, data, nameImage }: ExampleSource) {
  const { id, images, prefix, statement = prefix, targets } = example;
  const reference = targets[0] ?? rightClass(example, data);
  return {
    id,
    images: images.map(nameImage),
    ...(task !== "caption" && statement !== "" && { asked: statement }),
    ...(reference !== undefined && { reference }),
  };
}

function rightClass({ classScores }: TaskExample, { classes }: TaskData): string | undefined {
  return classScores && classes[classScores.indexOf(Math.max(...classScores))];
}
