import type * as tf from "@tensorflow/tfjs-core";
import type { LayerKeyValues } from "../../layers/key-values.js";
import type { RowCache } from "../../layers/row-cache.js";
import type { Hooks } from "../../layers/transformer.js";
import type { ParameterShapes, Weights } from "../../layers/weights.js";

/** A question beside a picture, `[batch, length]` each: ids int32, and 1 where there is one. */
export type Question = { readonly tokens: tf.Tensor; readonly mask: tf.Tensor };

/** What the decoder reads: keys and values by layer, and, of questions, a mask `[batch, 1, 1, keys]` of padding. */
export type Memory = { readonly layers: LayerKeyValues; readonly mask?: tf.Tensor | undefined };

/** What is kept of a picture: what the decoder reads, or, where a question comes between, the picture's states. */
export type Seen = { readonly layers?: LayerKeyValues | undefined; readonly states?: tf.Tensor | undefined };

/** A picture and a text that is given whole, as training and attention maps take them. */
export type GivenText = {
  /** `[batch, side, side, 3]`, or one for all texts. */
  readonly images: tf.Tensor;
  /** `[batch, length]` int32, the start token first. */
  readonly tokens: tf.Tensor;
  readonly question?: Question | undefined;
};

/** One step of decoding: `[rows]` int32 ids, and a scalar int32, how many tokens came before them. */
export type StepTokens = { readonly tokens: tf.Tensor; readonly position: tf.Tensor };

/** A map of attention by the names under which a pass gives it to its hooks. */
export interface MapNames {
  /** Of each decoder layer: where a text token looks. */
  readonly decoder: readonly string[];
  /** Of each layer of the question's encoder: where a word of the question looks on the picture. */
  readonly question?: readonly string[] | undefined;
  /** Of each layer in which the picture's tokens look at each other, from the first; in one stack with the text, that stack. */
  readonly picture: readonly string[];
}

/**
 * A captioner as pure functions of weights and inputs: what GIT, BLIP and ViT-GPT2 differ in. Weights have the names and
 * shapes of the published checkpoints.
 */
export interface CaptionNetwork {
  /** Of the weights in the file. */
  readonly shapes: ParameterShapes;
  /**
   * Weights that are the same as others of {@link shapes}, by name. ONNX Runtime lays out a copy of what it multiplies by
   * and lets go of the weight itself; under one name with the word embedding, which is looked up in, both would be kept.
   */
  readonly tied?: Readonly<Record<string, string>> | undefined;
  readonly imageSize: number;
  /** Patches a side; keys of a picture are a class token, then the patches row by row. */
  readonly grid: number;
  readonly vocabularySize: number;
  /** Places of a text, start and prompt included. */
  readonly places: number;
  /** Width of the decoder's states. */
  readonly width: number;
  readonly heads: number;
  /** The decoder's layers by name. */
  readonly layers: readonly string[];
  readonly maps: MapNames;
  /** All that does not depend on the text, for one picture or several. */
  see(weights: Weights, images: tf.Tensor): Seen;
  /** What the decoder reads where a question is asked; absent where none is. */
  ask?(weights: Weights, seen: Seen, question: Question): LayerKeyValues;
  /** One more token of each row; rows are the beams of the first example, then those of the second. @returns `[rows, width]` */
  step(weights: Weights, memory: Memory, cache: RowCache, step: StepTokens): tf.Tensor;
  /**
   * Of a decoder whose own layers the picture's tokens go through: they do in the place of a step's, so that the layers'
   * weights are in memory once, for pictures and for words.
   */
  readonly along?: PictureAlong;
  /** From states `[..., width]` to `[..., vocabulary]`. */
  logits(weights: Weights, states: tf.Tensor): tf.Tensor;
  /** The whole text at once. @returns `[batch, length, width]`, what logits are read from */
  forward(weights: Weights, given: GivenText, hooks: Hooks): tf.Tensor;
}

/** A picture that takes the place of a step's tokens, or none. */
export interface GivenPicture {
  /** A scalar, 1 where there is one. */
  readonly isPicture: tf.Tensor;
  /** `[tokens, width]`; no tokens where there is none. */
  readonly picture: tf.Tensor;
}

/** How a picture's tokens go through the layers in the place of a step's. */
export interface PictureAlong {
  /** What goes before the decoder's layers. @param images of one picture @returns `[tokens, width]` */
  look(weights: Weights, images: tf.Tensor): tf.Tensor;
  /**
   * @returns `states` `[rows, width]` of a step, or the keys and values of a picture in each layer
   */
  step(
    weights: Weights,
    memory: Memory,
    cache: RowCache,
    step: StepTokens,
    picture: GivenPicture,
  ): { readonly states: tf.Tensor; readonly layers: LayerKeyValues };
}

/** Whether picture and text are one sequence. */
export function isOneSequence({ maps }: CaptionNetwork): boolean {
  return maps.picture[0] === maps.decoder[0];
}

/** Hooks of a pass that keeps all, by name. */
export function keepAll(): Hooks & { readonly kept: Readonly<Record<string, tf.Tensor>> } {
  const kept: Record<string, tf.Tensor> = {};
  return {
    kept,
    keep: (name, tensor) => {
      kept[name] = tensor;
    },
  };
}

/** Hooks of a pass that keeps nothing. */
export const NO_HOOKS: Hooks = { keep: () => {} };
