import { nlvr2 } from "@simvlm/metrics";
import { alignPredictions } from "../formats/align.js";
import { readNlvr2 } from "../formats/nlvr2.js";
import { readNlvr2Results } from "../formats/results.js";
import type { Scored, ScoreRequest } from "./scored.js";

/** NLVR2 judgements: accuracy and consistency, 0 to 1. */
export async function scoreNlvr2({ references, predictions, allowMissing }: ScoreRequest): Promise<Scored> {
  const [all, judgements] = await Promise.all([readNlvr2(references), readNlvr2Results(predictions)]);
  const aligned = alignPredictions(all, judgements, { path: predictions, allowMissing });
  const result = nlvr2(
    aligned.predictions.map(({ label }) => label),
    aligned.examples.map(({ label, sentenceGroup }) => ({ label, sentenceId: sentenceGroup })),
  );
  return {
    task: "nlvr2",
    ids: aligned.examples.map(({ id }) => id),
    missing: aligned.missing,
    results: [result],
    scores: result.scores,
    domains: [],
    warnings: [],
  };
}
