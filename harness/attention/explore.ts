import { SimvlmError } from "@simvlm/metrics";
import type { ImageSource } from "../images/image-source.js";
import type { RgbImage } from "../images/rgb-image.js";
import { showImage } from "../images/show-image.js";
import type { AttentionMaps } from "../models/attention-maps.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { createRandom } from "../random.js";
import type { WordSpan } from "../text/word-spans.js";
import { captionPicture, type PictureCaptionOptions } from "./captioned-picture.js";
import { type Looks, lookAt, type Method } from "./looks.js";
import { shrinkPicture } from "./panel.js";

/** What is explored, and how. */
export interface ExploreOptions extends PictureCaptionOptions {
  /** What the model is called. Default: where it comes from. */
  readonly label?: string;
  /** What is computed besides the attention itself, as far as the model's family tells. Default: `gradient`, `rollout`. */
  readonly methods?: readonly Method[];
  /** Seed of the control's random weights, or false for no control; a model that nobody trains from scratch has none. Default 1. */
  readonly control?: number | false;
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
  /** What the model sees of it, see `showImage`; at most 448 pixels a side. */
  readonly picture: RgbImage;
  /** Pixels a side of what the model sees. */
  readonly imageSize: number;
  /** Present where the file says that the picture is to be turned, which was not done (`preprocessing: "reference"`). */
  readonly unturned?: true;
  /** The same text through a model of this size that has learned nothing: what of the maps is not learned. */
  readonly control?: Looks & { readonly seed: number };
}

const DEFAULTS = { methods: ["gradient", "rollout"], control: 1 } as const satisfies ExploreOptions;
const MOST_PIXELS = 448;

/**
 * Captions a picture, or takes the caption that is given, and records where the model looked for each word.
 * @throws SimvlmError `no-attention` for a model that does not tell, `no-image`, `several-images`, `no-caption`, and what
 *   opening the picture and captioning throw
 */
export async function explore(
  model: VisionLanguageModel,
  picture: ImageSource,
  options: ExploreOptions = {},
): Promise<Exploration> {
  checkPicture(picture);
  const maps = requireAttention(model);
  const { methods, control: seed, provider } = { ...DEFAULTS, ...options };
  const caption = await captionPicture(model, picture, options);
  const look = (from: AttentionMaps) => lookAt(from, caption, methods, { ...(provider && { provider }) });
  const { trained, preparation } = model;
  const control = seed === false ? undefined : randomized(model, seed)?.attention;
  return {
    ...(await look(maps)),
    source: options.label ?? model.source,
    trained,
    caption: caption.text,
    ...(caption.logProbability !== undefined && { logProbability: caption.logProbability }),
    prompt: caption.prompt,
    words: model.tokenizer.words(caption.tokens),
    picture: await shrink(await showImage(picture, preparation)),
    imageSize: preparation.framing.size,
    ...(caption.unturned && { unturned: caption.unturned }),
    ...(seed !== false && control && { control: { ...(await look(control)), seed } }),
  };
}

/** @throws SimvlmError `no-attention` */
export function requireAttention({ attention, source }: VisionLanguageModel): AttentionMaps {
  if (attention) return attention;
  throw new SimvlmError(
    "no-attention",
    `${source} does not show where it looks, because its family has no attention maps.`,
  );
}

/** A model of the same size that has learned nothing. */
function randomized({ trainable }: VisionLanguageModel, seed: number): VisionLanguageModel | undefined {
  const weights = trainable?.initializeWeights?.(createRandom(seed));
  return weights && trainable?.withWeights(weights);
}

/** What a notebook's cell may pass whatever the types say. */
function checkPicture(picture: unknown): void {
  if (picture === undefined || picture === null) {
    throw new SimvlmError("no-image", "There is no picture to show attention on. Give a file or its bytes.");
  }
  if (Array.isArray(picture)) {
    throw new SimvlmError(
      "several-images",
      `There are ${picture.length} pictures, but attention is shown on one. Explore each by itself.`,
    );
  }
}

async function shrink(picture: RgbImage): Promise<RgbImage> {
  const { width, height } = picture;
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return scale < 1 ? shrinkPicture(picture, side(width), side(height)) : picture;
}
