import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findMetric, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { hashText } from "../files/hash.js";
import { isSystemError } from "../files/system-error.js";
import { describeSource } from "../report/document/sections/runs.js";
import { readScores } from "../runs/finish.js";
import { type Manifest, RUN_FILES, readManifest } from "../runs/manifest.js";
import { readLog } from "../runs/predictions-log.js";
import { isSealed, requireAsSealed } from "../runs/seal-run.js";
import { isFailure } from "../tasks/prediction.js";
import type { ScoreReport } from "../tasks/score-report.js";
import { listTasks } from "../tasks/task-registry.js";
import { SUPERVISIONS, tellSupervision } from "./supervision.js";

const Score = z.object({
  /** `CIDEr`: the task's main score, or the first there is where a run has others. */
  name: z.string(),
  value: z.number(),
  low: z.number().optional(),
  high: z.number().optional(),
  /** Of its metric: only numbers that have the same can be ranked together. */
  signature: z.string(),
});
/** What a run is ranked by. */
export type MainScore = z.output<typeof Score>;

const Known = z.object({
  label: z.string(),
  task: z.string(),
  /** What the data are called. */
  data: z.string(),
  split: z.string(),
  /** The same for the same examples of the same files. */
  dataKey: z.string(),
  /** ISO 8601, in UTC. */
  created: z.string(),
  /** Who predicted, in a few words. */
  source: z.string(),
  /** The same for every run of a system. */
  model: z.string(),
  supervision: z.enum(SUPERVISIONS),
  /** What is special about it: a limit, a shard, other pictures. */
  settings: z.array(z.string()),
  /** How many examples were asked, of how many; failures among them. */
  done: z.int(),
  total: z.int(),
  failed: z.int(),
});
/** What the manifest of a run says, and how far it is. */
export type KnownRun = z.output<typeof Known>;

/** A run as the leaderboard has it, and as the index keeps it. */
export const RunEntry = z.discriminatedUnion("state", [
  z.object({ state: z.literal("finished"), run: Known, score: Score.optional() }),
  z.object({ state: z.literal("unfinished"), run: Known }),
  z.object({ state: z.literal("damaged"), why: z.string() }),
]);
/** One of a run that is finished, that is not, and that cannot be used. */
export type RunEntry = z.output<typeof RunEntry>;

/**
 * Reads what the leaderboard tells of a run. Whatever is wrong with its files makes it a damaged one, never an error.
 * @param folder of the run
 * @returns undefined where a manifest.json turns out to be something else's
 */
export async function readRunEntry(folder: string): Promise<RunEntry | undefined> {
  try {
    const manifest = await readManifest(folder);
    if (manifest.metricSignatures === undefined)
      return { state: "unfinished", run: await readProgress(folder, manifest) };
    const outcomes = isSealed(folder) ? [] : (await readLog(folder)).outcomes; // a seal needs none of them
    await requireAsSealed({ folder, manifest, outcomes });
    const report = await readScores(folder);
    const { failed = 0, leftOut = 0, data } = manifest;
    const run = {
      ...(await describeRun(folder, manifest)),
      done: data.examples - leftOut,
      total: data.examples,
      failed,
    };
    const score = report && findMainScore(report, manifest);
    return { state: "finished", run, ...(score && { score }) };
  } catch (error) {
    // What the system refuses, or a file that goes while it is read, is no bug either.
    if (!(error instanceof SimvlmError) && !isSystemError(error)) throw error;
    if (!BEYOND_MANIFEST.some((name) => existsSync(join(folder, name)))) return undefined;
    return { state: "damaged", why: error.message.replaceAll(`${folder}/`, "").replaceAll(folder, basename(folder)) };
  }
}

/** Files that nothing but a run has. */
const BEYOND_MANIFEST = [RUN_FILES.predictions, RUN_FILES.scores, RUN_FILES.seal];

async function readProgress(folder: string, manifest: Manifest): Promise<KnownRun> {
  // There is none yet of a run that has just begun.
  const outcomes = existsSync(join(folder, RUN_FILES.predictions)) ? (await readLog(folder)).outcomes : [];
  const share = Math.round(manifest.data.examples / (manifest.shard?.of ?? 1));
  return {
    ...(await describeRun(folder, manifest)),
    done: outcomes.length,
    total: Math.max(share, outcomes.length),
    failed: outcomes.filter(isFailure).length,
  };
}

async function describeRun(folder: string, manifest: Manifest): Promise<Omit<KnownRun, "done" | "total" | "failed">> {
  const { label, task, settings, data, created } = manifest;
  return {
    label,
    task,
    data: basename(data.folder) || data.folder,
    split: settings.split,
    dataKey: hashText(JSON.stringify([data.files.map(({ sha256 }) => sha256), data.idsSha256])).slice(0, 12),
    created,
    source: describeSource({ manifest }),
    model: nameModel(manifest),
    supervision: await tellSupervision(folder, manifest),
    settings: listSettings(manifest),
  };
}

/** What trainings call the folder of their weights. */
const OF_TRAINING = "final";

/** What a checkpoint, a file or an endpoint's model is called: of a path, its last name. */
function nameModel({ source, sourceAt, label }: Manifest): string {
  if (typeof source.model === "string") return source.model;
  const place = sourceAt?.folder ?? (typeof source.file === "string" ? source.file : label);
  return basename(place) === OF_TRAINING ? basename(dirname(place)) : basename(place);
}

function listSettings({ settings, shard, limit, seed, decoding }: Manifest): string[] {
  const { modality, swapImages, prompt, language } = settings;
  return [
    ...(shard ? [`shard ${shard.index} of ${shard.of}`] : []),
    ...(limit === undefined ? [] : [`the first ${limit} examples`]),
    ...(modality === "image" ? [] : [`shown: ${modality}`]),
    ...(swapImages ? ["other examples' pictures"] : []),
    ...(language === "en" ? [] : [`language ${language}`]),
    ...(prompt === undefined ? [] : [`prompt “${prompt}”`]),
    ...(typeof decoding?.method === "string" ? [`${decoding.method}, seed ${seed}`] : []),
  ];
}

function findMainScore(report: ScoreReport, { task, metricSignatures = {} }: Manifest): MainScore | undefined {
  const names = Object.keys(report.scores).filter((name) => Number.isFinite(report.scores[name]));
  const main = listTasks().find((each) => each.name === task)?.mainScore;
  const name = main !== undefined && names.includes(main) ? main : names[0];
  if (name === undefined) return undefined;
  const metric = Object.keys(metricSignatures).find((title) => findMetric(title)?.scores.includes(name));
  const { low, high } = report.intervals?.[name] ?? {};
  return {
    name,
    value: Number(report.scores[name]),
    ...(low !== undefined && high !== undefined && { low, high }),
    // Of a metric that is not known here nobody can tell which of the signatures is its own.
    signature: metric === undefined ? Object.values(metricSignatures).join(" ") : metricSignatures[metric]!,
  };
}
