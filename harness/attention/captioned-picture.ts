import { SimvlmError } from "@simvlm/metrics";
import type { ImageSource } from "../images/image-source.js";
import { loadImage } from "../images/load-image.js";
import type { SaidText } from "../models/attention-maps.js";
import { type CaptionerOptions, createCaptioner } from "../models/captioner.js";
import { usualPrompt, type VisionLanguageModel } from "../models/vision-language-model.js";

/** How a picture is captioned, or which caption it is given. */
export interface PictureCaptionOptions extends CaptionerOptions {
  /** Left out, the model's own. */
  readonly caption?: string | undefined;
}

/** A picture's caption, and what the model is asked to say where it looked for it. */
export interface PictureCaption extends SaidText {
  readonly text: string;
  /** Natural log-probability; none for a caption that was given. */
  readonly logProbability?: number;
  readonly prompt: string;
  /** Present where the file says that the picture is to be turned, which was not done. */
  readonly unturned?: true;
}

/**
 * Captions a picture, or puts the caption that is given in the place of the model's own.
 * @throws SimvlmError `no-caption` for one without a token, and as `loadImage` and captioning
 */
export async function captionPicture(
  model: VisionLanguageModel,
  picture: ImageSource,
  options: PictureCaptionOptions = {},
): Promise<PictureCaption> {
  return createPictureCaptioner(model, options)(picture);
}

/** {@link captionPicture} of one picture after another, with graphs that are compiled once. */
export function createPictureCaptioner(
  model: VisionLanguageModel,
  { caption, ...options }: PictureCaptionOptions = {},
): (picture: ImageSource) => Promise<PictureCaption> {
  const { tokenizer } = model;
  const { prompt = usualPrompt(model) } = options;
  const given = caption === undefined ? undefined : tokenizer.encode(caption);
  if (given?.length === 0) throw new SimvlmError("no-caption", "The caption is empty: there is no word to look at.");
  const captioner = createCaptioner(model, options);
  return async (picture) => {
    const { data, unturned } = await loadImage(picture, captioner.preparation);
    const own = given ? undefined : (await captioner.caption([data]))[0]!;
    const tokens = given ?? own!.generation.tokens;
    return {
      text: tokenizer.decode(tokens),
      tokens,
      ...(own && { logProbability: own.logProbability }),
      prompt,
      example: captioner.exampleOf(data),
      ...(unturned && { unturned }),
    };
  };
}
