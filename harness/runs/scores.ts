import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "../files/json.js";
import type { ScoreReport } from "../scoring/report.js";
import { RUN_FILES } from "./manifest.js";

const Scores = z
  .looseObject({
    task: z.string(),
    examples: z.int(),
    scores: z.record(z.string(), z.unknown()),
    intervals: z.record(z.string(), z.unknown()).optional(),
    resampling: z.object({ resamples: z.int(), confidence: z.number(), seed: z.int() }).optional(),
    signatures: z.record(z.string(), z.string()),
  })
  .transform((report) => report as unknown as ScoreReport)
  .describe("a run's scores.json");

/**
 * A run's scores; undefined where it has none.
 * @throws SimvlmError what `readJson` throws
 */
export async function readScores(folder: string): Promise<ScoreReport | undefined> {
  const path = join(folder, RUN_FILES.scores);
  return existsSync(path) ? readJson(path, Scores) : undefined;
}
