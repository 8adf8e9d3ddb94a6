import { SimvlmError, sacreBleu } from "@simvlm/metrics";
import { readParallelLines } from "../files/lines.js";
import type { Scored, ScoreRequest } from "./scored.js";

/** Translations, line by line: sacreBLEU, 0 to 100. */
export async function scoreTranslations({ references, predictions }: ScoreRequest): Promise<Scored> {
  const [targets, translations] = await readParallelLines([references, predictions]);
  if (translations!.length === 0) {
    throw new SimvlmError("empty-predictions", `${predictions} has no lines. Give one translation a line.`);
  }
  const result = sacreBleu(
    translations!,
    targets!.map((line) => [line]),
  );
  return {
    task: "translate",
    ids: targets!.map((_, i) => String(i + 1)),
    missing: [],
    results: [result],
    scores: result.scores,
    domains: [],
    warnings: [],
  };
}
