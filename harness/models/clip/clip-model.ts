import { join } from "node:path";
import type * as tf from "@tensorflow/tfjs-core";
import { FILES, readConfig } from "../../checkpoints/checkpoint.js";
import { openStoredWeights } from "../../checkpoints/open-stored-weights.js";
import { requireTensors } from "../../checkpoints/require-tensors.js";
import { requireFiniteLogits } from "../../decoding/finite-logits.js";
import { compile, NativeTensor } from "../../engine/index.js";
import type { Preparation } from "../../images/preparation.js";
import { readPreprocessor } from "../../images/preprocessor.js";
import type { Weights } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import { loadPretrainedTokenizer } from "../../text/pretrained-tokenizer.js";
import { NO_HOOKS } from "../published/caption-network.js";
import { roundPlaces } from "../round-places.js";
import type { Execution } from "../vision-language-model.js";
import { locateWeights } from "../weight-constants.js";
import { type ClipConfig, parseClipConfig } from "./clip-config.js";
import { clipShapes, endOf, projectImages, projectTexts } from "./clip-network.js";

/** Buffers in the file that nothing reads. */
const CLIP_IGNORED: readonly RegExp[] = [/\.position_ids$/];

/** A CLIP: pictures and texts as vectors of one space, whose cosines say how well they fit. */
export interface ClipModel {
  readonly source: string;
  readonly config: ClipConfig;
  readonly tokenizer: Tokenizer;
  readonly preparation: Preparation;
  /** A text's ids, with start and end; a long one is cut before its end, which `isCut` tells. */
  encodeText(text: string): { readonly ids: readonly number[]; readonly isCut: boolean };
  /** @param images normalised pixels, see `preparation` @returns of each `[projection]`, of length 1 */
  embedImages(images: readonly Float32Array[], execution?: Execution): Promise<Float32Array[]>;
  /** @param texts as `encodeText` gives them @returns of each `[projection]`, of length 1 */
  embedTexts(texts: readonly (readonly number[])[], execution?: Execution): Promise<Float32Array[]>;
}

/**
 * Opens a CLIP's folder as the Hugging Face client leaves it.
 * @throws SimvlmError `no-checkpoint`, `checkpoint-mismatch`, `bad-config`, and what readers of weights, tokenizers and
 *   preprocessors throw
 */
export async function openClip(folder: string): Promise<ClipModel> {
  const config = parseClipConfig(await readConfig(folder), join(folder, FILES.config));
  const { text, vision } = config;
  const shapes = clipShapes(config);
  const stored = await openStoredWeights(folder);
  try {
    requireTensors(stored, shapes, { ignore: CLIP_IGNORED }, stored.source);
    const { signature, constants } = await locateWeights(stored, shapes);
    const { startId, endId, padId, vocabularySize } = text;
    const tokenizer = await loadPretrainedTokenizer(folder, { startId, endId, padId, vocabularySize });
    const projectImage = ({ weights, images }: { weights: Weights; images: tf.Tensor }): tf.Tensor =>
      projectImages(images, weights, config, NO_HOOKS);
    const projectText = ({ weights, ...given }: { weights: Weights; tokens: tf.Tensor; ends: tf.Tensor }): tf.Tensor =>
      projectTexts(given, weights, config, NO_HOOKS);
    const encodeText: ClipModel["encodeText"] = (content) => {
      const all = tokenizer.encode(content);
      const ids = all.slice(0, text.positions - 2);
      return { ids: [startId, ...ids, endId], isCut: ids.length < all.length };
    };
    return {
      source: folder,
      config,
      tokenizer,
      preparation: await readPreprocessor(folder, "CLIP"),
      encodeText,
      async embedImages(given, execution = {}) {
        const { imageSize: side } = vision;
        const pixels = new Float32Array(given.length * side * side * 3);
        for (const [i, image] of given.entries()) pixels.set(image, i * side * side * 3);
        const images = NativeTensor.of(pixels, [given.length, side, side, 3]);
        const compiled = await compile(projectImage, { weights: signature, images }, { ...execution, constants });
        return toUnits(await compiled.run({ weights: {}, images }), config.projection);
      },
      async embedTexts(given, execution = {}) {
        const longest = given.reduce((most, ids) => Math.max(most, ids.length), 0);
        const length = roundPlaces(longest, text.positions);
        const padded = new Int32Array(given.length * length).fill(endId);
        for (const [i, ids] of given.entries()) padded.set(ids, i * length);
        const tokens = NativeTensor.of(padded, [given.length, length], "int32");
        const places = Int32Array.from(given, (ids) => endOf(ids, config));
        const ends = NativeTensor.of(places, [given.length], "int32");
        const compiled = await compile(projectText, { weights: signature, tokens, ends }, { ...execution, constants });
        return toUnits(await compiled.run({ weights: {}, tokens, ends }), config.projection);
      },
    };
  } finally {
    await stored.close();
  }
}

function toUnits({ data }: NativeTensor, width: number): Float32Array[] {
  const rows = data as Float32Array;
  return Array.from({ length: rows.length / width }, (_, row) => toUnit(rows.subarray(row * width, (row + 1) * width)));
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  requireFiniteLogits([length], "The numbers of a vector");
  return vector.map((value) => value / length);
}
