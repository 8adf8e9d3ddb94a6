import { SimvlmError } from "@simvlm/metrics";
import type { OpenedModel } from "../checkpoints/open.js";
import type { HostPrefix } from "../decoding/decoder.js";
import type { ImageSource } from "../images/decode.js";
import { loadImage } from "../images/load.js";
import type { HostTensor } from "../layers/weights.js";
import { type CaptionerOptions, createCaptioner } from "../models/captioner.js";
import { requirePositions } from "../models/simvlm/embed.js";
import { CAPTION_PROMPTS } from "../tasks/caption-task.js";

export interface PictureCaptionOptions extends CaptionerOptions {
  /** Left out, the model's own. */
  readonly caption?: string | undefined;
}

/** A picture's caption, and what goes into the model to ask where it looked for it. */
export interface PictureCaption {
  readonly text: string;
  readonly tokens: readonly number[];
  /** Natural log-probability; none for a caption that was given. */
  readonly logProbability?: number;
  readonly prompt: string;
  readonly prefix: HostPrefix;
  /** `[1, 1 + tokens]`, the start token first. */
  readonly suffix: HostTensor<Int32Array>;
}

/**
 * Captions a picture, or puts the caption that is given in the place of the model's own.
 * @throws SimvlmError `no-caption` for one without a token, `text-too-long`, and as `loadImage` and captioning
 */
export async function captionPicture(
  model: OpenedModel,
  picture: ImageSource,
  { caption, ...options }: PictureCaptionOptions = {},
): Promise<PictureCaption> {
  const { tokenizer, config } = model;
  const { prompt = CAPTION_PROMPTS.en } = options;
  const given = caption === undefined ? undefined : tokenizer.encode(caption);
  if (given?.length === 0) throw new SimvlmError("no-caption", "The caption is empty: there is no word to look at.");
  const captioner = createCaptioner(model, options);
  if (given) {
    const before = config.layout === "decoder-only" ? captioner.promptTokens : 0;
    requirePositions(before + given.length + 1, config);
  }
  const { data } = await loadImage(picture, { framing: captioner.framing });
  const own = given ? undefined : (await captioner.caption([data]))[0]!;
  const tokens = given ?? own!.generation.tokens;
  return {
    text: tokenizer.decode(tokens),
    tokens,
    ...(own && { logProbability: own.logProbability }),
    prompt,
    prefix: captioner.prefixOf([data]),
    suffix: { shape: [1, tokens.length + 1], data: Int32Array.of(tokenizer.startId, ...tokens) },
  };
}
