import { clone } from "@tensorflow/tfjs-core";
import type { Decoder } from "../../decoding/decoder.js";
import { type CompileOptions, compile, type MapTree, NativeTensor } from "../../engine/index.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { Weights } from "../../layers/weights.js";
import { roundPlaces } from "../round-places.js";
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
 * Decoding with two compiled graphs, one for the prefix and one for a step. Each is compiled once for every shape it
 * meets: batch, beams, prefix lengths, and suffix length rounded up.
 * @param weights but for those that `options.constants` has
 */
export function createCompiledDecoder(
  weights: NativeWeights,
  config: SimVLMConfig,
  options: CompileOptions = {},
): Decoder<HostPrefix> {
  const encodePrefix = (inputs: { weights: Weights; prefix: PrefixInputs }): PrefixMemory =>
    rememberPrefix(inputs.weights, inputs.prefix, config);
  const step = (inputs: { weights: Weights; memory: PrefixMemory; cache: SuffixCache; step: StepInputs }) =>
    decodeStep(inputs.weights, inputs.memory, inputs.cache, inputs.step, config);

  // On a GPU weights are copied there once, and the prefix's and the cache's keys and values stay there.
  const onDevice = options.provider === "webgpu";
  const signature = specifyWeights(parameterShapes(config));
  let resident: Promise<NativeWeights> | undefined;
  const upload = async () => {
    if (!onDevice) return weights;
    const copied = await compile(copy, weights, { ...options, keepOnDevice: Object.keys(weights) });
    return copied.run(weights);
  };

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
      const encoder = await compile(
        encodePrefix,
        { ...inputs, weights: signature },
        { ...options, keepOnDevice: ["layers", "mask", "first"] },
      );
      const memory = await encoder.run(inputs);
      // In plain memory each step reads one cache and writes the other.
      let cache = emptyNatives(config, rows, places);
      let spare = emptyNatives(config, rows, places);
      const logits = NativeTensor.zeros([rows, config.vocabularySize]);
      const arguments_ = (tokens: Int32Array, position: number, parents: Int32Array | undefined) => ({
        weights: held,
        memory,
        cache,
        step: {
          tokens: NativeTensor.of(tokens, [rows], "int32"),
          position: NativeTensor.of(Int32Array.of(position), [], "int32"),
          ...(parents && { parents: NativeTensor.of(parents, [rows], "int32") }),
        },
      });
      const compileStep = (inputs: ReturnType<typeof arguments_>) =>
        compile(step, { ...inputs, weights: signature }, { ...options, keepOnDevice: ["cache"] });
      // A second graph for the first step would hold the constants a second time.
      const own = options.constants && Int32Array.from({ length: rows }, (_, row) => row);
      const graphs = new Map<boolean, ReturnType<typeof compileStep>>();
      return {
        async step(tokens, position, parents = own) {
          const inputs = arguments_(tokens, position, parents);
          const inherits = parents !== undefined;
          const graph = graphs.get(inherits) ?? compileStep(inputs);
          graphs.set(inherits, graph);
          const results = await (await graph).run(inputs, onDevice ? {} : { into: { logits, cache: spare } });
          if (onDevice) disposeAll(cache);
          [cache, spare] = [results.cache, cache];
          return results.logits.data as Float32Array;
        },
        dispose() {
          disposeAll(cache);
          disposeAll(memory.layers);
          memory.mask.dispose();
          memory.first.dispose();
        },
      };
    },
  };
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
