import * as tf from "@tensorflow/tfjs-core";
import type { DecodingSession } from "../../decoding/decoder.js";
import { type CompiledFunction, compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { LayerKeyValues } from "../../layers/key-values.js";
import { type LayerRows, openRowCache } from "../../layers/row-cache.js";
import type { Execution } from "../vision-language-model.js";
import { narrowBest, seekBest } from "./best-tokens.js";
import type { CaptionNetwork } from "./caption-network.js";
import type { HostMemory, TakeAlong } from "./picture-reader.js";
import {
  ANY_LENGTH,
  type IdleInputs,
  idleInputs,
  makeCache,
  type StepInputs,
  type StepShape,
  stepShapes,
} from "./step-inputs.js";
import type { WeightConstants } from "./weight-constants.js";

interface StepOutputs {
  /** Of the picture that is taken along. */
  readonly seen?: LayerKeyValues | undefined;
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

/** A graph, and how many sessions of decoding are open on it: one that is replaced lives as long as they do. */
interface HeldGraph {
  readonly key: string;
  readonly compiled: CompiledStep;
  sessions: number;
  isReplaced: boolean;
  /** What a step takes that only takes a picture along. */
  idle?: IdleInputs;
}

function release(graph: HeldGraph): void {
  graph.sessions--;
  if (graph.isReplaced && graph.sessions === 0) void graph.compiled.dispose();
}

async function letGo(graph: HeldGraph): Promise<void> {
  graph.isReplaced = true;
  if (graph.sessions === 0) await graph.compiled.dispose();
}

/** Makes sessions of decoding. */
export interface StepFactory {
  /** Makes the graph ready, which `open` does anyway. */
  prepare(shape: StepShape): Promise<void>;
  /** Takes a picture's tokens `[tokens, width]` through the decoder's layers, where the network does that. */
  takeAlong(picture: NativeTensor, shape: StepShape): ReturnType<TakeAlong>;
  /** @param memory of the shape */
  open(memory: HostMemory, shape: StepShape): Promise<DecodingSession>;
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
  let current: HeldGraph | undefined;
  const compileFor = async (shape: StepShape): Promise<HeldGraph> => {
    const key = JSON.stringify(shape);
    if (current?.key === key) return current;
    const before = current;
    current = undefined;
    if (before) await letGo(before);
    const inputs = { weights: signature, ...stepShapes(network, shape) };
    const options = { ...execution, constants, ...(network.along && { anyLength: ANY_LENGTH }) };
    const made: HeldGraph = { key, compiled: await compile(compute, inputs, options), sessions: 0, isReplaced: false };
    current = made;
    return made;
  };
  return {
    prepare: async (shape) => {
      await compileFor(shape);
    },
    async takeAlong(picture, shape) {
      const graph = await compileFor(shape);
      graph.sessions++;
      graph.idle ??= idleInputs(network, shape);
      const { seen } = await graph.compiled.runPart({ weights: {}, ...graph.idle, picture }, ["seen"]);
      release(graph);
      return seen as MapTree<LayerKeyValues, NativeTensor>;
    },
    async open(memory, shape) {
      const graph = await compileFor(shape);
      graph.sessions++;
      return createSession(network, graph, memory, shape, best);
    },
  };
}

function takeStep(
  network: CaptionNetwork,
  { weights, memory, past, index, step, picture }: StepInputs,
  best: number,
): StepOutputs {
  const cache = openRowCache(past, index, step.position);
  const { states, layers: seen } = picture
    ? network.along!.step(weights, memory, cache, step, picture)
    : { states: network.step(weights, memory, cache, step) }; // states [rows, width]
  const logits = network.logits(weights, states); // [rows, vocabulary]
  const { values, indices } = tf.topk(logits, best); // [rows, best]
  return {
    seen,
    written: cache.written,
    logits,
    best: { ids: indices, logits: values },
    normalisers: tf.logSumExp(logits, 1),
  };
}

function createSession(
  network: CaptionNetwork,
  graph: HeldGraph,
  memory: HostMemory,
  shape: StepShape,
  best: number,
): DecodingSession {
  const { rows, places } = shape;
  const { width, heads, vocabularySize } = network;
  const past = makeCache(network, shape);
  const index = new Int32Array(rows * heads * places);
  const take = async (tokens: Int32Array, position: number, wanted: readonly string[], parents?: Int32Array) => {
    if (parents) inherit(index, parents, heads * places);
    const results = await graph.compiled.runPart(
      {
        weights: {},
        memory,
        past,
        index: NativeTensor.of(index, [rows, heads, places], "int32"),
        ...(network.along && { picture: NativeTensor.zeros([0, width]) }),
        step: {
          tokens: NativeTensor.of(tokens, [rows], "int32"),
          position: NativeTensor.of(Int32Array.of(position), [], "int32"),
        },
      },
      ["written", ...wanted],
    );
    for (const [layer, { keys, values }] of Object.entries(past)) {
      const written = results.written![layer]!;
      put(keys, written.keys!, position * rows * width);
      put(values, written.values!, position * rows * width);
    }
    // Head after head of row after row, in the buffers as in the index.
    for (let head = 0; head < rows * heads; head++) index[head * places + position] = position * rows * heads + head;
    return results;
  };
  const step: DecodingSession["step"] = async (tokens, position, parents) => {
    const { logits } = await take(tokens, position, ["logits"], parents);
    return logits!.data as Float32Array;
  };
  return {
    step,
    async stepBest(tokens, position, count, parents) {
      if (count > best) return seekBest(await step(tokens, position, parents), count, rows, vocabularySize);
      const results = await take(tokens, position, ["best", "normalisers"], parents);
      return {
        ids: narrowBest(results.best!.ids!.data as Int32Array, rows, best, count),
        logits: narrowBest(results.best!.logits!.data as Float32Array, rows, best, count),
        normalisers: results.normalisers!.data as Float32Array,
      };
    },
    async feed(tokens, position) {
      await take(tokens, position, []);
    },
    dispose() {
      release(graph);
    },
  };
}

function put(buffer: NativeTensor, rows: NativeTensor, at: number): void {
  (buffer.data as Float32Array).set(rows.data as Float32Array, at);
}

/** Each row's past becomes that of its parent. */
function inherit(index: Int32Array, parents: Int32Array, size: number): void {
  const before = index.slice();
  parents.forEach((parent, row) => {
    if (parent !== row) index.set(before.subarray(parent * size, (parent + 1) * size), row * size);
  });
}
