import { clone } from "@tensorflow/tfjs-core";
import type { Decoder } from "../../decoding/decoder.js";
import { type CompiledFunction, type CompileOptions, compile, type MapTree, NativeTensor } from "../../engine/index.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { Weights } from "../../layers/weights.js";
import { createGraphShelf, shelfCapacity, type TakenGraph } from "../graph-shelf.js";
import { roundPlaces } from "../round-places.js";
import { bytesOf } from "../weight-constants.js";
import type { HostPrefix } from "./batch.js";
import {
  cacheShapes,
  decodeStep,
  type PrefixMemory,
  rememberPrefix,
  type StepInputs,
  type SuffixCache,
} from "./cached-decoding.js";
import type { PrefixInputs } from "./inputs.js";
import { parameterShapes } from "./parameters.js";
import { checkLength, countExamples } from "./prefix-batch.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/**
 * Decoding with two compiled graphs, one for the prefix and one for a step. Each is compiled for every shape it meets:
 * batch, beams, prefix lengths, and suffix length rounded up. Graphs that hold constants are kept as far as there is room.
 * @param weights but for those that `options.constants` has
 */
export function createCompiledDecoder(
  weights: NativeWeights,
  config: SimVLMConfig,
  options: CompileOptions = {},
): Decoder<HostPrefix> {
  const encodePrefix = (inputs: { weights: Weights; prefix: PrefixInputs }): PrefixMemory =>
    rememberPrefix(inputs.weights, inputs.prefix, config);
  const step = (inputs: StepArguments) => decodeStep(inputs.weights, inputs.memory, inputs.cache, inputs.step, config);

  // On a GPU arguments are copied there once, and the prefix's and the cache's keys and values stay there.
  const onDevice = options.provider === "webgpu";
  const signature = specifyWeights(parameterShapes(config));
  let resident: Promise<NativeWeights> | undefined;
  const upload = async () => {
    if (!onDevice || Object.keys(weights).length === 0) return weights;
    const copied = await compile(copy, weights, { ...options, keepOnDevice: Object.keys(weights) });
    return copied.run(weights);
  };
  const { constants } = options;
  const capacity = constants ? shelfCapacity(bytesOf(constants)) : Number.POSITIVE_INFINITY;
  const encoders = createGraphShelf<CompiledFunction<EncoderArguments, PrefixMemory>>(capacity);
  const steps = createGraphShelf<CompiledFunction<StepArguments, StepResults>>(capacity);

  return {
    vocabularySize: config.vocabularySize,
    countExamples,
    async encode(prefix, { beams, length }) {
      checkLength(prefix, length, config);
      resident ??= upload();
      const held = await resident;
      const rows = countExamples(prefix) * beams;
      const places = roundPlaces(length, config.textLength);
      const inputs = { weights: held, prefix: toNatives(prefix) };
      const shape = shapesOf(inputs.prefix);
      const encoder = await encoders.take(shape, () =>
        compile(
          encodePrefix,
          { ...inputs, weights: signature },
          { ...options, keepOnDevice: ["layers", "mask", "first"] },
        ),
      );
      const memory = await encoder.graph.run(inputs).finally(encoder.giveBack);
      // In plain memory each step reads one cache and writes the other.
      let cache = emptyNatives(config, rows, places);
      let spare = emptyNatives(config, rows, places);
      const logits = NativeTensor.zeros([rows, config.vocabularySize]);
      const graphs = new Map<boolean, Promise<TakenGraph<CompiledFunction<StepArguments, StepResults>>>>();
      return {
        async step(tokens, position, parents) {
          const inputs = {
            weights: held,
            memory,
            cache,
            step: {
              tokens: NativeTensor.of(tokens, [rows], "int32"),
              position: NativeTensor.of(Int32Array.of(position), [], "int32"),
              ...(parents && { parents: NativeTensor.of(parents, [rows], "int32") }),
            },
          };
          const inherits = parents !== undefined;
          const taken =
            graphs.get(inherits) ??
            steps.take(JSON.stringify([shape, rows, places, inherits]), () =>
              compile(step, { ...inputs, weights: signature }, { ...options, keepOnDevice: ["cache"] }),
            );
          graphs.set(inherits, taken);
          const { graph } = await taken;
          const results = await graph.run(inputs, onDevice ? {} : { into: { logits, cache: spare } });
          if (onDevice) disposeAll(cache);
          [cache, spare] = [results.cache, cache];
          return results.logits.data as Float32Array;
        },
        dispose() {
          for (const taken of graphs.values()) taken.then(({ giveBack }) => giveBack()).catch(() => undefined);
          disposeAll(cache);
          disposeAll(memory.layers);
          memory.mask.dispose();
          memory.first.dispose();
        },
      };
    },
  };
}

type EncoderArguments = { readonly weights: Weights; readonly prefix: PrefixInputs };
type StepArguments = {
  readonly weights: Weights;
  readonly memory: PrefixMemory;
  readonly cache: SuffixCache;
  readonly step: StepInputs;
};
type StepResults = ReturnType<typeof decodeStep>;

function shapesOf(prefix: Readonly<Record<string, NativeTensor | undefined>>): string {
  return JSON.stringify(Object.entries(prefix).map(([name, tensor]) => [name, tensor?.shape]));
}

type NativeCache = MapTree<SuffixCache, NativeTensor>;

const copy = (tensors: Weights): Weights =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, clone(tensor)]));

function disposeAll(cache: NativeCache): void {
  for (const { keys, values } of Object.values(cache)) {
    keys.dispose();
    values.dispose();
  }
}

function emptyNatives(config: SimVLMConfig, rows: number, length: number): NativeCache {
  const layers = Object.entries(cacheShapes(config, rows, length)).map(([name, { keys, values }]) => {
    return [name, { keys: NativeTensor.zeros(keys), values: NativeTensor.zeros(values) }] as const;
  });
  return Object.fromEntries(layers);
}
