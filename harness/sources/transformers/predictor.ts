import { SimvlmError } from "@simvlm/metrics";
import type { DecodingSettings } from "../../decoding/settings.js";
import { countUnturned } from "../../images/load-image.js";
import { createRandom } from "../../random.js";
import type { Outcome, Predictor } from "../../tasks/prediction.js";
import { readAnswer } from "../../tasks/read-answer.js";
import { showsImage } from "../../tasks/shown-images.js";
import type { Task, TaskData, TaskExample, TaskSettings } from "../../tasks/task.js";
import { createPictureLoader } from "../batch-pictures.js";
import { resolveLibraryDecoding } from "./generation.js";
import { SEEDS } from "./library.js";
import type { TransformersModel } from "./model.js";
import type { LibraryPicture } from "./pixels.js";
import { textFor } from "./texts.js";

/** What a model is asked, and how its answers are found. */
export interface TransformersPredictorOptions {
  readonly settings: TaskSettings;
  readonly decoding?: Partial<DecodingSettings>;
  /** Examples between which a run may stop; each is asked alone. Default 1. */
  readonly batchSize?: number;
  /** Of sampling. Default 1. */
  readonly seed?: number;
  /** Called for each batch with how many pictures say that they are to be turned, and were not. */
  readonly onUnturned?: ((pictures: number) => void) | undefined;
}

/**
 * The answers of a model that the library runs. Models that take instructions are told what chat models are told; the
 * others caption, or go on with a text that has begun.
 * @throws SimvlmError `no-image`, `several-pictures`, `takes-no-question` for what the model cannot be asked,
 *   `ignored-setting`, `bad-decoding-options`
 */
export function createTransformersPredictor(
  model: TransformersModel,
  task: Task,
  data: TaskData,
  { settings, decoding: asked = {}, batchSize = 1, seed = 1, onUnturned }: TransformersPredictorOptions,
): Predictor {
  requireOnePicture(model, task, data, settings);
  const mayBegin = (task.options ?? []).includes("prompt");
  if (model.kind === "image-to-text" && !mayBegin) {
    throw new SimvlmError(
      "takes-no-question",
      `${model.source} says what is in a picture and takes no question, which ${task.name} asks.`,
    );
  }
  const usualLength = (mayBegin ? model.usualLength : undefined) ?? task.maxLength;
  const decoding = resolveLibraryDecoding(asked, model.own, usualLength);
  const random = createRandom(seed).fork("answer");
  const show = createPictureLoader<LibraryPicture>((files) => model.pixels.load(files));

  const answer = async (example: TaskExample, picture: LibraryPicture | undefined): Promise<Outcome> => {
    const { id } = example;
    if (!picture) return { id, error: "it has no picture" };
    if (!picture.ok) return { id, error: picture.error.message };
    try {
      const asked = textFor(model, task, settings, example);
      const { text } = await model.say(picture.image, asked, decoding, random.fork(id).integer(SEEDS));
      return { id, ...readAnswer(task, data, text) };
    } catch (error) {
      if (error instanceof SimvlmError) return { id, error: error.message };
      throw error;
    }
  };

  return {
    description: { ...model.description, instruction: textFor(model, task, settings, likeAll(data, settings)) },
    decoding,
    readsPictures: true,
    batchSize,
    async predict(examples, next) {
      const { pictures, fresh } = await show(examples, next);
      onUnturned?.(countUnturned(fresh));
      const outcomes: Outcome[] = [];
      for (const example of examples) outcomes.push(await answer(example, pictures.get(example.images[0] ?? "")));
      return outcomes;
    },
  };
}

/** What stands for every example in a manifest. */
function likeAll({ examples }: TaskData, { prompt }: TaskSettings): Pick<TaskExample, "prefix" | "statement"> {
  const isAsked = examples.some(({ prefix }) => prefix !== undefined);
  const isStated = examples.some(({ statement }) => statement !== undefined);
  return { ...(isAsked && { prefix: prompt ?? "{prefix}" }), ...(isStated && { statement: "{statement}" }) };
}

function requireOnePicture(
  { source }: TransformersModel,
  { name }: Task,
  { examples }: TaskData,
  { modality }: TaskSettings,
): void {
  if (!showsImage(modality)) {
    throw new SimvlmError("no-image", `${source} says nothing without a picture, and ${name} shows it none here.`);
  }
  const several = examples.find(({ images }) => images.length > 1);
  if (!several) return;
  const count = several.images.length;
  throw new SimvlmError(
    "several-pictures",
    `${name} shows ${count} pictures at once, and ${source} is shown only one.`,
  );
}
