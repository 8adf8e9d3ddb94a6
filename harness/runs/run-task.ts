import type { MetricDefinition, ResamplingOptions } from "@simvlm/metrics";
import { resolveModelFolder } from "../checkpoints/model-folder.js";
import type { DecodingSettings } from "../decoding/settings.js";
import type { MatrixPrecision, Provider } from "../engine/index.js";
import type { Preprocessing } from "../images/preparation.js";
import type { TableChoice } from "../metric-data/supply-tables.js";
import { createCheckpointPredictor } from "../sources/checkpoint-predictor.js";
import { parseAddress } from "../sources/endpoint-address.js";
import { createEndpointPredictor, type EndpointOptions } from "../sources/endpoint-predictor.js";
import { createFilePredictor } from "../sources/predictions-file.js";
import type { Dtype } from "../sources/transformers/graphs.js";
import { usualAnswer } from "../sources/usual-answer.js";
import { chooseMetrics } from "../tasks/choose-metrics.js";
import type { Flaw, Predictor } from "../tasks/prediction.js";
import {
  type AnswerKind,
  completeSettings,
  type GivenSettings,
  generatedIfPossible,
  type Task,
  type TaskData,
  type TaskName,
  type TaskSettings,
} from "../tasks/task.js";
import { findTask } from "../tasks/task-registry.js";
import { findUsualSplit } from "../tasks/usual-split.js";
import type { FinishedRun } from "./finish.js";
import { openRun, type PredictOptions, type RunRequest } from "./open-run.js";
import { requireSealedLog } from "./seal-run.js";

/**
 * Who predicts: a model of ours, another system's results or a run's predictions.jsonl, an ONNX folder that
 * transformers.js runs, an OpenAI-compatible server.
 */
export type RunSource =
  | { readonly checkpoint: string }
  | { readonly predictions: string }
  | {
      readonly transformers: string;
      readonly dtype?: Dtype | undefined;
      readonly allowDownload?: boolean | undefined;
    }
  | {
      readonly endpoint: string;
      readonly model: string;
      /** Flaws in spite of which an answer is scored; default none: such answers are failures. */
      readonly accepted?: readonly Flaw[];
      /** Further headers, each `Name: value`; what they hold is kept secret. */
      readonly headers?: readonly string[];
      /** How it is asked, beside what {@link TaskRun} says. */
      readonly how?: Omit<EndpointOptions, "model" | "settings" | "accepted" | "seed" | "signal">;
    };

/** What is run, by whom, and where the run is kept. */
export interface TaskRun extends PredictOptions {
  /** The folder of the data set, see `Task.load`. */
  readonly data: string;
  readonly from: RunSource;
  /** The run's folder; if there is a run of the same kind in it, that run is continued. */
  readonly out: string;
  readonly settings?: GivenSettings;
  readonly decoding?: Partial<DecodingSettings>;
  /** Which picture a published model is shown; default the model's own, `reference`. */
  readonly preprocessing?: Preprocessing | undefined;
  /** Examples that a model is shown at once; default the model's own. Results do not depend on it. */
  readonly batchSize?: number | undefined;
  /** What computes; default `cpu`. */
  readonly provider?: Provider;
  /** What is said of a model's pretraining, in place of what its name says. */
  readonly pretraining?: string | undefined;
  /** Called for each batch with how many pictures say that they are to be turned, and were not. */
  readonly onUnturned?: ((pictures: number) => void) | undefined;
  /** How a checkpoint's matrices are kept: `int8`, in eight bits. Default `float32`. */
  readonly weights?: MatrixPrecision | undefined;
  /** Only so many examples, the first. */
  readonly limit?: number | undefined;
  /** Of sampling. Default 1. */
  readonly seed?: number;
  /** What tables call the run; default the folder's name. */
  readonly label?: string;
  /** Names of the metrics to score with; default the task's. */
  readonly metrics?: readonly string[] | undefined;
  /** Which of the installed data and models metrics use. */
  readonly tables?: TableChoice | undefined;
  /** Whether examples whose pictures are not there, or are none, are left out; by default nothing is begun. */
  readonly skipMissingPictures?: boolean | undefined;
  /** Whether examples that nobody has described or answered are left out; by default nothing is begun. */
  readonly skipMissingReferences?: boolean | undefined;
  /** The folder that the pictures lie in, where it is another than the data set's own. */
  readonly images?: string | undefined;
  /** For bootstrap intervals of the scores; default none. */
  readonly intervals?: Required<ResamplingOptions>;
}

/** A run that nothing has been made of yet, and how it is scored. */
export interface PreparedRun extends RunRequest, Pick<TaskRun, "intervals" | "tables"> {
  readonly metrics: readonly MetricDefinition[] | undefined;
}

/**
 * A whole run, as `simvlm run` makes it: predicts, keeps the predictions in a folder, scores them.
 * @returns undefined where the signal stopped it before its end
 * @throws SimvlmError what {@link prepareTask} and {@link runPrepared} throw
 */
export async function runTask(name: TaskName, request: TaskRun): Promise<FinishedRun | undefined> {
  return runPrepared(await prepareTask(name, request), request);
}

/**
 * The first half of {@link runTask}: all that is read before the run's folder is made.
 * @throws SimvlmError what finding the task, choosing the metrics, loading the data and opening the source throw
 */
export async function prepareTask(name: TaskName, request: TaskRun): Promise<PreparedRun> {
  const { data: dataFolder, out: folder, from, images, seed = 1, limit, label, intervals, tables } = request;
  const { skipMissingPictures, skipMissingReferences } = request;
  const task = findTask(name);
  const metrics = request.metrics && chooseMetrics(task, request.metrics);
  const usual = await usualAnswerOf(task, from);
  const { split } = await findUsualSplit(task, dataFolder, request.settings?.split);
  const settings = completeSettings(task, { ...request.settings, split, answer: request.settings?.answer ?? usual });
  const data = await task.load(dataFolder, { ...settings, images });
  const source = await openSource({ ...request, seed }, task, data, settings);
  return {
    ...{ ...source, folder, task, settings, data, dataFolder, images, seed, limit, label },
    ...{ skipMissingPictures, skipMissingReferences, metrics, tables },
    ...(intervals && { intervals }),
  };
}

/**
 * The second half of {@link runTask}.
 * @returns undefined where the signal stopped it before its end
 * @throws SimvlmError what `openRun`, predicting and scoring throw
 */
export async function runPrepared(
  { intervals, metrics, tables, ...request }: PreparedRun,
  { onStart, signal }: PredictOptions = {},
): Promise<FinishedRun | undefined> {
  const run = await openRun(request);
  try {
    if (!(await run.predict({ onStart, signal }))) return undefined;
    const finished = await run.finish({ intervals, metrics, tables });
    return { ...finished, warnings: [...run.notes, ...finished.warnings] };
  } finally {
    await run.close();
  }
}

async function usualAnswerOf(task: Task, from: RunSource): Promise<AnswerKind | undefined> {
  if ("checkpoint" in from) return usualAnswer(task, from.checkpoint);
  return "transformers" in from ? generatedIfPossible(task) : undefined;
}

interface Source {
  readonly predictor: Predictor;
  readonly sourcePath?: string;
  readonly provider?: string;
}

async function openSource(
  { from, decoding = {}, preprocessing, weights, seed, signal, ...how }: TaskRun & { readonly seed: number },
  task: Task,
  data: TaskData,
  settings: TaskSettings,
): Promise<Source> {
  if ("checkpoint" in from) {
    const { batchSize, provider = "cpu", pretraining, onUnturned } = how;
    const execution = { settings, decoding, preprocessing, weights, seed, provider, pretraining, onUnturned };
    const folder = await resolveModelFolder(from.checkpoint);
    const predictor = await createCheckpointPredictor(folder, task, data, {
      ...execution,
      ...(batchSize !== undefined && { batchSize }),
    });
    return { predictor, sourcePath: folder, provider };
  }
  if ("transformers" in from) {
    const [{ openTransformersModel }, { createTransformersPredictor }] = await Promise.all([
      import("../sources/transformers/model.js"),
      import("../sources/transformers/predictor.js"),
    ]);
    const { batchSize, provider = "cpu", onUnturned } = how;
    const { transformers, ...options } = from;
    const model = await openTransformersModel(transformers, { ...options, preprocessing, provider });
    const predictor = createTransformersPredictor(model, task, data, {
      ...{ settings, decoding, seed, onUnturned },
      ...(batchSize !== undefined && { batchSize }),
    });
    return { predictor, sourcePath: model.folder, provider };
  }
  if ("predictions" in from) {
    await requireSealedLog(from.predictions);
    return { predictor: await createFilePredictor(from.predictions, task, data), sourcePath: from.predictions };
  }
  const address = parseAddress(from.endpoint, process.env, from.headers);
  const { temperature, topP, maxLength: maxTokens } = decoding;
  const { model, accepted, how: asks } = from;
  const pictures = { preprocessing, ...asks?.pictures };
  const asked = { temperature, topP, maxTokens, ...asks, pictures, model, accepted, settings, seed, signal };
  return { predictor: createEndpointPredictor(address, task, data, asked) };
}
