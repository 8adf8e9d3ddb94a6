import { stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { holdingFile } from "../files/parquet-cells.js";
import { listIds } from "../formats/ids.js";
import { findOtherKind, IMAGE_FORMATS } from "../images/image-format.js";
import { readImageStart } from "../images/image-source.js";
import { inParallel } from "../in-parallel.js";
import type { Failure } from "../tasks/prediction.js";
import { showsImage } from "../tasks/shown-images.js";
import type { TaskExample, TaskSettings } from "../tasks/task.js";

/** So many examples are named. */
const NAMED = 10;
/** Files looked at at the same time. */
const AT_A_TIME = 64;

interface PictureCheck {
  readonly settings: TaskSettings;
  /** Where the examples come from, for the message. */
  readonly dataFolder: string;
  readonly skipMissingPictures?: boolean | undefined;
}

/**
 * Looks at the pictures of examples before the first of them is asked: whether they are there, and by their first bytes
 * whether they are pictures. An example that is asked without what it is about would be answered all the same.
 * @returns the examples that are left out, if that was asked for
 * @throws SimvlmError `missing-pictures` that names ten of them
 */
export async function checkPictures(
  examples: readonly TaskExample[],
  { settings, dataFolder, skipMissingPictures = false }: PictureCheck,
): Promise<Failure[]> {
  if (!showsImage(settings.modality)) return [];
  const problems = await findProblems([...new Set(examples.flatMap(({ images }) => images))]);
  const missing = examples.flatMap(({ id, images }): Failure[] => {
    const problem =
      images.length === 0 ? "the data name no picture" : images.map((file) => problems.get(file)).find(Boolean);
    return problem === undefined ? [] : [{ id, error: problem, leftOut: true }];
  });
  if (missing.length === 0 || (skipMissingPictures && missing.length < examples.length)) return missing;
  const named = listIds(
    missing.map(({ id, error }) => `${id} (${error})`),
    NAMED,
  );
  throw new SimvlmError(
    "missing-pictures",
    `Of ${examples.length} examples in ${dataFolder}, ${missing.length} cannot be shown with their pictures: ${named}. ` +
      `Nothing was asked. Add the pictures, as ${IMAGE_FORMATS}${missing.length < examples.length ? "; or leave these examples out" : ""}.`,
  );
}

/** What is wrong with files, by file. */
async function findProblems(files: readonly string[]): Promise<Map<string, string>> {
  const problems = await inParallel(AT_A_TIME, files, findProblem);
  return new Map(
    files.flatMap((file, i) => (problems[i] === undefined ? [] : [[file, `${file} ${problems[i]}`] as const])),
  );
}

async function findProblem(file: string): Promise<string | undefined> {
  try {
    const found = await stat(holdingFile(file));
    if (!found.isFile()) return "is no file";
    const kind = findOtherKind(await readImageStart(file));
    return kind && `is ${kind}`;
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    return WORDS[code] ?? `cannot be read (${error instanceof SimvlmError ? error.message : code})`;
  }
}

/** By the codes of the system and of what reads files. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  ENOTDIR: "is not there",
  "missing-cell": "is not there",
  "lfs-pointer": "is a Git LFS pointer",
};
