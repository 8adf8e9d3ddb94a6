import { basename, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { hashText } from "../files/hash.js";
import { listIds } from "../formats/ids.js";
import { isFailure, type Outcome } from "../tasks/prediction.js";
import { completeSettings, type Task, type TaskData } from "../tasks/task.js";
import { type Manifest, RUN_FILES, readManifest } from "./manifest.js";
import { findPlace } from "./place.js";
import { readLog } from "./predictions-log.js";
import { findChangedFiles, findSealFaults, isSealed } from "./seal-run.js";
import { taskOfRun } from "./task-of-run.js";
import { findTestServer, type TestServer } from "./test-servers.js";

/** A results file as a test server takes it. */
export interface Submission {
  readonly server: TestServer;
  /** The name that the server wants, or one like those of others. */
  readonly name: string;
  readonly content: string;
  readonly count: number;
  /** What should be known before it is handed in, a sentence each without a full stop. */
  readonly notes: readonly string[];
}

/** Which server, and where the run's data lie if not where the run says. */
export interface SubmissionOptions {
  readonly server?: string | undefined;
  readonly data?: string | undefined;
}

/**
 * Makes of a run the results file that a test server takes: every example of the split once, with its text.
 * @param folder of a finished run
 * @throws SimvlmError `incomplete-run` with what is missing or was changed, `unknown-server`, `bad-id`, and what `readManifest` and
 *   `readLog` throw
 */
export async function createSubmission(folder: string, options: SubmissionOptions = {}): Promise<Submission> {
  const manifest = await readManifest(folder);
  const task = taskOfRun(manifest);
  requireWhole(manifest, folder);
  const pictures = await readPictures(manifest, task, folder, options.data);
  const server = findTestServer(task.name, namesOfData(manifest, pictures), options.server);
  const { outcomes, repeated } = await readLog(folder);
  if (repeated.length > 0) throw incomplete(folder, `there is more than one prediction for ${listIds(repeated)}`);
  requireAll(outcomes, manifest, folder);
  await requireUnchanged(folder, manifest, outcomes);
  let joined = 0;
  const records = outcomes.map((outcome) => {
    if (isFailure(outcome)) throw incomplete(folder, `${outcome.id} failed`);
    const { id, prediction } = outcome;
    const text = prediction.replace(/\s*[\r\n\u0085\u2028\u2029]+\s*/g, " ").trim();
    if (text !== prediction) joined++;
    return server.toRecord({ id, text, pictures: pictures?.get(id) ?? [] });
  });
  const empty = outcomes.filter((outcome) => !isFailure(outcome) && outcome.prediction.trim() === "");
  return {
    server,
    name: nameFile(server, manifest),
    content: `${JSON.stringify(records)}\n`,
    count: records.length,
    notes: [
      ...(joined > 0 ? [`line breaks and spaces around the text were taken out of ${joined} predictions`] : []),
      ...(empty.length > 0 ? [`the predictions for ${listIds(empty.map(({ id }) => id))} are empty`] : []),
      ...noteSize(server, records.length),
    ],
  };
}

function requireWhole({ limit, shard, metricSignatures, failed = 0, leftOut = 0 }: Manifest, folder: string): void {
  if (shard) throw incomplete(folder, `it is shard ${shard.index} of ${shard.of}: merge all of them first`);
  if (limit !== undefined) throw incomplete(folder, `it was made with a limit of ${limit} examples`);
  if (metricSignatures === undefined) throw incomplete(folder, "it was stopped before it was finished: continue it");
  if (leftOut > 0) throw incomplete(folder, `${leftOut} examples were left out for want of their pictures`);
  if (failed > 0) throw incomplete(folder, `${failed} examples failed: run it again`);
}

/** Who hands in what is not what the run's scores were made of should know it. */
async function requireUnchanged(folder: string, manifest: Manifest, outcomes: readonly Outcome[]): Promise<void> {
  if (isSealed(folder)) {
    const changed = await findChangedFiles(folder);
    if (changed.length === 0) return;
    throw incomplete(folder, `${listIds(changed)} changed after the run was finished: verify the run, or make it anew`);
  }
  const [fault] = await findSealFaults({ folder, manifest, outcomes });
  if (fault !== undefined) throw incomplete(folder, fault);
}

/** What may tell a data set: its folder, its files and, where these have names of no data set, one of its pictures. */
function namesOfData({ data }: Manifest, pictures: Pictures | undefined): string[] {
  const [picture = []] = pictures?.values() ?? [];
  return [data.folder, ...data.files.map(({ path }) => path), ...picture];
}

/** Every example of the split, as the manifest counted and hashed them, each once. */
function requireAll(outcomes: readonly Outcome[], { data }: Manifest, folder: string): void {
  if (outcomes.length !== data.examples) {
    throw incomplete(folder, `${RUN_FILES.predictions} has ${outcomes.length} of ${data.examples} examples`);
  }
  if (hashText(outcomes.map(({ id }) => `${id}\n`).join("")) !== data.idsSha256) {
    throw incomplete(folder, `the ids in ${RUN_FILES.predictions} are not those of the split ${data.split}`);
  }
}

/** The names of the picture files of examples, by their ids. */
type Pictures = ReadonlyMap<string, readonly string[]>;

/** Which pictures an example has; undefined where the data are no longer there. */
async function readPictures(
  { data, settings }: Manifest,
  task: Task,
  folder: string,
  given: string | undefined,
): Promise<Pictures | undefined> {
  const place = given ?? findPlace(data, folder);
  if (place === undefined) return undefined;
  const { examples }: TaskData = await task.load(place, completeSettings(task, settings));
  return new Map(examples.map(({ id, images, pictures }) => [id, (pictures ?? images).map((path) => basename(path))]));
}

function nameFile({ name, fileName }: TestServer, { label, settings, data }: Manifest): string {
  const system = label.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "system";
  const split = data.files.map(({ path }) => /(?:val|test)(?=20\d\d)/.exec(path)?.[0]).find(Boolean) ?? settings.split;
  return fileName?.example(split, system) ?? `${name}_${split.replace(/[^A-Za-z0-9-]+/g, "-")}_${system}_results.json`;
}

function noteSize({ title, splits }: TestServer, count: number): string[] {
  if (Object.values(splits).includes(count)) return [];
  const known = Object.entries(splits).map(([split, size]) => `${size} (${split})`);
  return [`${title} expects ${known.join(" or ")} predictions, the run has ${count}`];
}

/**
 * Where a submission goes: into a folder under the name that the server wants, or to a file that has such a name.
 * @throws SimvlmError `bad-file-name`
 */
export function placeSubmission({ server, name }: Submission, out: string, isFolder: boolean): string {
  if (isFolder) return join(out, name);
  const given = basename(out);
  if (server.fileName ? server.fileName.pattern.test(given) : given.endsWith(".json")) return out;
  throw new SimvlmError(
    "bad-file-name",
    `${server.title} takes files that are called as ${name}, not ${given}. Give such a name, or a folder.`,
  );
}

function incomplete(folder: string, why: string): SimvlmError {
  return new SimvlmError("incomplete-run", `${folder} cannot be handed in: ${why}.`);
}
