import { loadRuns } from "../../compare/load-runs.js";
import { readBytes } from "../../files/bytes.js";
import { nameIn } from "../../runs/place.js";
import { readCode } from "../../runs/provenance.js";
import type { Study, StudySeconds } from "../../study/run-study.js";
import { sourceOfRuns } from "../../study/run-study.js";
import { runOf } from "../../study/study-files.js";
import { isTested } from "../../study/study-recipe.js";
import { type EmbeddedFile, embedFile } from "../document/embedded-file.js";

/**
 * A study with all that it takes to score it again, as JSON; the page is a function of it. It names nothing of the machine
 * that it was made on.
 */
export interface StudyReport {
  readonly format: 1;
  readonly version: string;
  readonly study: Study;
  /** As measured; all else is the same however often the study was stopped. */
  readonly seconds: StudySeconds;
  /** The tests' data files, named from the data's folder. */
  readonly data: readonly EmbeddedFile[];
  /** A file of {@link SaidLine}s for each test. */
  readonly predictions: readonly EmbeddedFile[];
}

/** What a variant with a seed said of an example. */
export interface SaidLine {
  readonly variant: string;
  readonly seed: number;
  readonly id: string;
  readonly prediction: string;
}

/**
 * Puts a study, its data and its predictions together.
 * @throws SimvlmError what reading the runs and the data throws
 */
export async function buildStudyReport(
  study: Study,
  seconds: StudySeconds,
  { data, out }: { readonly data: string; readonly out: string },
): Promise<StudyReport> {
  const { recipe } = study;
  const source = sourceOfRuns({ data, out });
  const files = new Map<string, EmbeddedFile>();
  const predictions: EmbeddedFile[] = [];
  for (const test of recipe.tests) {
    const loaded = await source.load(test);
    for (const path of [...loaded.files, ...(loaded.facts === undefined ? [] : [loaded.facts])]) {
      const name = nameIn(data, path);
      if (!files.has(name)) files.set(name, embedFile(name, await readBytes(path)));
    }
    const lines: string[] = [];
    for (const variant of recipe.variants.filter((variant) => isTested(variant, test))) {
      for (const seed of recipe.seeds) {
        const [run] = await loadRuns([runOf(out, { variant, seed }, test.name)]);
        for (const { id, prediction } of run!.predictions.values()) {
          const line: SaidLine = { variant: variant.name, seed, id, prediction };
          lines.push(`${JSON.stringify(line)}\n`);
        }
      }
    }
    predictions.push(embedFile(`${test.name}.jsonl`, Buffer.from(lines.join(""))));
  }
  const { version } = await readCode();
  return { format: 1, version, study, seconds, data: [...files.values()], predictions };
}
