import type { Command } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { makeFolder } from "../files/folders.js";
import { readAuthorities } from "../network/connection.js";
import type { RunRequest } from "../runs/open-run.js";
import { requireSealedLog } from "../runs/seal-run.js";
import { parseAddress } from "../sources/endpoint-address.js";
import { createEndpointPredictor } from "../sources/endpoint-predictor.js";
import type { Task, TaskData, TaskSettings } from "../tasks/task.js";
import { searchOptions, toDecodingSettings } from "./decoding-options.js";
import { collectRequest, ENDPOINT_OPTIONS, endpointOptions, readSystem } from "./endpoint-options.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, providerOption, toFlag, upTo, withOptions } from "./options.js";
import { preprocessingOption } from "./preprocessing-option.js";
import { resultsOptions, toResultsOptions } from "./results-options.js";
import {
  noteNotFollowed,
  refuseIgnored,
  TRANSFORMERS_HELP,
  TRANSFORMERS_OPTIONS,
  transformersOptions,
} from "./transformers-options.js";
import { weightsOption } from "./weights-option.js";

/** Who predicts. */
export type SourceCommandOptions = OptionsOf<typeof sourceOptions>;

/** The options that say who predicts. */
export function sourceOptions(command: Command) {
  const named = command
    .optionsGroup("Who predicts (choose one):")
    .option("--checkpoint <folder>", "a model: its folder, or a published captioner's name in the Hugging Face cache")
    .option(
      "--predictions <file>",
      "another system's results, in the official format or one recognised by content, or a run's predictions.jsonl",
    )
    .option("--transformers <folder>", TRANSFORMERS_HELP)
    .option("--endpoint <url>", "an OpenAI-compatible server, such as https://api.openai.com/v1; key: SIMVLM_API_KEY")
    .optionsGroup("With --predictions:");
  const told = withOptions(named, resultsOptions).optionsGroup("With --checkpoint, and --transformers without beams:");
  const decoded = withOptions(
    withOptions(withOptions(withOptions(told, providerOption), weightsOption), preprocessingOption),
    searchOptions,
    "default: the task's, or the model's own for captions",
  )
    .option(
      "--batch-size <n>",
      "examples per batch; results do not depend on it",
      upTo(LIMITS.batch, parsePositiveInteger),
    )
    .optionsGroup("With --transformers:");
  const others = withOptions(decoded, transformersOptions).optionsGroup(
    "With --endpoint (and --temperature, --top-p, --max-length, --preprocessing):",
  );
  return withOptions(others, endpointOptions).optionsGroup("Other options:");
}

/** What a source is opened for. */
export interface SourceContext {
  readonly task: Task;
  readonly data: TaskData;
  readonly settings: TaskSettings;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Called for each batch with how many pictures say that they are to be turned, and were not. */
  readonly onUnturned: (pictures: number) => void;
}

/** What a run needs to know of who predicts. */
export type Source = Pick<RunRequest, "predictor" | "sourcePath" | "provider">;
type OpenSource = (options: SourceCommandOptions, context: SourceContext) => Promise<Source>;

const SOURCES = ["checkpoint", "predictions", "transformers", "endpoint"] as const;
/** One of those who predict. */
export type SourceName = (typeof SOURCES)[number];

const SEARCH = [
  "beam",
  "search",
  "lengthPenalty",
  "earlyStopping",
  "repetitionPenalty",
  "greedy",
  "sample",
  "topK",
  "topP",
  "temperature",
  "minLength",
  "maxLength",
  "blockNgram",
] as const;
const ASKED_OF_ENDPOINTS: ReadonlySet<string> = new Set(["sample", "topP", "temperature", "maxLength"]);
const CHECKPOINT = ["batchSize", "preprocessing", "weights"] as const;
const PREDICTIONS = ["field", "columns"] as const;

/** The options that mean nothing to a source. */
const FOREIGN: Readonly<Record<SourceName, readonly (keyof SourceCommandOptions)[]>> = {
  checkpoint: [...ENDPOINT_OPTIONS, ...PREDICTIONS, ...TRANSFORMERS_OPTIONS],
  predictions: [...ENDPOINT_OPTIONS, ...SEARCH, ...CHECKPOINT, ...TRANSFORMERS_OPTIONS],
  transformers: [...ENDPOINT_OPTIONS, ...PREDICTIONS, "weights"],
  endpoint: [
    ...SEARCH.filter((name) => !ASKED_OF_ENDPOINTS.has(name)),
    "batchSize",
    "weights",
    ...PREDICTIONS,
    ...TRANSFORMERS_OPTIONS,
  ],
};

/**
 * Which source was named, before anything is read.
 * @throws SimvlmError `bad-option` for none or several, or with options that are not its own
 */
export function chooseSource(options: Partial<SourceCommandOptions>): SourceName {
  const named = SOURCES.filter((name) => options[name] !== undefined);
  const [source] = named;
  if (source === undefined || named.length > 1) {
    const flags = SOURCES.map((name) => `--${name}`).join(", ");
    throw new SimvlmError(
      "bad-option",
      `Who predicts? Give one of ${flags}${named.length > 1 ? ", not several" : ""}.`,
    );
  }
  const foreign = FOREIGN[source].find((name) => options[name] !== undefined);
  if (foreign !== undefined) {
    throw new SimvlmError("bad-option", `${toFlag(foreign)} has no meaning with --${source}: leave it out.`);
  }
  if (source === "transformers") refuseIgnored(options);
  if (source === "endpoint" && !options.model?.trim()) {
    throw new SimvlmError("bad-option", "--endpoint needs --model, the server's name for the model.");
  }
  return source;
}

/** @throws SimvlmError what opening the source throws */
export function openSource(source: SourceName, options: SourceCommandOptions, context: SourceContext): Promise<Source> {
  return OPEN[source](options, context);
}

/** What each needs is loaded when it is needed: a predictions file does not wait for the engine. */
const OPEN: Readonly<Record<SourceName, OpenSource>> = {
  async checkpoint(options, { task, data, settings, seed, onUnturned }) {
    const { batchSize, preprocessing, weights } = options;
    const [{ requireProvider }, { createCheckpointPredictor }, { resolveModelFolder }] = await Promise.all([
      import("../engine/providers.js"),
      import("../sources/checkpoint-predictor.js"),
      import("../checkpoints/model-folder.js"),
    ]);
    const provider = requireProvider(options.provider);
    const checkpoint = await resolveModelFolder(options.checkpoint!);
    const predictor = await createCheckpointPredictor(checkpoint, task, data, {
      settings,
      provider,
      seed,
      decoding: toDecodingSettings(options),
      preprocessing,
      weights,
      onUnturned,
      ...(batchSize !== undefined && { batchSize }),
    });
    return { predictor, provider, sourcePath: checkpoint };
  },
  async predictions({ predictions, field, columns }, { task, data }) {
    const { createFilePredictor } = await import("../sources/predictions-file.js");
    await requireSealedLog(predictions!);
    const reading = toResultsOptions({ field, columns });
    return { predictor: await createFilePredictor(predictions!, task, data, reading), sourcePath: predictions };
  },
  async transformers(options, { task, data, settings, seed, onUnturned }) {
    const { transformers, dtype, allowDownload, preprocessing, batchSize } = options;
    const [{ requireProvider }, { openTransformersModel }, { createTransformersPredictor }] = await Promise.all([
      import("../engine/providers.js"),
      import("../sources/transformers/model.js"),
      import("../sources/transformers/predictor.js"),
    ]);
    const provider = requireProvider(options.provider);
    const model = await openTransformersModel(transformers!, { dtype, allowDownload, provider, preprocessing });
    const decoding = toDecodingSettings(options);
    const asked = { settings, seed, decoding, onUnturned, ...(batchSize !== undefined && { batchSize }) };
    const predictor = createTransformersPredictor(model, task, data, asked);
    noteNotFollowed(model);
    return { predictor, provider, sourcePath: model.folder };
  },
  async endpoint(options, { task, data, settings, seed, signal }) {
    const { endpoint, model, concurrency, retries, timeout, accept, temperature, topP, maxLength } = options;
    const { header, adapt, maxSide, joinPictures: joined, preprocessing, cache, price, ca, joinSystem } = options;
    const address = parseAddress(endpoint!, process.env, header);
    const [request, system, authorities] = await Promise.all([
      collectRequest(options),
      readSystem(options.system),
      ca === undefined ? undefined : readAuthorities(ca, process.env),
    ]);
    if (cache !== undefined) await makeFolder(cache);
    const predictor = createEndpointPredictor(address, task, data, {
      model: model!,
      ...(concurrency !== undefined && { concurrency }),
      ...(retries !== undefined && { retries }),
      ...(timeout !== undefined && { timeout }),
      accepted: accept,
      settings,
      seed,
      temperature,
      topP,
      maxTokens: maxLength,
      signal,
      ...{ request, system, joinSystem, authorities, adapt, cache, price },
      pictures: { maxSide, joined, preprocessing },
    });
    return { predictor };
  },
};
