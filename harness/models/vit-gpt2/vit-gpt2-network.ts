import * as tf from "@tensorflow/tfjs-core";
import { projectKeyValues } from "../../layers/attention.js";
import { dense, denseShapes } from "../../layers/dense.js";
import { fromMemory, fromSequence } from "../../layers/key-values.js";
import { causalMask, noMask } from "../../layers/masks.js";
import { fromRowCache, rowsFromKeyValues } from "../../layers/row-cache.js";
import { type Hooks, runLayers } from "../../layers/transformer.js";
import type { Weights } from "../../layers/weights.js";
import { type CaptionNetwork, type GivenText, NO_HOOKS } from "../published/caption-network.js";
import { gridOf } from "../published/stack-config.js";
import { embedGpt2Text, finishGpt2, gpt2Layers, gpt2Shapes, readGpt2Logits, tiedGpt2Weights } from "./gpt2.js";
import { seeVitPicture, vitShapes } from "./vit.js";
import type { VitGpt2Config } from "./vit-gpt2-config.js";

const PROJECTION = "enc_to_dec_proj";

/** ViT-GPT2: a ViT whose states a GPT-2 reads by cross-attention, through a projection where their widths differ. */
export function createVitGpt2Network(config: VitGpt2Config): CaptionNetwork {
  const { text, vision } = config;
  const names = (part: string) => Array.from({ length: text.layers }, (_, index) => `decoder.${index}${part}`);
  const projected = vision.width !== text.width;
  const look = (images: tf.Tensor, weights: Weights, hooks: Hooks): tf.Tensor => {
    const states = seeVitPicture(images, weights, vision, hooks); // [batch, 1 + grid², visionWidth]
    if (!projected) return states; // [batch, 1 + grid², width]
    const memory = dense(states, weights, PROJECTION); // [batch, 1 + grid², width]
    hooks.keep(PROJECTION, memory);
    return memory;
  };
  return {
    shapes: {
      ...vitShapes(vision, config.visionBias),
      ...(projected && denseShapes(PROJECTION, vision.width, text.width)),
      ...gpt2Shapes(text),
    },
    tied: tiedGpt2Weights(text),
    imageSize: vision.imageSize,
    grid: gridOf(vision),
    vocabularySize: text.vocabularySize,
    places: text.positions,
    width: text.width,
    heads: text.heads,
    layers: names(""),
    maps: {
      decoder: names(".cross"),
      picture: Array.from({ length: vision.layers }, (_, index) => `vision.${index}.attention`),
    },
    see(weights, images) {
      const memory = look(images, weights, NO_HOOKS); // [batch, 1 + grid², width]
      const known = gpt2Layers(weights, text).map(
        ({ name, cross }) => [name, projectKeyValues(memory, cross!)] as const,
      );
      return { layers: Object.fromEntries(known) };
    },
    step(weights, memory, cache, { tokens, position }) {
      const rows = tokens.shape[0]!;
      const words = embedGpt2Text(tf.reshape(tokens, [rows, 1]), weights, position); // [rows, 1, width]
      const sources = { self: fromRowCache(cache), cross: rowsFromKeyValues(memory.layers, memory.mask ?? noMask()) };
      const x = runLayers(tf.reshape(words, [rows, text.width]), gpt2Layers(weights, text), sources, NO_HOOKS); // [rows, width]
      return finishGpt2(weights, x, text); // [rows, width]
    },
    logits: (weights, states) => readGpt2Logits(weights, states), // [..., vocabulary]
    forward(weights, { images, tokens }: GivenText, hooks) {
      const memory = look(images, weights, hooks); // [batch, 1 + grid², width]
      const words = embedGpt2Text(tokens, weights); // [batch, length, width]
      hooks.keep("decoder.input", words);
      const mask = causalMask(tokens.shape[1]!); // [1, 1, length, length]
      const sources = { self: fromSequence(() => mask), cross: fromMemory(memory, noMask()) };
      const x = runLayers(words, gpt2Layers(weights, text), sources, hooks); // [batch, length, width]
      const states = finishGpt2(weights, x, text); // [batch, length, width]
      hooks.keep("decoder.last", states);
      return states;
    },
  };
}
