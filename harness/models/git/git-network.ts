import * as tf from "@tensorflow/tfjs-core";
import { choose } from "../../engine/choose.js";
import { dense, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import { fromSequence, type LayerKeyValues } from "../../layers/key-values.js";
import { noMask, prefixMask } from "../../layers/masks.js";
import { fromPrefixAndRowCache, fromStepOrPicture, type StepOrPicture } from "../../layers/row-cache.js";
import { type Hooks, perturb, runLayers } from "../../layers/transformer.js";
import type { ParameterShapes, Weights } from "../../layers/weights.js";
import { bertEmbeddingShapes, bertLayerShapes, bertLayers, embedBertText } from "../published/bert.js";
import { type CaptionNetwork, type GivenText, NO_HOOKS } from "../published/caption-network.js";
import { clipVisionShapes, runClipVision } from "../published/clip-vision.js";
import { gridOf } from "../published/stack-config.js";
import type { GitConfig } from "./git-config.js";
import { WORDS_NOISE } from "./git-noise.js";

const VISION = "git.image_encoder.vision_model";
const PROJECTION = "git.visual_projection.visual_projection";
const EMBEDDINGS = "git.embeddings";
/** The word embedding, `[vocabulary, width]`. */
export const WORDS = `${EMBEDDINGS}.word_embeddings.weight`;
const LAYERS = "git.encoder.layer";

/**
 * GIT (Wang et al. 2022): one stack of layers over the picture's tokens and the text. The picture's tokens see each
 * other and no text, so their keys and values are the same whatever is said; a word sees the picture and the words
 * before it. Text positions count from 0 behind the picture.
 */
export function createGitNetwork(config: GitConfig): CaptionNetwork {
  const { text, vision } = config;
  const layersOf = (weights: Weights) => bertLayers(weights, LAYERS, "text", text);
  const embed = (tokens: tf.Tensor, weights: Weights, start?: tf.Tensor): tf.Tensor =>
    embedBertText(tokens, weights, EMBEDDINGS, text, start);
  const grid = gridOf(vision);
  const attentions = Array.from({ length: text.layers }, (_, index) => `text.${index}.attention`);
  return {
    shapes: shapesOf(config),
    tied: config.tied ? { "output.weight": WORDS } : {},
    imageSize: vision.imageSize,
    grid,
    vocabularySize: text.vocabularySize,
    places: text.positions,
    width: text.width,
    heads: text.heads,
    layers: Array.from({ length: text.layers }, (_, index) => `text.${index}`),
    maps: { decoder: attentions, picture: attentions },
    see(weights, images) {
      const picture = seePicture(images, weights, config, NO_HOOKS); // [batch, tokens, width]
      const layers: LayerKeyValues = {};
      runLayers(picture, layersOf(weights), { self: fromSequence(noMask, layers) }, NO_HOOKS);
      return { layers };
    },
    step(weights, memory, cache, { tokens, position }) {
      const rows = tokens.shape[0]!;
      const words = embed(tf.reshape(tokens, [rows, 1]), weights, position); // [rows, 1, width]
      const self = fromPrefixAndRowCache(memory.layers, memory.mask ?? noMask(), cache);
      return runLayers(tf.reshape(words, [rows, text.width]), layersOf(weights), { self }, NO_HOOKS); // [rows, width]
    },
    along: {
      look: (weights, images) => tf.reshape(seePicture(images, weights, config, NO_HOOKS), [grid ** 2 + 1, text.width]), // [1 + grid², width]
      step(weights, memory, cache, { tokens, position }, { isPicture, picture }) {
        const rows = tokens.shape[0]!;
        const remembered: LayerKeyValues = {};
        const said = fromPrefixAndRowCache(memory.layers, memory.mask ?? noMask(), cache);
        const choice: StepOrPicture = { isPicture, rows, text: said, remembered, cache };
        const words = () => tf.reshape(embed(tf.reshape(tokens, [rows, 1]), weights, position), [rows, text.width]); // [rows, width]
        const [first] = choose(
          isPicture,
          () => [picture],
          () => [words()],
        ); // [tokens, width]
        const layers = layersOf(weights);
        const x = runLayers(first!, layers.slice(0, -1), { self: fromStepOrPicture(choice) }, NO_HOOKS); // [tokens, width]
        // Of a picture's tokens the last layer's keys and values are asked for, and nothing after them.
        const [asked] = choose(
          isPicture,
          () => [tf.slice(x, [0, 0], [0, text.width])],
          () => [x],
        ); // [asked, width]
        const states = runLayers(asked!, layers.slice(-1), { self: fromStepOrPicture(choice, x) }, NO_HOOKS); // [asked, width]
        return { states, layers: remembered };
      },
    },
    logits: (weights, states) => dense(states, weights, "output"), // [..., vocabulary]
    forward(weights, { images, tokens }: GivenText, hooks) {
      const [batch, length] = tokens.shape as [number, number];
      const picture = seePicture(images, weights, config, hooks); // [batch, 1 + grid², width]
      const words = embed(tokens, weights); // [batch, length, width]
      hooks.keep("text.embeddings", words);
      const shared = picture.shape[0] === batch ? picture : tf.tile(picture, [batch, 1, 1]); // [batch, 1 + grid², width]
      const sequence = tf.concat([shared, perturb(words, hooks.noise?.[WORDS_NOISE])], 1); // [batch, 1 + grid² + length, width]
      hooks.keep("text.input", sequence);
      const mask = prefixMask(picture.shape[1]!, length); // [1, 1, 1 + grid² + length, 1 + grid² + length]
      const x = runLayers(sequence, layersOf(weights), { self: fromSequence(() => mask) }, hooks); // [batch, 1 + grid² + length, width]
      return tf.slice(x, [0, picture.shape[1]!, 0], [batch, length, text.width]); // [batch, length, width]
    },
  };
}

/** The picture's tokens as the text's layers take them: `[batch, 1 + grid², width]`. */
function seePicture(images: tf.Tensor, weights: Weights, { vision }: GitConfig, hooks: Hooks): tf.Tensor {
  const x = runClipVision(images, weights, VISION, vision, hooks); // [batch, 1 + grid², visionWidth]
  const states = normAt(weights, `${VISION}.post_layernorm`, vision.epsilon)(x); // [batch, 1 + grid², visionWidth]
  hooks.keep("vision.last", states);
  const narrowed = dense(states, weights, `${PROJECTION}.0`); // [batch, 1 + grid², width]
  const projected = normAt(weights, `${PROJECTION}.1`, vision.epsilon)(narrowed); // [batch, 1 + grid², width]
  hooks.keep("visual_projection", projected);
  return projected;
}

function shapesOf({ text, vision, tied }: GitConfig): ParameterShapes {
  return {
    ...clipVisionShapes(VISION, vision),
    ...denseShapes(`${PROJECTION}.0`, vision.width, text.width),
    ...normShapes(`${PROJECTION}.1`, text.width),
    ...bertEmbeddingShapes(EMBEDDINGS, text),
    ...bertLayerShapes(LAYERS, text),
    ...(!tied && { "output.weight": [text.vocabularySize, text.width] }),
    "output.bias": [text.vocabularySize],
  };
}
