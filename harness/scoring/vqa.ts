import { vqaAccuracy } from "@simvlm/metrics";
import { alignPredictions } from "../formats/align.js";
import { readVqaResults } from "../formats/results.js";
import { readVqa } from "../formats/vqa.js";
import type { Scored, ScoreRequest } from "./scored.js";

/** VQA v2, OK-VQA or VizWiz answers: accuracy in percent, by answer type and by question type. */
export async function scoreVqa({ references, questions, predictions, allowMissing }: ScoreRequest): Promise<Scored> {
  const [all, answers] = await Promise.all([
    readVqa({ annotations: references, questions }),
    readVqaResults(predictions),
  ]);
  const aligned = alignPredictions(all, answers, { path: predictions, allowMissing });
  const result = vqaAccuracy(
    aligned.predictions.map(({ answer }) => answer),
    aligned.examples,
  );
  const { perAnswerType, perQuestionType } = result;
  return {
    task: "vqa",
    ids: aligned.examples.map(({ id }) => id),
    missing: aligned.missing,
    results: [result],
    scores: { ...result.scores, perAnswerType, perQuestionType },
    domains: [],
    warnings: [],
  };
}
