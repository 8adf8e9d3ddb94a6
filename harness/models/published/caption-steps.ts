import * as tf from "@tensorflow/tfjs-core";
import type { BestTokens, DecodingSession } from "../../decoding/decoder.js";
import { largest, logSumExp } from "../../decoding/next-token.js";
import { type CompiledFunction, compile, type MapTree, NativeTensor } from "../../engine/index.js";
import { type LayerRows, openRowCache } from "../../layers/row-cache.js";
import type { Weights } from "../../layers/weights.js";
import type { Execution } from "../vision-language-model.js";
import type { CaptionNetwork, Memory, StepTokens } from "./caption-network.js";
import type { HostMemory } from "./picture-reader.js";
import type { WeightConstants } from "./weight-constants.js";

interface StepInputs {
  readonly weights: Weights;
  readonly memory: Memory;
  readonly past: LayerRows;
  /** See `RowCache`. */
  readonly index: tf.Tensor;
  readonly step: StepTokens;
}

interface StepOutputs {
  readonly written: LayerRows;
  /** `[rows, vocabulary]` */
  readonly logits: tf.Tensor;
  /** `[rows, best]` each, the likeliest first. */
  readonly best: { readonly ids: tf.Tensor; readonly logits: tf.Tensor };
  /** `[rows]`: log Σ exp of the logits. */
  readonly normalisers: tf.Tensor;
}

type CompiledStep = CompiledFunction<StepInputs, StepOutputs>;

/** So many likeliest tokens are told by the graph; who asks for more has them sought among all logits. */
const BEST = 16;

/** Makes sessions of decoding. */
export interface StepFactory {
  /** @param places of the text, start and prompt included */
  open(memory: HostMemory, rows: number, places: number): Promise<DecodingSession>;
}

/**
 * Steps of decoding by one graph. It holds a copy of the decoder's weights, laid out for its products, so the graph of
 * the last shape alone is kept.
 */
export function createSteps(
  network: CaptionNetwork,
  { signature, constants }: WeightConstants,
  execution: Execution,
): StepFactory {
  const best = Math.min(BEST, network.vocabularySize);
  const compute = (inputs: StepInputs): StepOutputs => takeStep(network, inputs, best);
  let current: { readonly key: string; readonly compiled: CompiledStep } | undefined;
  return {
    async open(memory, rows, places) {
      const keyValues = Object.values(memory.layers)[0]!.values.shape;
      const key = [rows, places, ...keyValues, memory.mask ? 1 : 0].join();
      const inputs = { weights: signature, memory, ...emptyCache(network, rows, places), step: firstStep(rows) };
      if (current?.key !== key) {
        await current?.compiled.dispose();
        current = undefined;
        current = { key, compiled: await compile(compute, inputs, { ...execution, constants }) };
      }
      return createSession(network, current.compiled, { ...inputs, weights: {} }, best);
    },
  };
}

function takeStep(network: CaptionNetwork, { weights, memory, past, index, step }: StepInputs, best: number): StepOutputs {
  const cache = openRowCache(past, index, step.position);
  const states = network.step(weights, memory, cache, step); // [rows, width]
  const logits = network.logits(weights, states); // [rows, vocabulary]
  const { values, indices } = tf.topk(logits, best); // [rows, best]
  return { written: cache.written, logits, best: { ids: indices, logits: values }, normalisers: tf.logSumExp(logits, 1) };
}

type HostStep = Omit<MapTree<StepInputs, NativeTensor>, "weights"> & { readonly weights: Record<string, never> };

function createSession(
  { width, vocabularySize }: CaptionNetwork,
  compiled: CompiledStep,
  first: HostStep,
  best: number,
): DecodingSession {
  const [rows, places] = first.index.shape as [number, number];
  const index = first.index.data as Int32Array;
  const take = async (tokens: Int32Array, position: number, parents: Int32Array | undefined, wanted: readonly string[]) => {
    if (parents) inherit(index, parents, places, position);
    const step = {
      tokens: NativeTensor.of(tokens, [rows], "int32"),
      position: NativeTensor.of(Int32Array.of(position), [], "int32"),
    };
    const results = await compiled.runPart({ ...first, step }, ["written", ...wanted]);
    for (const [layer, { keys, values }] of Object.entries(first.past)) {
      const written = results.written![layer]!;
      (keys.data as Float32Array).set(written.keys!.data as Float32Array, position * rows * width);
      (values.data as Float32Array).set(written.values!.data as Float32Array, position * rows * width);
    }
    for (let row = 0; row < rows; row++) index[row * places + position] = position * rows + row;
    return results;
  };
  const step: DecodingSession["step"] = async (tokens, position, parents) => {
    const { logits } = await take(tokens, position, parents, ["logits"]);
    return logits!.data as Float32Array;
  };
  return {
    step,
    async stepBest(tokens, position, count, parents): Promise<BestTokens> {
      if (count > best) return seekBest(await step(tokens, position, parents), count, rows, vocabularySize);
      const results = await take(tokens, position, parents, ["best", "normalisers"]);
      return {
        ids: narrow(results.best!.ids!.data as Int32Array, rows, best, count),
        logits: narrow(results.best!.logits!.data as Float32Array, rows, best, count),
        normalisers: results.normalisers!.data as Float32Array,
      };
    },
    async feed(tokens, position) {
      await take(tokens, position, undefined, []);
    },
    dispose() {},
  };
}

/** Each row's past becomes that of its parent. */
function inherit(index: Int32Array, parents: Int32Array, places: number, position: number): void {
  const before = index.slice();
  parents.forEach((parent, row) => {
    index.set(before.subarray(parent * places, parent * places + position), row * places);
  });
}

/** The first `count` of each row's. */
function narrow<Numbers extends Int32Array | Float32Array>(all: Numbers, rows: number, best: number, count: number): Numbers {
  if (count === best) return all;
  const kept = all.slice(0, rows * count) as Numbers;
  for (let row = 0; row < rows; row++) kept.set(all.subarray(row * best, row * best + count), row * count);
  return kept;
}

function seekBest(logits: Float32Array, count: number, rows: number, vocabulary: number): BestTokens {
  const ids = new Int32Array(rows * count);
  const chosen = new Float32Array(rows * count).fill(-Infinity);
  const normalisers = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const own = logits.subarray(row * vocabulary, (row + 1) * vocabulary);
    normalisers[row] = logSumExp(own);
    largest(own, count).forEach((id, rank) => {
      ids[row * count + rank] = id;
      chosen[row * count + rank] = own[id]!;
    });
  }
  return { ids, logits: chosen, normalisers };
}

function emptyCache({ layers, width }: CaptionNetwork, rows: number, places: number) {
  const zeros = () => NativeTensor.zeros([places * rows, width]);
  return {
    past: Object.fromEntries(layers.map((layer) => [layer, { keys: zeros(), values: zeros() }])),
    index: NativeTensor.zeros([rows, places], "int32"),
  };
}

function firstStep(rows: number) {
  return { tokens: NativeTensor.zeros([rows], "int32"), position: NativeTensor.zeros([], "int32") };
}
