import { SimvlmError } from "@simvlm/metrics";
import type { OpenedModel } from "../checkpoints/open.js";
import type { CompileOptions } from "../engine/compile.js";
import { decodeImage, type ImageSource, type RgbImage } from "../images/decode.js";
import { type NativeWeights, toNatives } from "../layers/native.js";
import { initializeWeights } from "../models/simvlm/initialize.js";
import { createRandom } from "../random.js";
import type { WordSpan } from "../text/words.js";
import { captionPicture, type PictureCaption, type PictureCaptionOptions } from "./caption.js";
import { multiplyByGradient } from "./gradient.js";
import { shrinkPicture } from "./panel.js";
import { type AttentionRecord, recordAttention } from "./record.js";
import { recordSelfAttention, rollOutTokens } from "./rollout.js";

export interface ExploreOptions extends PictureCaptionOptions {
  /** What the model is called. Default: where it comes from. */
  readonly label?: string;
  /** What is computed besides the attention itself. Default: both. */
  readonly methods?: readonly Method[];
  /** Seed of the control's random weights, or false for no control. Default 1. */
  readonly control?: number | false;
}

/** `gradient`: gradient × attention, see `multiplyByGradient`; `rollout`: see `rollOutTokens`. */
export type Method = "gradient" | "rollout";

/** Where one set of weights looked for each token of a text, told in several ways. */
export interface Looks {
  readonly attention: AttentionRecord;
  readonly gradient?: AttentionRecord;
  readonly rollout?: AttentionRecord;
}

/** One picture, one text, and where a model looked for each word: what the explorer shows. */
export interface Exploration extends Looks {
  /** The model, for a person to read. */
  readonly source: string;
  readonly trained: boolean;
  readonly caption: string;
  /** Natural log-probability of the caption; none for one that was given. */
  readonly logProbability?: number;
  /** Empty for none. */
  readonly prompt: string;
  /** The caption's, as positions in its tokens. */
  readonly words: readonly WordSpan[];
  /** At most 448 pixels a side. */
  readonly picture: RgbImage;
  /** Pixels a side of what the model sees. */
  readonly imageSize: number;
  /** The same text through a model of this size that has learned nothing: what of the maps is not learned. */
  readonly control?: Looks & { readonly seed: number };
}

const DEFAULTS = { methods: ["gradient", "rollout"], control: 1 } as const satisfies ExploreOptions;
const MOST_PIXELS = 448;

/**
 * Captions a picture, or takes the caption that is given, and records where the model looked for each word.
 * @throws SimvlmError `no-image`, `several-images`, `no-caption`, and what opening the picture and captioning throw
 */
export async function explore(
  model: OpenedModel,
  picture: ImageSource,
  options: ExploreOptions = {},
): Promise<Exploration> {
  checkPicture(picture);
  const { methods, control, provider } = { ...DEFAULTS, ...options };
  const caption = await captionPicture(model, picture, options);
  const look = (weights: NativeWeights) => lookAt(weights, model, caption, methods, { ...(provider && { provider }) });
  const { config, trained } = model;
  return {
    ...(await look(toNatives(model.weights))),
    source: options.label ?? model.source,
    trained,
    caption: caption.text,
    ...(caption.logProbability !== undefined && { logProbability: caption.logProbability }),
    prompt: caption.prompt,
    words: model.tokenizer.words(caption.tokens),
    picture: await shrink(await decodeImage(picture)),
    imageSize: config.imageSize,
    ...(control !== false && {
      control: { ...(await look(toNatives(initializeWeights(config, createRandom(control))))), seed: control },
    }),
  };
}

/** What a notebook's cell may pass whatever the types say. */
function checkPicture(picture: unknown): void {
  if (picture === undefined || picture === null) {
    throw new SimvlmError("no-image", "There is no picture: attention is shown on one. Give a file or its bytes.");
  }
  if (Array.isArray(picture)) {
    throw new SimvlmError(
      "several-images",
      `There are ${picture.length} pictures; attention is shown on one. Explore each by itself.`,
    );
  }
}

async function lookAt(
  weights: NativeWeights,
  { config }: OpenedModel,
  { prefix, suffix, tokens }: PictureCaption,
  methods: readonly Method[],
  options: Pick<CompileOptions, "provider">,
): Promise<Looks> {
  const attention = await recordAttention(weights, config, prefix, suffix, tokens.length, options);
  return {
    attention,
    ...(methods.includes("gradient") && {
      gradient: await multiplyByGradient(attention, weights, config, prefix, suffix, options),
    }),
    ...(methods.includes("rollout") && {
      rollout: rollOutTokens(attention, await recordSelfAttention(weights, config, prefix, suffix, options)),
    }),
  };
}

async function shrink(picture: RgbImage): Promise<RgbImage> {
  const { width, height } = picture;
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return scale < 1 ? shrinkPicture(picture, side(width), side(height)) : picture;
}
