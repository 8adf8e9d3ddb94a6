import { SimvlmError } from "@simvlm/metrics";
import type { OpenedModel } from "../checkpoints/open.js";
import { DECODING_DEFAULTS, type DecodingSettings, decodeBest } from "../decoding/settings.js";
import { compile, type Provider } from "../engine/index.js";
import { loadImages } from "../images/load.js";
import { toNatives } from "../layers/native.js";
import type { Weights } from "../layers/weights.js";
import { createCompiledDecoder } from "../models/simvlm/compiled-decoder.js";
import { buildHeadPasses } from "../models/simvlm/head-batch.js";
import { classify, type HeadInputs } from "../models/simvlm/heads.js";
import { batchPrefixes } from "../models/simvlm/prefix-batch.js";
import { createRandom } from "../random.js";
import type { Outcome, Prediction, Predictor } from "../tasks/prediction.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { longestTexts, type TokenizedExample, tokenizeExamples } from "../tasks/tokenized.js";

export interface ModelPredictorOptions {
  readonly settings: TaskSettings;
  readonly decoding?: Partial<DecodingSettings>;
  readonly batchSize?: number;
  readonly provider?: Provider;
  /** Of sampling. */
  readonly seed?: number;
}

const DEFAULTS = { batchSize: 32, provider: "cpu", seed: 1 } as const;

/** An example with its pictures' pixels. */
interface LoadedExample extends TokenizedExample {
  readonly pixels: readonly Float32Array[];
}

/** Answers loaded examples, those with a picture first. */
type Answer = (examples: readonly LoadedExample[]) => Promise<Omit<Prediction, "id">[]>;

/**
 * A model's answers to a task's examples: decoded text, or the class its head chooses. Graphs are compiled once for all
 * of the data: texts are padded to the longest of `data`.
 * @throws SimvlmError `no-head`, `wrong-head` when the checkpoint is no classifier for this task
 */
export function createModelPredictor(
  model: OpenedModel,
  task: Task,
  data: TaskData,
  options: ModelPredictorOptions,
): Predictor {
  const { settings, batchSize, provider, seed } = { ...DEFAULTS, ...options };
  const { config, tokenizer } = model;
  const decoding: DecodingSettings = { ...DECODING_DEFAULTS, maxLength: task.maxLength, ...options.decoding };
  const places = longestTexts(tokenizeExamples(data.examples, tokenizer, config));
  const context = { model, task, places, provider };
  const answer =
    settings.answer === "classify" ? createClassifier(context) : createGenerator({ ...context, decoding, seed });
  return {
    description: { kind: "model", checkpoint: model.source, trained: model.trained, config },
    ...(settings.answer === "generate" && { decoding: { ...decoding } }),
    batchSize,
    async predict(examples) {
      const tokenized = tokenizeExamples(examples, tokenizer, config);
      const outcomes = new Map<TaskExample, Outcome>();
      const loaded: LoadedExample[] = [];
      const files = await loadImages(
        tokenized.flatMap(({ images }) => images),
        { framing: { kind: "stretch", size: config.imageSize } },
      );
      for (const [i, example] of tokenized.entries()) {
        const pictures = files.splice(0, example.images.length);
        const broken = pictures.find((picture) => !picture.ok);
        if (broken && !broken.ok) outcomes.set(examples[i]!, { id: example.id, error: broken.error.message });
        else loaded.push({ ...example, pixels: pictures.flatMap((each) => (each.ok ? [each.image.data] : [])) });
      }
      // The model takes rows with pictures first.
      const ordered = [...loaded].sort((a, b) => b.pixels.length - a.pixels.length);
      const answers = ordered.length > 0 ? await answer(ordered) : [];
      const byId = new Map(ordered.map(({ id }, i) => [id, { id, ...answers[i]! }]));
      return examples.map((example) => outcomes.get(example) ?? byId.get(example.id)!);
    },
  };
}

interface AnswerContext {
  readonly model: OpenedModel;
  readonly task: Task;
  readonly places: ReturnType<typeof longestTexts>;
  readonly provider: Provider;
}

function createGenerator({
  model,
  places,
  provider,
  decoding,
  seed,
}: AnswerContext & { decoding: DecodingSettings; seed: number }): Answer {
  const { config, tokenizer } = model;
  const decoder = createCompiledDecoder(toNatives(model.weights), config, { provider });
  const random = createRandom(seed).fork("answer");
  return async (examples) => {
    const prefixes = examples.map(({ pixels, prefixTokens }) => ({ image: pixels[0], text: prefixTokens }));
    const prefix = batchPrefixes(prefixes, config, tokenizer.padId, places.prefix);
    const randoms = examples.map(({ id }) => random.fork(id));
    const generations = await decodeBest(decoder, prefix, { tokenizer, settings: decoding, randoms });
    return generations.map(({ tokens, logProbability }) => ({ prediction: tokenizer.decode(tokens), logProbability }));
  };
}

function createClassifier({ model, task, places, provider }: AnswerContext): Answer {
  const { config, tokenizer, head } = model;
  if (!head) {
    throw new SimvlmError(
      "no-head",
      `${model.source} has no classification head, which ${task.name} needs` +
        `${task.answers.includes("generate") ? " unless it is asked --open-ended" : ""}. Fine-tune it first: simvlm finetune --task ${task.name}.`,
    );
  }
  if (head.passes !== task.passes || !head.labels) {
    throw new SimvlmError(
      "wrong-head",
      `${model.source} is a classifier of ${head.passes} passes with ${head.classes} classes, not one for ${task.name}.`,
    );
  }
  const labels = head.labels;
  const weights = toNatives({ ...model.weights, ...head.weights });
  const run = ({ weights, passes }: { weights: Weights; passes: Record<string, HeadInputs> }) =>
    classify(weights, Object.values(passes), config);
  const size = { prefixLength: places.prefix, suffixLength: places.statement + 1 };
  return async (examples) => {
    const rows = examples.map(({ pixels, prefixTokens, statementTokens }) => {
      // A masked control shows no picture; a statement about two is read twice all the same.
      return { images: pixels, prefix: prefixTokens, statement: statementTokens };
    });
    const passes = Object.entries(buildHeadPasses(rows, task.passes, config, tokenizer, size)).map(
      ([name, pass]) => [name, toNatives(pass)] as const,
    );
    const inputs = { weights, passes: Object.fromEntries(passes) };
    const graph = await compile(run, inputs as never, { provider });
    const scores = await graph.run(inputs as never);
    return examples.map((_, row) => ({ prediction: labels[indexOfLargest(scores.data, row, labels.length)]! }));
  };
}

function indexOfLargest(scores: ArrayLike<number>, row: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if (scores[row * classes + index]! > scores[row * classes + best]!) best = index;
  }
  return best;
}
