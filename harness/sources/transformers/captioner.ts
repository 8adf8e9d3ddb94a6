import type { DecodingSettings } from "../../decoding/settings.js";
import { createRandom } from "../../random.js";
import { captionTask } from "../../tasks/caption-task.js";
import { completeSettings } from "../../tasks/task.js";
import { resolveLibraryDecoding } from "./generation.js";
import { SEEDS } from "./library.js";
import type { Said, TransformersModel } from "./model.js";
import type { ReadyPicture } from "./pixels.js";
import { textFor } from "./texts.js";

/** How pictures are captioned. */
export interface TransformersCaptionerOptions {
  /** Default what the model is usually asked with, in English. */
  readonly prompt?: string | undefined;
  readonly decoding?: Partial<DecodingSettings>;
  /** Of sampling. Default 1. */
  readonly seed?: number;
}

/**
 * Captions pictures with a model that the library runs; `key` tells a picture from the others of a series.
 * @throws SimvlmError `ignored-setting`, `bad-decoding-options`; when it captions what `TransformersModel.say` throws
 */
export function createTransformersCaptioner(
  model: TransformersModel,
  { prompt, decoding = {}, seed = 1 }: TransformersCaptionerOptions = {},
): (image: ReadyPicture, key: string | number) => Promise<Said> {
  const how = resolveLibraryDecoding(decoding, model.own, model.usualLength ?? captionTask.maxLength);
  const settings = completeSettings(captionTask, { prompt });
  const text = textFor(model, captionTask, settings, prompt === undefined ? {} : { prefix: prompt });
  const random = createRandom(seed).fork("caption");
  return (image, key) => model.say(image, text, how, random.fork(key).integer(SEEDS));
}
