import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { readJson } from "../files/json.js";
import { isHeld } from "../files/lock.js";
import { measureShare } from "../metric-data/spice/judged-shares.js";
import { RUN_FILES, readManifest } from "../runs/manifest.js";
import { readLog } from "../runs/predictions-log.js";
import { findChangedFiles, isSealed, requireAsSealed } from "../runs/seal-run.js";
import { isFailure } from "../tasks/prediction.js";
import { readTrainingLog } from "../training/training-log.js";
import { placeOfTraining, readPlan } from "../training/training-plan.js";
import { SESSION_FILES } from "../training/training-session.js";
import type { ClusterCommand, ClusterTask } from "./submission.js";

/** How far a task has come, as its own files say. */
export interface TaskProgress {
  /** Whether it has come to its end. */
  readonly isDone: boolean;
  /** Examples that were asked, or steps of a training. */
  readonly done: number;
  /** How many there are to do; undefined where nothing is known yet. */
  readonly total?: number | undefined;
  /** Whether {@link total} is only about right, as of a shard that is at work: its share of the run, by their number. */
  readonly isEstimate: boolean;
  /** Of the examples that were asked. */
  readonly failed: number;
  /** From its beginning to its last sign of life, in seconds; waiting in between included. */
  readonly seconds?: number | undefined;
}

const NOTHING: TaskProgress = { isDone: false, done: 0, isEstimate: false, failed: 0 };

/** Whether a task has come to its end. */
export async function isDone(command: ClusterCommand, { folder, leaves }: Place): Promise<boolean> {
  if (leaves) return leaves.every((file) => existsSync(join(folder, file)));
  return DONE[command](folder);
}

type Place = Pick<ClusterTask, "folder" | "leaves">;

const isTrained = async (folder: string) => existsSync(join(folder, SESSION_FILES.final));

const DONE: Readonly<Record<ClusterCommand, (folder: string) => Promise<boolean>>> = {
  async run(folder) {
    if (!existsSync(join(folder, RUN_FILES.manifest))) return false;
    if ((await readManifest(folder)).metricSignatures === undefined || !isSealed(folder)) return false;
    return (await findChangedFiles(folder)).length === 0;
  },
  pretrain: isTrained,
  finetune: isTrained,
  "label-curve": async (folder) => existsSync(join(folder, "label-curve.json")),
  score: async () => false, // it is divided, and its shares leave files
  ablate: async (folder) => existsSync(join(folder, "report.html")),
};

/** What is said of a task whose files cannot be read. */
export function tellDamage({ message }: SimvlmError, { folder, leaves }: Place): string {
  return leaves ? message : `${message} Restore it, or delete ${folder} and hand in again: its work is then done anew.`;
}

/** How far a task has come. */
export async function readProgress(command: ClusterCommand, place: Place): Promise<TaskProgress> {
  const { folder, leaves } = place;
  if (command === "score") return readShareProgress(folder, leaves!);
  if (leaves) return readLeft(folder, leaves);
  if (command === "run") return readRunProgress(folder);
  if (command === "ablate") return { ...NOTHING, isDone: await isDone(command, place) };
  if (command === "label-curve") return readCurveProgress(folder);
  return readTrainingProgress(command, folder);
}

/** What comes file by file. */
async function readLeft(folder: string, leaves: readonly string[]): Promise<TaskProgress> {
  const done = leaves.filter((file) => existsSync(join(folder, file))).length;
  return { ...NOTHING, isDone: done === leaves.length, done, total: leaves.length };
}

async function readShareProgress(folder: string, leaves: readonly string[]): Promise<TaskProgress> {
  const [seal] = leaves as readonly [string];
  const share = await measureShare(folder, seal);
  if (!share) return NOTHING;
  const { captions: total, judged: done, seconds } = share;
  return { ...NOTHING, isDone: existsSync(join(folder, seal)), done, total, seconds };
}

async function readRunProgress(folder: string): Promise<TaskProgress> {
  if (!existsSync(join(folder, RUN_FILES.manifest))) return NOTHING;
  const manifest = await readManifest(folder);
  const { outcomes } = await readLog(folder);
  if (isSealed(folder) && !(await isHeld(folder))) await requireAsSealed({ folder, manifest, outcomes });
  const whole = await isDone("run", { folder });
  const about = Math.round(manifest.data.examples / (manifest.shard?.of ?? 1));
  const seen = await stat(join(folder, RUN_FILES.predictions)).catch(() => undefined);
  return {
    isDone: whole,
    done: outcomes.length,
    total: whole ? outcomes.length : Math.max(about, outcomes.length),
    isEstimate: !whole && manifest.shard !== undefined,
    failed: outcomes.filter(isFailure).length,
    seconds: seen && Math.max(0, (seen.mtimeMs - Date.parse(manifest.created)) / 1000),
  };
}

/** Steps of all trainings of a curve; captions between them are not counted. */
async function readCurveProgress(folder: string): Promise<TaskProgress> {
  const plan = (await readPlan(folder)) ?? [];
  const each = await Promise.all(
    plan.map(({ name }) => readTrainingProgress("finetune", placeOfTraining(folder, name))),
  );
  const sum = (of: (progress: TaskProgress) => number): number => each.reduce((total, one) => total + of(one), 0);
  return {
    ...NOTHING,
    isDone: await isDone("label-curve", { folder }),
    done: sum(({ done }) => done),
    ...(plan.length > 0 && { total: plan.reduce((total, { steps }) => total + steps, 0) }),
    seconds: each.some(({ seconds }) => seconds !== undefined) ? sum(({ seconds = 0 }) => seconds) : undefined,
  };
}

const Steps = z.looseObject({ steps: z.int() }).describe("the recipe of a training");

async function readTrainingProgress(command: ClusterCommand, folder: string): Promise<TaskProgress> {
  const path = join(folder, SESSION_FILES.recipe);
  if (!existsSync(path)) return NOTHING;
  const { steps } = await readJson(path, Steps);
  const log = join(folder, SESSION_FILES.log);
  const lines = existsSync(log) ? await readTrainingLog(log) : [];
  const done = lines.reduce((most, { type, step }) => (type === "step" ? Math.max(most, step) : most), 0);
  const [began, seen] = await Promise.all([path, log].map((each) => stat(each).catch(() => undefined)));
  const seconds = began && seen && (seen.mtimeMs - began.mtimeMs) / 1000;
  return { isDone: await isDone(command, { folder }), done, total: steps, isEstimate: false, failed: 0, seconds };
}
