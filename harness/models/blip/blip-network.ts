import * as tf from "@tensorflow/tfjs-core";
import { activationOf } from "../../layers/activations.js";
import { projectKeyValues } from "../../layers/attention.js";
import { dense, denseBy, denseShapes, normAt, normShapes } from "../../layers/dense.js";
import { fromMemory, fromSequence, type LayerKeyValues } from "../../layers/key-values.js";
import { causalMask, maskKeys, noMask } from "../../layers/masks.js";
import { fromRowCache, rowsFromKeyValues } from "../../layers/row-cache.js";
import { type Hooks, runLayers } from "../../layers/transformer.js";
import { type ParameterShapes, under, type Weights } from "../../layers/weights.js";
import { bertEmbeddingShapes, bertLayerShapes, bertLayers, embedBertText } from "../published/bert.js";
import { type CaptionNetwork, type GivenText, NO_HOOKS, type Question } from "../published/caption-network.js";
import { gridOf } from "../published/stack-config.js";
import type { BlipConfig } from "./blip-config.js";
import { blipVisionShapes, seeBlipPicture } from "./blip-vision.js";

const DECODER = "text_decoder.bert";
const HEAD = "text_decoder.cls.predictions";
const QUESTION = "text_encoder";

/**
 * BLIP (Li et al. 2022): a picture's encoder and a text decoder with cross-attention. To answer questions, an encoder of
 * the question looks at the picture, and the decoder at the question's states: no word of an answer sees the picture
 * itself.
 */
export function createBlipNetwork(config: BlipConfig): CaptionNetwork {
  const { kind, text, vision } = config;
  const names = (stack: string, part: string) =>
    Array.from({ length: text.layers }, (_, index) => `${stack}.${index}${part}`);
  const decoderOf = (weights: Weights) => bertLayers(weights, `${DECODER}.encoder.layer`, "decoder", text);
  const embed = (tokens: tf.Tensor, weights: Weights, start?: tf.Tensor): tf.Tensor =>
    embedBertText(tokens, weights, `${DECODER}.embeddings`, text, start);
  const remember = (weights: Weights, states: tf.Tensor): LayerKeyValues =>
    Object.fromEntries(decoderOf(weights).map(({ name, cross }) => [name, projectKeyValues(states, cross!)]));
  return {
    shapes: shapesOf(config),
    tied: config.tied
      ? {
          [`${HEAD}.decoder.weight`]: `${DECODER}.embeddings.word_embeddings.weight`,
          [`${HEAD}.decoder.bias`]: `${HEAD}.bias`,
        }
      : {},
    imageSize: vision.imageSize,
    grid: gridOf(vision),
    vocabularySize: text.vocabularySize,
    places: text.positions,
    width: text.width,
    heads: text.heads,
    layers: names("decoder", ""),
    maps: {
      decoder: names("decoder", ".cross"),
      picture: Array.from({ length: vision.layers }, (_, index) => `vision.${index}.attention`),
      ...(kind === "vqa" && { question: names("question", ".cross") }),
    },
    see(weights, images) {
      const states = seeBlipPicture(images, weights, vision, NO_HOOKS); // [batch, 1 + grid², visionWidth]
      return kind === "vqa" ? { states } : { layers: remember(weights, states) };
    },
    ...(kind === "vqa" && {
      ask: (weights, { states }, question) =>
        remember(weights, encodeQuestion(question, states!, weights, config, NO_HOOKS)),
    }),
    step(weights, memory, cache, { tokens, position }) {
      const rows = tokens.shape[0]!;
      const words = embed(tf.reshape(tokens, [rows, 1]), weights, position); // [rows, 1, width]
      const sources = { self: fromRowCache(cache), cross: rowsFromKeyValues(memory.layers, memory.mask ?? noMask()) };
      return runLayers(tf.reshape(words, [rows, text.width]), decoderOf(weights), sources, NO_HOOKS); // [rows, width]
    },
    logits: (weights, states) => readLogits(weights, states, config),
    forward(weights, { images, tokens, question }: GivenText, hooks) {
      const picture = seeBlipPicture(images, weights, vision, hooks); // [batch, 1 + grid², visionWidth]
      const memory = question ? encodeQuestion(question, picture, weights, config, hooks) : picture; // [batch, keys, memoryWidth]
      const hidden = question ? maskKeys(question.mask) : noMask(); // [batch, 1, 1, keys]
      const words = embed(tokens, weights); // [batch, length, width]
      hooks.keep("decoder.input", words);
      const mask = causalMask(tokens.shape[1]!); // [1, 1, length, length]
      const sources = { self: fromSequence(() => mask), cross: fromMemory(memory, hidden) };
      const states = runLayers(words, decoderOf(weights), sources, hooks); // [batch, length, width]
      hooks.keep("decoder.transform", transform(weights, states, config)); // [batch, length, width]
      return states;
    },
  };
}

/** A question's states, which have looked at the picture: `[batch, length, width]`. */
function encodeQuestion(
  { tokens, mask }: Question,
  picture: tf.Tensor,
  weights: Weights,
  { text }: BlipConfig,
  hooks: Hooks,
): tf.Tensor {
  const hidden = maskKeys(mask); // [batch, 1, 1, length]
  const words = embedBertText(tokens, weights, `${QUESTION}.embeddings`, text); // [batch, length, width]
  hooks.keep("question.input", words);
  const layers = bertLayers(weights, `${QUESTION}.encoder.layer`, "question", text);
  const sources = { self: fromSequence(() => hidden), cross: fromMemory(picture, noMask()) };
  return runLayers(words, layers, sources, hooks); // [batch, length, width]
}

/** What stands between the last layer and the vocabulary: `[..., width]`. */
function transform(weights: Weights, states: tf.Tensor, { text }: BlipConfig): tf.Tensor {
  const inner = activationOf(text.activation)(dense(states, weights, `${HEAD}.transform.dense`)); // [..., width]
  return normAt(weights, `${HEAD}.transform.LayerNorm`, text.epsilon)(inner); // [..., width]
}

/** The word embedding is the output layer too: `[..., vocabulary]`. */
function readLogits(weights: Weights, states: tf.Tensor, config: BlipConfig): tf.Tensor {
  const get = under(weights, HEAD);
  return denseBy(transform(weights, states, config), get("decoder.weight"), get("decoder.bias")); // [..., vocabulary]
}

function shapesOf({ kind, text, vision, tied }: BlipConfig): ParameterShapes {
  const stack = (prefix: string, memoryWidth: number): ParameterShapes => ({
    ...bertEmbeddingShapes(`${prefix}.embeddings`, text),
    ...bertLayerShapes(`${prefix}.encoder.layer`, { ...text, memoryWidth }),
  });
  return {
    ...blipVisionShapes(vision),
    ...(kind === "vqa" && stack(QUESTION, text.memoryWidth!)),
    ...stack(DECODER, text.memoryWidth!),
    ...denseShapes(`${HEAD}.transform.dense`, text.width, text.width),
    ...normShapes(`${HEAD}.transform.LayerNorm`, text.width),
    ...(tied
      ? { [`${HEAD}.bias`]: [text.vocabularySize] }
      : denseShapes(`${HEAD}.decoder`, text.width, text.vocabularySize)),
  };
}
