import { SimvlmError } from "@simvlm/metrics";
import { DECODING_DEFAULTS, type DecodingSettings, resolveDecoding } from "../decoding/settings.js";
import type { Provider } from "../engine/index.js";
import { countUnturned, loadImages } from "../images/load-image.js";
import { generateTexts, usualDecoding } from "../models/captioner.js";
import { requirePrompt, usualPrompt, type VisionLanguageModel } from "../models/vision-language-model.js";
import { createRandom } from "../random.js";
import type { Outcome, Prediction, Predictor } from "../tasks/prediction.js";
import { showsImage } from "../tasks/shown-images.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../tasks/task.js";
import { longestTexts, type TokenizedExample, tokenizeExamples } from "../tasks/tokenized.js";
import { createPictureLoader } from "./batch-pictures.js";

/** What a model is asked, and how its answers are found. */
export interface ModelPredictorOptions {
  readonly settings: TaskSettings;
  readonly decoding?: Partial<DecodingSettings>;
  /** Default the model's own, or 32. */
  readonly batchSize?: number;
  readonly provider?: Provider;
  /** Of sampling. */
  readonly seed?: number;
  /** Called for each batch with how many pictures say that they are to be turned, and were not. */
  readonly onUnturned?: ((pictures: number) => void) | undefined;
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
 * @throws SimvlmError `no-head`, `wrong-head` when the checkpoint is no classifier for this task, `no-question` when it
 *   answers questions and the task asks none, `no-image` when it needs pictures and the task shows none
 */
export function createModelPredictor(
  model: VisionLanguageModel,
  task: Task,
  data: TaskData,
  options: ModelPredictorOptions,
): Predictor {
  const usual = { ...DEFAULTS, ...(model.usualBatch !== undefined && { batchSize: model.usualBatch }) };
  const { settings, batchSize, provider, seed, onUnturned } = { ...usual, ...options };
  const { preparation } = model;
  // where the data only name no picture, whoever looks for the pictures says so
  if (model.needsPicture && !showsImage(settings.modality)) {
    throw new SimvlmError(
      "no-image",
      `${model.source} says nothing without a picture, and ${task.name} shows it none here.`,
    );
  }
  if (takesPrompt(task)) {
    const asked = usualPrompt(model, settings.language);
    for (const { prefix = asked } of data.examples) requirePrompt(model, prefix);
  }
  const tokenize = (examples: readonly TaskExample[]) => tokenizeExamples(examples, model, settings.language);
  const places = longestTexts(tokenize(data.examples));
  const family = usualDecoding(model, model.prompting.place === "decoder" ? places.prompt : 0);
  const decoding = resolveDecoding({ family, usual: usualLengths(task, family), asked: options.decoding });
  const context = { model, task, places, provider };
  const answer =
    settings.answer === "classify" ? createClassifier(context) : createGenerator({ ...context, decoding, seed });
  const show = createPictureLoader((files) => loadImages(files, preparation));
  return {
    description: {
      kind: "model",
      checkpoint: model.source,
      ...model.description,
      ...(preparation.preprocessing !== undefined && { preprocessing: preparation.preprocessing }),
    },
    ...(settings.answer === "generate" && { decoding: { ...decoding } }),
    readsPictures: true,
    batchSize,
    async predict(examples, next) {
      const { pictures: files, fresh } = await show(examples, next);
      onUnturned?.(countUnturned(fresh));
      const tokenized = tokenize(examples);
      const outcomes = new Map<TaskExample, Outcome>();
      const loaded: LoadedExample[] = [];
      for (const [i, example] of tokenized.entries()) {
        const pictures = example.images.map((file) => files.get(file)!);
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

/** Whether one may say what the model is asked with, as with captions. */
function takesPrompt({ options = [] }: Task): boolean {
  return options.includes("prompt");
}

/**
 * A family's lengths are those of its captions: they hold where a task lets one say what captions are asked for with.
 * Other answers are as long as the task says, and no minimum for captions makes them longer.
 */
function usualLengths(task: Task, { minLength, maxLength }: Partial<DecodingSettings> = {}): Partial<DecodingSettings> {
  if (takesPrompt(task)) return { maxLength: maxLength ?? task.maxLength };
  const shortest = minLength !== undefined && { minLength: Math.min(minLength, DECODING_DEFAULTS.minLength) };
  return { maxLength: task.maxLength, ...shortest };
}

interface AnswerContext {
  readonly model: VisionLanguageModel;
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
  const decoder = model.createDecoder({ provider });
  const random = createRandom(seed).fork("answer");
  return async (examples) => {
    const asked = examples.map(({ pixels, promptTokens }) => ({ image: pixels[0], prompt: promptTokens }));
    const request = { settings: decoding, randoms: examples.map(({ id }) => random.fork(id)) };
    const generations = await generateTexts(model, decoder, asked, request, places.prompt);
    return generations.map(({ tokens, logProbability }) => {
      return { prediction: model.tokenizer.decode(tokens), logProbability };
    });
  };
}

function createClassifier({ model, task, places, provider }: AnswerContext): Answer {
  const { head } = model;
  if (!head || !model.createClassifier) {
    const unless = task.answers.includes("generate") ? " unless its answers are generated (open-ended)" : "";
    const remedy = model.trainable?.classification ? "Fine-tune it for this task first." : "Its family knows none.";
    throw new SimvlmError(
      "no-head",
      `${model.source} has no classification head, which ${task.name} needs${unless}. ${remedy}`,
    );
  }
  if (head.passes !== task.head?.passes || !head.labels) {
    throw new SimvlmError(
      "wrong-head",
      `${model.source} is a classifier with ${head.passes} passes and ${head.classes} classes, which does not fit ${task.name}.`,
    );
  }
  const labels = head.labels;
  const classifier = model.createClassifier({ prompt: places.prompt, text: places.statement }, { provider });
  return async (examples) => {
    const rows = examples.map(({ pixels, promptTokens, statementTokens }) => {
      return { images: pixels, prompt: promptTokens, statement: statementTokens };
    });
    const scores = await classifier.score(rows);
    return examples.map((_, row) => ({ prediction: labels[indexOfLargest(scores, row, labels.length)]! }));
  };
}

function indexOfLargest(scores: Float32Array, row: number, classes: number): number {
  let best = 0;
  for (let index = 1; index < classes; index++) {
    if (scores[row * classes + index]! > scores[row * classes + best]!) best = index;
  }
  return best;
}
