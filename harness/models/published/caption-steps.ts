import * as tf from "@tensorflow/tfjs-core";
import type { DecodingSession } from "../../decoding/decoder.js";
import { choose } from "../../engine/choose.js";
import { type CompiledFunction, compile, NativeTensor } from "../../engine/index.js";
import type { LayerKeyValues } from "../../layers/key-values.js";
import { type LayerRows, openRowCache } from "../../layers/row-cache.js";
import { createGraphShelf, type TakenGraph } from "../graph-shelf.js";
import type { Execution } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import { narrowBest, seekBest } from "./best-tokens.js";
import type { CaptionNetwork } from "./caption-network.js";
import type { HostMemory, NativeLayers, TakeAlong } from "./picture-reader.js";
import {
  ANY_LENGTH,
  type IdleInputs,
  idleInputs,
  makeTextCache,
  type StepInputs,
  type StepShape,
  stepShapes,
  type TextCache,
} from "./step-inputs.js";

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

/** A graph with the memory that its sessions of decoding use again. */
interface StepGraph {
  readonly compiled: CompiledStep;
  /** What a step takes that only takes a picture along. */
  idle?: IdleInputs;
  /** Of a session that has ended, for the next: to touch new memory takes its time. */
  spare?: TextCache;
  dispose(): Promise<void>;
}

/** Makes sessions of decoding. */
export interface StepFactory {
  /** Makes the graph ready, which `open` does anyway. */
  prepare(shape: StepShape): Promise<void>;
  /**
   * Takes a picture's tokens `[tokens, width]` through the decoder's layers, where the network does that.
   * @param place where their keys and values go
   */
  takeAlong(picture: NativeTensor, place: NativeLayers, shape: StepShape): ReturnType<TakeAlong>;
  /** @param memory of the shape; it is let go with the session */
  open(memory: HostMemory, shape: StepShape): Promise<DecodingSession>;
}

/**
 * Steps of decoding by one graph. It holds a copy of the decoder's weights, laid out for its products, so the graph of
 * the last shape alone is kept.
 */
export function createSteps(
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  execution: Execution,
): StepFactory {
  const best = Math.min(BEST, network.vocabularySize);
  const compute = (inputs: StepInputs): StepOutputs => takeStep(network, inputs, best);
  const shelf = createGraphShelf<StepGraph>(1);
  const take = (shape: StepShape) =>
    shelf.take(JSON.stringify(shape), async () => {
      const inputs = { weights: signature, ...stepShapes(network, shape) };
      const options = { ...execution, constants, matrices, ...(network.along && { anyLength: ANY_LENGTH }) };
      const compiled = await compile(compute, inputs, options);
      return { compiled, dispose: () => compiled.dispose() };
    });
  return {
    prepare: async (shape) => (await take(shape)).giveBack(),
    async takeAlong(picture, seen, shape) {
      const { graph, giveBack } = await take(shape);
      try {
        graph.idle ??= idleInputs(network, shape);
        const along = { isPicture: toFlag(true), picture };
        await graph.compiled.runPart({ weights: {}, ...graph.idle, along }, ["seen"], { into: { seen } });
      } finally {
        giveBack();
      }
    },
    open: async (memory, shape) => createSession(network, await take(shape), memory, shape, best),
  };
}

function takeStep(
  network: CaptionNetwork,
  { weights, memory, past, index, step, along }: StepInputs,
  best: number,
): StepOutputs {
  const cache = openRowCache(past, index, step.position);
  const { states, layers: seen } = along
    ? network.along!.step(weights, memory, cache, step, along)
    : { states: network.step(weights, memory, cache, step) }; // states [rows, width]
  const logits = network.logits(weights, states); // [rows, vocabulary]
  const seek = (): tf.Tensor[] => {
    const { values, indices } = tf.topk(logits, best); // [rows, best]
    return [indices, values];
  };
  // ONNX Runtime's TopK ends the process where there is no row.
  const none = (): tf.Tensor[] => [tf.zeros([0, best], "int32"), tf.zeros([0, best])];
  const [ids, bestLogits] = (along ? choose(along.isPicture, none, seek) : seek()) as [tf.Tensor, tf.Tensor]; // [rows, best]
  return {
    seen,
    written: cache.written,
    logits,
    best: { ids, logits: bestLogits },
    normalisers: tf.logSumExp(logits, 1),
  };
}

function createSession(
  network: CaptionNetwork,
  { graph, giveBack }: TakenGraph<StepGraph>,
  { release: letGoOfMemory, ...memory }: HostMemory,
  shape: StepShape,
  best: number,
): DecodingSession {
  const { rows, places } = shape;
  const { width, heads, vocabularySize } = network;
  const text = graph.spare ?? makeTextCache(network, shape);
  delete graph.spare;
  const { past, index } = text;
  clear(text, rows * width);
  const take = async (tokens: Int32Array, position: number, wanted: readonly string[], parents?: Int32Array) => {
    if (parents) inherit(index, parents, heads * places);
    const written = rowsAt(past, position, [rows, width]);
    const results = await graph.compiled.runPart(
      {
        weights: {},
        memory,
        past,
        index: NativeTensor.of(index, [rows, heads, places], "int32"),
        ...(network.along && { along: { isPicture: toFlag(false), picture: NativeTensor.zeros([0, width]) } }),
        step: {
          tokens: NativeTensor.of(tokens, [rows], "int32"),
          position: NativeTensor.of(Int32Array.of(position), [], "int32"),
        },
      },
      ["written", ...wanted],
      // Where no row's index leads yet: what is read and what is written do not meet.
      { into: { written } },
    );
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
      graph.spare = text;
      giveBack();
      letGoOfMemory();
    },
  };
}

function toFlag(value: boolean): NativeTensor {
  return NativeTensor.of(Uint8Array.of(value ? 1 : 0), [], "bool");
}

/** The keys and values of one place of all rows, `[rows, width]` each, where they lie in the cache. */
function rowsAt(past: TextCache["past"], place: number, shape: readonly [rows: number, width: number]) {
  const [rows, width] = shape;
  const view = ({ data }: NativeTensor): NativeTensor =>
    NativeTensor.of(data.subarray(place * rows * width, (place + 1) * rows * width), shape);
  const layers = Object.entries(past).map(([layer, { keys, values }]) => {
    return [layer, { keys: view(keys), values: view(values) }] as const;
  });
  return Object.fromEntries(layers);
}

/**
 * Makes a cache that was in use before a new one. Places that are not reached are masked, and their index leads to the
 * first: no number there may be none.
 */
function clear({ past, index }: TextCache, place: number): void {
  index.fill(0);
  for (const { keys, values } of Object.values(past)) {
    keys.data.fill(0, 0, place);
    values.data.fill(0, 0, place);
  }
}

/** Each row's past becomes that of its parent. */
function inherit(index: Int32Array, parents: Int32Array, size: number): void {
  const before = index.slice();
  parents.forEach((parent, row) => {
    if (parent !== row) index.set(before.subarray(parent * size, (parent + 1) * size), row * size);
  });
}
