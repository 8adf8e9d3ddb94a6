import type { ExplanationPart } from "@simvlm/metrics";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { DataFolder } from "../runs/data-folder.js";
import { taskOfRun } from "../runs/task-of-run.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import type { CompareOptions } from "./compare-runs.js";
import { describeScores, type ExplainedExample } from "./explained.js";
import { ExplanationPartSchema } from "./explanation-schema.js";
import { loadRuns } from "./load-runs.js";
import type { ScoredRun } from "./measure.js";
import { findMetrics } from "./metrics-of-runs.js";
import { findData, findImagesOf, loadShown, scoreRuns } from "./score-runs.js";

/**
 * Explains some examples of a run by each metric that can; ids that were not scored are left out.
 * @param ids of the examples
 */
export function explainExamples({ run, scored }: ScoredRun, ids: readonly string[]): ExplainedExample[] {
  const places = new Map(scored.ids.map((id, place) => [id, place]));
  const explaining = scored.results.filter(({ explain }) => explain);
  if (explaining.length === 0) return [];
  return ids.flatMap((id) => {
    const place = places.get(id);
    if (place === undefined) return [];
    const metrics = explaining.map((result) =>
      describeScores(
        result,
        place,
        readParts(() => result.explain!(place)),
      ),
    );
    return [{ run: run.label, id, prediction: run.predictions.get(id)!.prediction, metrics }];
  });
}

const Explanation = z.looseObject({ parts: z.array(ExplanationPartSchema) });

/** The parts of an explanation; one that is none, of a plug-in, is shown as it is. */
function readParts(explain: () => unknown): readonly ExplanationPart[] {
  try {
    const given = explain();
    const read = Explanation.safeParse(given);
    if (read.success) return read.data.parts;
    return [{ kind: "note", text: JSON.stringify(given) ?? String(given) }];
  } catch (error) {
    return [{ kind: "note", text: `The metric cannot explain it: ${error instanceof Error ? error.message : error}` }];
  }
}

/** Which examples of a run are explained, and by what. */
export interface ExplainOptions extends Pick<CompareOptions, "metrics" | "dataFolder" | "paraphrases" | "program"> {
  readonly ids: readonly string[];
}

/**
 * Says why examples of a finished run have their scores.
 * @throws SimvlmError `unknown-example`, `nothing-to-score`, `no-explanation`, and what `compareRuns` throws
 */
export async function explainRun(folder: string, options: ExplainOptions): Promise<ExplainedExample[]> {
  const { ids, metrics: names, dataFolder, paraphrases, program } = options;
  const runs = await loadRuns([folder]);
  const [run] = runs as [(typeof runs)[0]];
  const task = taskOfRun(run.manifest);
  const metrics = names ? chooseMetrics(task, names) : findMetrics(task, runs).metrics;
  const images = findImagesOf(runs);
  const data = await loadShown(task, run, new DataFolder(dataFolder ?? findData(runs), { images }));
  const unknown = ids.find((id) => !run.predictions.has(id));
  if (unknown !== undefined) {
    const some = [...run.predictions.keys()].slice(0, 3).join(", ");
    throw new SimvlmError(
      "unknown-example",
      `${folder} has no prediction for the example ${unknown}. It has ${some}, …`,
    );
  }
  const [scored] = await scoreRuns({ task, data, runs, metrics, paraphrases, program });
  const explained = scored ? explainExamples(scored, ids) : [];
  if (!scored || explained.length < ids.length) {
    const why = scored?.scored.ids.includes(ids[0]!)
      ? "none of its metrics explains an example"
      : "nobody has described or answered it";
    throw new SimvlmError("no-explanation", `There is nothing to explain of ${ids.join(", ")} in ${folder}: ${why}.`);
  }
  return explained;
}
