import { join } from "node:path";
import { readBytes } from "../../files/bytes.js";
import { nameIn } from "../../runs/place.js";
import { readCode } from "../../runs/provenance.js";
import { type Study, type StudySeconds, sourceOf } from "../../study/run-study.js";
import type { CellRecord } from "../../study/study-cell.js";
import { captionTask } from "../../tasks/caption-task.js";
import { completeSettings } from "../../tasks/task.js";
import { type EmbeddedFile, embedFile } from "../document/embedded-file.js";

/**
 * A study with all that it takes to score it again, as JSON; the page is a function of it. It names nothing of the machine
 * that it was made on.
 */
export interface StudyReport {
  readonly format: 1;
  readonly version: string;
  /** Of the code, where it lay in its repository. */
  readonly commit?: string | undefined;
  readonly study: Study;
  /** As measured; all else is the same however often the study was stopped. */
  readonly seconds: StudySeconds;
  /** The tests' data files, named from the data's folder. */
  readonly data: readonly EmbeddedFile[];
  /** Which of them is the picture that maps are shown of. */
  readonly picture?: string;
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
 * @param data the folder that the recipe's data lie in
 * @throws SimvlmError what reading the data throws
 */
export async function buildStudyReport(
  study: Study,
  records: readonly CellRecord[],
  data: string,
): Promise<StudyReport> {
  const { recipe } = study;
  const source = sourceOf(records, data);
  const files = new Map<string, EmbeddedFile>();
  const predictions: EmbeddedFile[] = [];
  for (const test of recipe.tests) {
    const loaded = await source.load(test);
    for (const path of [...loaded.files, ...(loaded.facts === undefined ? [] : [loaded.facts])]) {
      const name = nameIn(data, path);
      if (!files.has(name)) files.set(name, embedFile(name, await readBytes(path)));
    }
    const lines: string[] = [];
    for (const { variant, seed, said } of records) {
      for (const [id, prediction] of said[test.name] ?? []) {
        const line: SaidLine = { variant, seed, id, prediction };
        lines.push(`${JSON.stringify(line)}\n`);
      }
    }
    predictions.push(embedFile(`${test.name}.jsonl`, Buffer.from(lines.join(""))));
  }
  const picture = await findPicture(study, data);
  if (picture !== undefined) files.set(picture, embedFile(picture, await readBytes(join(data, picture))));
  const { version, commit } = await readCode();
  const seconds = Object.fromEntries(records.map(({ variant, seed, seconds }) => [`${variant}/seed-${seed}`, seconds]));
  return {
    format: 1,
    version,
    ...(commit !== undefined && { commit }),
    study,
    seconds,
    data: [...files.values()],
    ...(picture !== undefined && { picture }),
    predictions,
  };
}

/** The picture that maps are shown of, named from the data's folder. */
async function findPicture({ recipe, cells }: Study, data: string): Promise<string | undefined> {
  const id = cells.find(({ attention }) => attention)?.attention?.shown.id;
  if (id === undefined || !recipe.attention) return undefined;
  const { data: folder, split } = recipe.attention;
  const { examples } = await captionTask.load(join(data, folder), completeSettings(captionTask, { split }));
  const path = examples.find((example) => example.id === id)?.images[0];
  return path === undefined ? undefined : nameIn(data, path);
}
