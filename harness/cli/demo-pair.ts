import { realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { readConfig } from "../checkpoints/checkpoint.js";
import { resolveModelFolder } from "../checkpoints/model-folder.js";
import { findPretraining } from "../models/published/known-pretraining.js";
import { listModelNames } from "../models/published/model-names.js";
import { type PreparedRun, prepareTask, runPrepared, type TaskRun } from "../runs/run-task.js";
import { captionTask } from "../tasks/caption-task.js";
import { findScorableSplit } from "../tasks/usual-split.js";
import { withProgress } from "../terminal/progress.js";
import { tell } from "../terminal/streams.js";
import { noteData, noteUnreferenced } from "./data-notes.js";
import { showDemo } from "./demo-report.js";
import { type AllowedFailures, reportFailures } from "./failures.js";
import { noteUnturned } from "./preprocessing-option.js";
import { listenToStops } from "./stop-requests.js";

/** The pair demo's folder, where no other is named. */
export const PAIR_DEMO_OUT = "runs/pair";

/** What the pair demo is asked for. */
export interface PairDemo
  extends Pick<
    TaskRun,
    | "batchSize"
    | "data"
    | "decoding"
    | "images"
    | "limit"
    | "preprocessing"
    | "provider"
    | "seed"
    | "skipMissingPictures"
    | "skipMissingReferences"
    | "weights"
  > {
  /** A folder, or a name in the Hugging Face client's cache. */
  readonly zeroShot: string;
  /** Likewise. */
  readonly supervised: string;
  readonly out?: string | undefined;
  readonly split?: string | undefined;
  /** What the first is said to have learnt from. */
  readonly pretrainedOn?: string | undefined;
  readonly allowFailures?: AllowedFailures | undefined;
}

/** The runs' folders, and what tables call them; the second is compared with the first. */
const ROLES = ["zero-shot", "supervised"] as const;
type Role = (typeof ROLES)[number];

/** One of the two models. */
interface Model {
  readonly role: Role;
  readonly folder: string;
  readonly name: string;
  /** What its name says of its pretraining, if anything. */
  readonly known: string | undefined;
}

/** Captions a user's pictures with two models; compares them, by domain too; reports, with the attention of both. */
export async function runPairDemo(options: PairDemo): Promise<void> {
  const { out = PAIR_DEMO_OUT, data, zeroShot, supervised, pretrainedOn } = options;
  const { split, isNamed } = await findScorableSplit(captionTask, data, options);
  if (!isNamed) tell(`simvlm: note: the split ${split} of ${data} is taken`);
  const models = [await findModel("zero-shot", zeroShot), await findModel("supervised", supervised)] as const;
  await requireTwo(models);
  let unturned = 0;
  const onUnturned = (pictures: number) => {
    unturned += pictures;
  };
  const prepared: PreparedRun[] = [];
  for (const model of models) {
    const { role, folder } = model;
    const pretraining = tellPretraining(model, pretrainedOn);
    const request = { ...options, settings: { split }, from: { checkpoint: folder }, out: join(out, role) };
    const how = { label: role, pretraining, onUnturned, intervals: RESAMPLING_DEFAULTS };
    prepared.push(await prepareTask("caption", { ...request, ...how }));
  }
  requireOtherWeights(prepared, models);
  noteData(prepared[0]!.data, split, data);
  noteUnreferenced(prepared[0]!.data);
  try {
    for (const [i, run] of prepared.entries()) if (!(await caption(run, models[i]!, options))) return;
  } finally {
    noteUnturned(unturned);
  }
  await showDemo(out, ROLES, titleOf(models, pretrainedOn, data));
}

/** @returns whether the run is finished: false where it was interrupted */
async function caption(run: PreparedRun, { role, name }: Model, { allowFailures }: PairDemo): Promise<boolean> {
  const stops = listenToStops("what is being predicted");
  const { signal } = stops;
  tell(`simvlm: ${role}: ${name}`);
  try {
    const finished = await withProgress("captioning", (onStart) => runPrepared(run, { onStart, signal }));
    if (finished === undefined) {
      tell(`simvlm: stopped. The same command continues ${run.folder}.`);
      process.exitCode = stops.exitCode();
      return false;
    }
    for (const warning of finished.warnings) tell(`simvlm: warning: ${warning}`);
    reportFailures(run.folder, finished, allowFailures);
    return true;
  } finally {
    stops.release();
  }
}

async function findModel(role: Role, nameOrPath: string): Promise<Model> {
  const folder = await resolveModelFolder(nameOrPath);
  const { name } = listModelNames(folder, undefined)[0]!;
  return { role, folder, name, known: findPretraining(folder, await readConfig(folder)) };
}

async function requireTwo([first, second]: readonly [Model, Model]): Promise<void> {
  if ((await realpath(first.folder)) === (await realpath(second.folder))) refuseTwins(`both are ${first.folder}`);
}

/** Copies of one model are one model. */
function requireOtherWeights(runs: readonly PreparedRun[], models: readonly [Model, Model]): void {
  const [first, second] = runs.map(({ predictor }) => JSON.stringify(predictor.description.hashes));
  if (first === second) refuseTwins(`${models.map(({ folder }) => folder).join(" and ")} hold the same files`);
}

function refuseTwins(why: string): never {
  throw new SimvlmError(
    "same-model",
    `Zero-shot and supervised must be two models, but ${why}: name another for one of them.`,
  );
}

/** What the report says of a model's pretraining; of the one that is called zero-shot it always says something. */
function tellPretraining({ role, known }: Model, stated: string | undefined): string | undefined {
  if (role === "supervised") return known;
  if (stated !== undefined) return `Pretrained on, as whoever made this run says: ${stated}`;
  return known === undefined ? UNKNOWN : `${known} It is "zero-shot" in quotation marks only.`;
}

const UNKNOWN =
  "What it was pretrained on is not known here: it is zero-shot only if that held neither COCO's captions nor captions of pictures like these.";

function titleOf(models: readonly Model[], stated: string | undefined, data: string): string {
  const isQuoted = stated === undefined && models[0]!.known !== undefined;
  const names = new Set(models.map(({ name }) => name));
  const who = names.size > 1 ? `: ${[...names].join(" | ")}` : "";
  return `${isQuoted ? '"Zero-shot"' : "Zero-shot"} beside supervised${who} on ${basename(resolve(data))}`;
}
