import { unpackScoring } from "../../check/scoring.js";
import type { ReportData } from "../../document/data.js";

/**
 * The references of each example by its id, as the report's data files have them; none where nothing was scored, or where
 * a file is so long that the page holds it packed by itself.
 */
export function readReferences({ scoring, data }: ReportData): ReadonlyMap<string, readonly string[]> {
  const texts = data.files.flatMap(({ text }) => text ?? []);
  if (scoring === undefined || texts.length < data.files.length) return new Map();
  return new Map(unpackScoring(scoring, texts).examples.map(({ id, references = [] }) => [id, references]));
}
