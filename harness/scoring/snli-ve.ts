import { classificationAccuracy } from "@simvlm/metrics";
import { alignPredictions } from "../formats/align.js";
import { readSnliVeResults } from "../formats/results.js";
import { readEsnliVe, readSnliVe } from "../formats/snli-ve.js";
import type { Scored, ScoreRequest } from "./scored.js";

const IS_CSV = /\.csv(\.gz)?$/i;

/** SNLI-VE classes, from JSON lines or e-SNLI-VE's csv (by the file's name): accuracy, 0 to 1. */
export async function scoreSnliVe({ references, predictions, allowMissing }: ScoreRequest): Promise<Scored> {
  const [set, classes] = await Promise.all([
    IS_CSV.test(references) ? readEsnliVe(references) : readSnliVe(references),
    readSnliVeResults(predictions),
  ]);
  const aligned = alignPredictions(set.examples, classes, { path: predictions, allowMissing, ignore: set.unlabelled });
  const result = classificationAccuracy(
    aligned.predictions.map(({ label }) => label),
    aligned.examples.map(({ label }) => label),
  );
  return {
    task: "snli-ve",
    ids: aligned.examples.map(({ id }) => id),
    missing: aligned.missing,
    results: [result],
    scores: { ...result.scores, confusion: result.confusion },
    domains: [],
    warnings: [],
  };
}
