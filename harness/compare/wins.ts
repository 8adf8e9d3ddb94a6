import type { Group } from "@simvlm/metrics";
import { examplesById } from "../tasks/examples-by-id.js";
import { mainScoreOf, scoresOf } from "../tasks/score-predictions.js";
import type { Task, TaskData, TaskExample } from "../tasks/task.js";
import type { ComparedExample, WinsAndLosses } from "./comparison.js";
import type { ScoredRun } from "./measure.js";
import { rankDifferences } from "./rank-differences.js";

/** Where examples are looked up to be shown. */
export interface ExampleSource {
  readonly task: Task;
  /** With pictures, questions and right answers, whatever the runs were shown. */
  readonly data: TaskData;
  /** Of the scored examples. */
  readonly groups: readonly Group[];
  /** A picture file's name in the data's folder. */
  readonly nameImage: (path: string) => string;
}

/**
 * The examples whose main score differs most between a run and the first, `count` each way; undefined where the two do not
 * have that score with one signature.
 */
export function findWinsAndLosses(
  run: ScoredRun,
  first: ScoredRun,
  source: ExampleSource,
  count: number,
): WinsAndLosses | undefined {
  const score = mainScoreOf(run.scored);
  const [own, other] = [run, first].map(({ scored }) => scored.results.find(({ names }) => names.includes(score)));
  if (own?.signature !== other?.signature) return undefined;
  const [values, againstValues] = [run, first].map(({ scored }) => scoresOf(scored, score));
  const { ids } = run.scored;
  const { differences, wins, losses } = rankDifferences(values!, againstValues!);
  const examples = examplesById(source.data);
  const describe = (place: number): ComparedExample => {
    const id = ids[place]!;
    const subset = source.groups.find(({ rows }) => rows.includes(place))?.name;
    return {
      ...describeExample(examples.get(id)!, source),
      prediction: run.run.predictions.get(id)!.prediction,
      againstPrediction: first.run.predictions.get(id)!.prediction,
      id,
      ...(subset !== undefined && { subset }),
      value: values![place]!,
      againstValue: againstValues![place]!,
      difference: differences[place]!,
    };
  };
  return {
    run: run.run.label,
    against: first.run.label,
    score,
    counts: { wins: wins.length, losses: losses.length, ties: ids.length - wins.length - losses.length },
    wins: wins.slice(0, count).map(describe),
    losses: losses.slice(0, count).map(describe),
  };
}

/** What is shown of an example, whatever was said to it. */
export function describeExample({ id, images, asked, targets, references }: TaskExample, source: ExampleSource) {
  const reference = targets[0] ?? references?.[0];
  return {
    id,
    images: images.map(source.nameImage),
    ...(asked && { asked }),
    ...(reference !== undefined && { reference }),
  };
}
