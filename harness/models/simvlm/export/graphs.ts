import { type CompileOptions, compile } from "../../../engine/compile.js";
import type { CompiledFunction } from "../../../engine/compiled-function.js";
import { type TensorSpecification, traceFunction } from "../../../engine/trace/trace.js";
import { type MapTree, mapTree } from "../../../engine/tree.js";
import type { ParameterShapes, Weights } from "../../../layers/weights.js";
import type { ExportShapes } from "../../vision-language-model.js";
import {
  cacheShapes,
  decodeStep,
  type PrefixMemory,
  rememberPrefix,
  type StepInputs,
  type SuffixCache,
} from "../cached-decoding.js";
import type { PrefixInputs } from "../inputs.js";
import { parameterShapes } from "../parameters.js";
import type { SimVLMConfig } from "../simvlm-config.js";

/** What the encoder takes. */
export type EncoderInputs = { readonly weights: Weights; readonly prefix: PrefixInputs };
/** What the encoder gives. */
export type EncoderOutputs = { readonly memory: MemoryPorts };
/** A prefix memory by the names of the files' inputs and outputs, which other programs know: its mask is `hidden`. */
export type MemoryPorts = Omit<PrefixMemory, "mask"> & { readonly hidden: PrefixMemory["mask"] };
/** What a step of the decoder takes. */
export type StepArguments = {
  readonly weights: Weights;
  readonly memory: MemoryPorts;
  readonly cache: SuffixCache;
  readonly step: StepInputs;
};
/** What a step of the decoder gives. */
export type StepOutputs = { readonly logits: StepArguments["step"]["tokens"]; readonly cache: SuffixCache };

/** The two graphs of a model, each with the weights it reads. */
export interface ExportGraphs {
  readonly encoder: CompiledFunction<EncoderInputs, EncoderOutputs>;
  readonly step: CompiledFunction<StepArguments, StepOutputs>;
  readonly encoderWeights: readonly string[];
  readonly stepWeights: readonly string[];
}

/**
 * Compiles the encoder and one step of the decoder, which takes the encoder's outputs by the same names.
 */
export async function compileGraphs(
  config: SimVLMConfig,
  { batch, promptLength, maxLength }: ExportShapes,
  options: Pick<CompileOptions, "provider">,
): Promise<ExportGraphs> {
  const all = mapShapes(parameterShapes(config));
  const { encode, takeStep } = exportedFunctions(config);
  const prefix = prefixSignature(config, batch, promptLength);
  const encoderUse = await listUsed(encode, { weights: all, prefix });
  const encoder = await compile(encode, { weights: pick(all, encoderUse.weights), prefix }, options);

  const shapes = { rows: batch, maxLength };
  const signature = { weights: all, memory: encoderUse.result.memory, ...stepSignature(config, shapes) };
  const stepUse = await listUsed(takeStep, signature);
  const decoderStep = await compile(takeStep, { ...signature, weights: pick(all, stepUse.weights) }, options);
  return { encoder, step: decoderStep, encoderWeights: encoderUse.weights, stepWeights: stepUse.weights };
}

/** What the two graphs compute. */
export function exportedFunctions(config: SimVLMConfig) {
  return {
    encode({ weights, prefix }: EncoderInputs): EncoderOutputs {
      const { layers, mask, first } = rememberPrefix(weights, prefix, config);
      return { memory: { layers, hidden: mask, first } };
    },
    takeStep: ({ weights, memory: { hidden, ...memory }, cache, step }: StepArguments): StepOutputs =>
      decodeStep(weights, { ...memory, mask: hidden }, cache, step, config),
  };
}

/** What a step is made for besides the encoder's outputs. @param inherits whether rows go on from others */
export function stepSignature(
  config: SimVLMConfig,
  { rows, maxLength }: { readonly rows: number; readonly maxLength: number },
  inherits = false,
) {
  const cache = mapTree(cacheShapes(config, rows, maxLength), isShape, (_, shape) => ({ shape }));
  return {
    cache: cache as MapTree<SuffixCache, TensorSpecification>,
    step: {
      tokens: { shape: [rows], dtype: "int32" },
      position: { shape: [], dtype: "int32" },
      ...(inherits && { parents: { shape: [rows], dtype: "int32" } }),
    },
  };
}

/** What the encoder is compiled for. */
export function prefixSignature({ imageSize }: SimVLMConfig, batch: number, length: number) {
  return {
    images: { shape: [batch, imageSize, imageSize, 3] },
    ...(length > 0 && {
      prefixTokens: { shape: [batch, length], dtype: "int32" },
      prefixMask: { shape: [batch, length] },
    }),
  };
}

/** What the names of weights begin with among a graph's inputs. */
export const WEIGHTS = "weights/";

/** The weights that a function reads, and the shapes of what it returns. */
export async function listUsed<Inputs extends { readonly weights: Weights }, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: MapTree<Inputs, TensorSpecification>,
): Promise<{ weights: string[]; result: MapTree<Outputs, TensorSpecification> }> {
  const weights = new Set<string>();
  const note: ProxyHandler<Weights> = {
    get(all, name) {
      weights.add(String(name));
      return Reflect.get(all, name);
    },
  };
  const noting = (inputs: Inputs) => fn({ ...inputs, weights: new Proxy(inputs.weights, note) });
  const trace = await traceFunction(noting, signature);
  const shapes = new Map(trace.outputs.map(([name, { shape, type }]) => [name, { shape, dtype: type }]));
  const isName = (node: unknown): node is string => typeof node === "string";
  return {
    weights: [...weights],
    result: mapTree(trace.result, isName, (_, name) => shapes.get(name)!) as MapTree<Outputs, TensorSpecification>,
  };
}

const isShape = (node: unknown): node is readonly number[] => Array.isArray(node);

/** Shapes as a signature. */
export function mapShapes(shapes: ParameterShapes): Record<string, TensorSpecification> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}

/** The part of a record that has these keys. */
export function pick<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, all[name]!]));
}
