import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { keyValueShapes } from "../../../layers/key-values.js";
import { maskKeys } from "../../../layers/masks.js";
import { type LayerRows, openRowCache } from "../../../layers/row-cache.js";
import type { Weights } from "../../../layers/weights.js";
import { graphSource, packGraphs } from "../../portable/pack-graphs.js";
import type { PortableGraphs, PortableShapes } from "../../portable/portable-model.js";
import { mapShape, readMaps } from "../caption-attention.js";
import { type CaptionNetwork, keepAll, type Memory } from "../caption-network.js";
import type { PublishedModel } from "../published-model.js";

/** A picture, and a question about it where the model takes questions. */
type Prefix = {
  readonly images: tf.Tensor;
  readonly prefixTokens?: tf.Tensor | undefined;
  readonly prefixMask?: tf.Tensor | undefined;
};

/** What a step of all beams takes; see {@link PortableGraphs}. */
interface StepInputs {
  readonly weights: Weights;
  readonly memory: Memory;
  /** `[places, rows, width]` of each layer, zeros where nothing is yet. */
  readonly cache: LayerRows;
  readonly step: {
    readonly tokens: tf.Tensor;
    readonly position: tf.Tensor;
    readonly parents?: tf.Tensor | undefined;
  };
}

/**
 * A published captioner's graphs for one picture: its encoders as one, a step of all beams, and the attention of a text.
 * @param question what stands around a question, of models that are asked
 * @throws SimvlmError `text-too-long` when the model has fewer text positions than asked for; `bad-option` for no room
 *   for a question; what packing throws
 */
export async function makePortableCaptioner(
  { network, weights }: Pick<PublishedModel, "network" | "weights">,
  question: PortableGraphs["question"],
  shapes: PortableShapes,
): Promise<PortableGraphs> {
  requireRoom(network, shapes);
  const { beams, promptLength, maxLength } = shapes;
  const questionPlaces = question ? question.before.length + promptLength + question.behind.length : 0;
  const textPlaces = Math.min(network.places, maxLength + (question ? 0 : promptLength));
  if (questionPlaces > network.places) throw tooLong(network, questionPlaces);
  const { imageSize: side, width } = network;
  const { signature } = weights;
  const prefix = {
    images: { shape: [1, side, side, 3] },
    ...(question && {
      prefixTokens: { shape: [1, questionPlaces], dtype: "int32" },
      prefixMask: { shape: [1, questionPlaces] },
    }),
  };
  const suffixTokens = { shape: [1, textPlaces], dtype: "int32" };
  const memory = specifyMemory(network, questionPlaces);
  const rows = { shape: [textPlaces, beams, width] };
  const cache = Object.fromEntries(network.layers.map((layer) => [layer, { keys: rows, values: rows }]));
  const step = {
    tokens: { shape: [beams], dtype: "int32" },
    position: { shape: [], dtype: "int32" },
    ...(beams > 1 && { parents: { shape: [beams], dtype: "int32" } }),
  };
  const encode = (all: { weights: Weights; prefix: Prefix }) => ({ memory: look(network, all.weights, all.prefix) });
  const attend = (all: { weights: Weights; inputs: Prefix & { readonly suffixTokens: tf.Tensor } }) => {
    const { suffixTokens: tokens, ...given } = all.inputs;
    const hooks = keepAll();
    network.forward(all.weights, { images: given.images, tokens, question: questionOf(given) }, hooks);
    return Object.fromEntries(readMaps(hooks.kept, network).map((map, layer) => [String(layer), map]));
  };
  const sources = {
    encoder: graphSource(encode, { weights: signature, prefix }),
    step: graphSource((all: StepInputs) => takeStep(network, all), { weights: signature, memory, cache, step }),
    attention: graphSource(attend, { weights: signature, inputs: { ...prefix, suffixTokens } }),
  };
  return {
    ...(await packGraphs(sources, weights)),
    cache: Object.fromEntries(
      network.layers.flatMap((layer) => [
        [`cache/${layer}/keys`, rows.shape],
        [`cache/${layer}/values`, rows.shape],
      ]),
    ),
    textPlaces,
    maps: mapShape(network),
    ...(question && { question }),
  };
}

function requireRoom(network: CaptionNetwork, { promptLength, maxLength }: PortableShapes): void {
  const longest = Math.max(promptLength, maxLength);
  if (longest > network.places) throw tooLong(network, longest);
  if (!network.ask || promptLength > 0) return;
  throw new SimvlmError(
    "bad-option",
    "The model answers questions, so its prompts need room: 1 token at least, not 0.",
  );
}

function tooLong({ places }: CaptionNetwork, length: number): SimvlmError {
  return new SimvlmError(
    "text-too-long",
    `The model has ${places} text positions, fewer than ${length}. Ask for less.`,
  );
}

function questionOf({ prefixTokens, prefixMask }: Prefix) {
  return prefixTokens && { tokens: prefixTokens, mask: prefixMask! };
}

/** All that the decoder reads. */
function look(network: CaptionNetwork, weights: Weights, prefix: Prefix): Memory {
  const seen = network.see(weights, prefix.images);
  const question = questionOf(prefix);
  if (!question) return { layers: seen.layers! };
  return { layers: network.ask!(weights, seen, question), mask: maskKeys(question.mask) };
}

/** @param questionPlaces 0 where the decoder reads the picture itself */
function specifyMemory({ grid, layers, heads, width }: CaptionNetwork, questionPlaces: number) {
  const keys = questionPlaces || grid ** 2 + 1;
  const shapes = keyValueShapes(1, keys, heads, width / heads);
  const known = { keys: { shape: shapes.keys }, values: { shape: shapes.values } };
  return {
    layers: Object.fromEntries(layers.map((layer) => [layer, known])),
    ...(questionPlaces > 0 && { mask: { shape: [1, 1, 1, keys] } }),
  };
}

/** One more token of each row. @returns `logits` `[rows, vocabulary]`, and the cache with this token in it */
function takeStep(network: CaptionNetwork, { weights, memory, cache, step }: StepInputs) {
  const { tokens, position, parents } = step;
  const before = mapRows(cache, (all) => (parents ? tf.gather(all, parents as tf.Tensor1D, 1) : all)); // [places, rows, width]
  const [places, rows, width] = Object.values(before)[0]!.keys.shape as [number, number, number];
  const { heads } = network;
  const past = mapRows(before, (all) => tf.reshape(all, [places * rows * heads, width / heads])); // [places · rows · heads, headWidth]
  const opened = openRowCache(past, listRows(rows, heads, places), position);
  const states = network.step(weights, memory, opened, { tokens, position }); // [rows, width]
  const place = tf.reshape(tf.oneHot(position as tf.Tensor1D, places, 1, 0, "float32"), [places, 1, 1]); // [places, 1, 1]
  const put = (all: tf.Tensor, own: tf.Tensor): tf.Tensor =>
    tf.add(all, tf.mul(tf.reshape(own, [1, rows, width]), place)); // [places, rows, width]
  const written = Object.entries(opened.written).map(([layer, { keys, values }]) => {
    return [layer, { keys: put(before[layer]!.keys, keys), values: put(before[layer]!.values, values) }] as const;
  });
  return { logits: network.logits(weights, states), cache: Object.fromEntries(written) };
}

function mapRows(layers: LayerRows, change: (all: tf.Tensor) => tf.Tensor): LayerRows {
  const changed = Object.entries(layers).map(([layer, { keys, values }]) => {
    return [layer, { keys: change(keys), values: change(values) }] as const;
  });
  return Object.fromEntries(changed);
}

/** The index of a cache whose rows have the texts of their own: `[rows, heads, places]` int32. */
function listRows(rows: number, heads: number, places: number): tf.Tensor {
  const index = Int32Array.from({ length: rows * heads * places }, (_, at) => {
    const place = at % places;
    return place * rows * heads + (at - place) / places;
  });
  return tf.tensor(index, [rows, heads, places], "int32"); // [rows, heads, places]
}
