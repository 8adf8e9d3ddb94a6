import { splitLines } from "../files/lines.js";
import { scoreCompletions } from "../scoring/complete.js";
import { SCORERS } from "../scoring/index.js";
import { CAPTION_METRICS, type TaskName as ScorableTask, type Scored } from "../scoring/scored.js";
import { scoreTranslationLines } from "../scoring/translate.js";
import type { Prediction } from "../tasks/prediction.js";
import type { Task, TaskData, TaskName } from "../tasks/task.js";

export interface PredictedData {
  readonly task: Task;
  readonly data: TaskData;
  /** In the data's order; perhaps not of all examples. */
  readonly predictions: readonly Prediction[];
  /** The results file they were written to. */
  readonly results: string;
}

/** The same scores as `simvlm score` gives the results file; undefined where there is nothing to score. */
export async function scoreRun(predicted: PredictedData): Promise<Scored | undefined> {
  if (predicted.predictions.length === 0) return undefined;
  const score = IN_MEMORY[predicted.task.name] ?? scoreFile;
  return score(predicted);
}

type Score = (predicted: PredictedData) => Promise<Scored | undefined>;

const scoreFile: Score = async ({ task, data, predictions, results }) => {
  if (data.references === undefined) return undefined;
  return SCORERS[task.name as ScorableTask]({
    references: data.references,
    predictions: results,
    allowMissing: predictions.length < data.examples.length,
    metrics: CAPTION_METRICS,
    byDomain: "where-given",
    df: "shared",
  });
};

/** Tasks whose results file is not enough: translations have no ids, so that none may be missing; completions no format. */
const IN_MEMORY: Partial<Record<TaskName, Score>> = {
  translate: async ({ task, data, predictions }) => {
    const { examples, ids, missing } = alignTargets(data, predictions);
    const lines = splitLines(task.formatResults(predictions));
    const targets = examples.map(({ targets }) => targets[0] ?? "");
    return scoreTranslationLines(lines, targets, { ids, missing });
  },
  async complete({ data, predictions }) {
    const hasRest = new Set(data.examples.filter(({ targets }) => targets.some(Boolean)).map(({ id }) => id));
    const scorable = data.examples.filter(({ id }) => hasRest.has(id));
    const completions = predictions.filter(({ id }) => hasRest.has(id));
    if (completions.length === 0) return undefined;
    const { examples, ids, missing } = alignTargets({ ...data, examples: scorable }, completions);
    return scoreCompletions(
      completions.map(({ prediction }) => prediction),
      examples.map(({ targets }) => targets),
      { ids, missing },
    );
  },
};

function alignTargets({ examples }: TaskData, predictions: readonly Prediction[]) {
  const predicted = new Set(predictions.map(({ id }) => id));
  const present = examples.filter(({ id }) => predicted.has(id));
  const missing = examples.filter(({ id }) => !predicted.has(id)).map(({ id }) => id);
  return { examples: present, ids: present.map(({ id }) => id), missing };
}
