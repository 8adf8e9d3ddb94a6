import { SimvlmError, sacreBleu } from "@simvlm/metrics";
import { readParallelLines } from "../files/lines.js";
import type { Scored, ScoreRequest } from "./scored.js";

/** Translations, line by line: sacreBLEU, 0 to 100. */
export async function scoreTranslations({ references, predictions }: ScoreRequest): Promise<Scored> {
  const [targets, translations] = await readParallelLines([references, predictions]);
  if (translations!.length === 0) {
    throw new SimvlmError("empty-predictions", `${predictions} has no lines. Give one translation a line.`);
  }
  const ids = targets!.map((_, i) => String(i + 1));
  return scoreTranslationLines(translations!, targets!, { ids, missing: [] });
}

/** {@link scoreTranslations} of lines in memory; some may be left out. */
export function scoreTranslationLines(
  translations: readonly string[],
  targets: readonly string[],
  of: Pick<Scored, "ids" | "missing">,
): Scored {
  const result = sacreBleu(
    translations,
    targets.map((line) => [line]),
  );
  return { task: "translate", ...of, results: [result], scores: result.scores, domains: [], warnings: [] };
}
