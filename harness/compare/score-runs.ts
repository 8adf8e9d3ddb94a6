import { SimvlmError } from "@simvlm/metrics";
import { choiceOfSignatures } from "../metric-data/as-signed.js";
import { scorePredictions } from "../tasks/score-predictions.js";
import type { Task, TaskData } from "../tasks/task.js";
import type { CompareOptions } from "./compare-options.js";
import type { LoadedRun } from "./load-runs.js";
import type { ScoredRun } from "./measure.js";

/** What runs are scored by. */
export interface RunScoring extends Pick<CompareOptions, "paraphrases" | "clip" | "program"> {
  readonly task: Task;
  readonly data: TaskData;
  readonly runs: readonly LoadedRun[];
  readonly metrics: Task["metrics"];
}

/** None where there is something to compare beside scores, and of one run whose data have no references. */
export async function scoreRuns({
  task,
  data,
  runs,
  metrics,
  paraphrases,
  clip,
  program,
}: RunScoring): Promise<ScoredRun[]> {
  const scored: ScoredRun[] = [];
  // One CLIP for all: of different ones, scores could not be compared.
  const clips = runs.map(({ manifest }) => choiceOfSignatures(manifest.metricSignatures).clipName);
  const clipName = clips.find((name) => name !== undefined);
  for (const run of runs) {
    const predictions = [...run.predictions.values()];
    const then = choiceOfSignatures(run.manifest.metricSignatures);
    const tables = { clip, clipName, program, paraphrases: paraphrases ?? then.paraphrases };
    const own = await scorePredictions({ task, data, predictions, metrics, groups: "none", tables });
    if (own) scored.push({ run, scored: own });
  }
  if (scored.length === runs.length || runs.length === 1 || task.countsChanges) return scored;
  throw new SimvlmError(
    "nothing-to-score",
    `The data of ${runs[0]!.folder} have no references, so there is nothing to compare by.`,
  );
}
