import { parse, relative } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { clone, type Tensor } from "@tensorflow/tfjs-core";
import { InferenceSession } from "onnxruntime-node";
import { countProcessors } from "../processors.js";
import { CompiledFunction } from "./compiled-function.js";
import { mayOverflow } from "./eight-bits/overflow.js";
import { storeLevels } from "./eight-bits/store-levels.js";
import "./gradients/gradient-registry.js";
import "./kernels/kernel-registry.js";
import type { NativeTensor } from "./native-tensor.js";
import { type ConstantSource, type NamedOutput, writeModel } from "./onnx-writer.js";
import { type Optimisation, optimisationOptions } from "./optimisers.js";
import { missingProvider, type Provider, problemOf, requireProvider } from "./providers.js";
import { canStopCopying, STOP } from "./stop-copying.js";
import { listInputs, type Signature, type Trace, traceFunction } from "./trace/trace.js";

/** What runs a compiled function, and how. By default: the CPU with one thread for each core, everything optimised. */
export interface CompileOptions {
  /** What runs the graph; default `cpu`. */
  readonly provider?: Provider;
  /** How many threads one operator may use on the CPU; default one for each core. */
  readonly threads?: number;
  /** How far ONNX Runtime optimises the graph; default `all`. The file that `toOnnx()` writes is not affected. */
  readonly optimisation?: Optimisation;
  /**
   * Results that stay in the GPU's memory because they feed the next step, each by its path or by a branch that leads
   * to it; read them with `download()`. A provider without memory of its own leaves them in plain memory. Default none.
   */
  readonly keepOnDevice?: readonly string[];
  /**
   * Arguments that never change, by their paths (`weights/output.bias`): they become constants of the graph, which
   * ONNX Runtime lays out for its products once, and are not passed to `run`. Numbers in a file are read by ONNX Runtime
   * itself and are in memory once. `location` is the file's absolute path, without symbolic links. They belong to the
   * function: a function that is shared takes the constants of its first compilation. Default none.
   */
  readonly constants?: Readonly<Record<string, ConstantSource>>;
  /**
   * How the constant matrices are kept that something is multiplied by: `int8` rounds each output's column to eight bits
   * when the graph is made, and each row that is multiplied when it runs. On the CPU only. Default `float32`: as they are.
   */
  readonly matrices?: MatrixPrecision | undefined;
  /**
   * A length that stands for any: axes of this length in the signature may have others, 0 among them, when the function
   * runs. Choose one that no other axis has, such as a large prime. `fn` must not do arithmetic with it. Default none.
   */
  readonly anyLength?: number;
}

/** How a graph keeps its matrices. */
export type MatrixPrecision = "float32" | "int8";

const DEFAULTS = { provider: "cpu", optimisation: "all", keepOnDevice: [], constants: {} } as const;

/** What is left out is filled in. */
type Settings = Required<Omit<CompileOptions, "anyLength" | "matrices">> &
  Pick<CompileOptions, "anyLength" | "matrices">;

const cache = new WeakMap<object, Map<string, Promise<CompiledFunction<never, never>>>>();

/**
 * Turns a pure tfjs function into one ONNX graph that ONNX Runtime runs. `fn` is called once, on tensors that have
 * shapes and types but no numbers; gradients (tf.grad, tf.valueAndGrads) inside it become part of the graph. Until it
 * is disposed of, the compiled function is shared: the same function, signature and options give the same one.
 *
 * @param fn takes and returns a tensor or a tree of tensors, and depends on nothing else that changes
 * @param signature the shapes and types of the arguments, in the same tree as the arguments
 * @throws SimvlmError `provider`, `signature`, `unmapped-kernel`, `unmapped-type`, `traced-read`, `traced-promise`; for
 *   matrices in eight bits `no-int8`, `not-finite-weights` and `cannot-write`; and what `fn` itself throws
 */
export async function compile<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: Signature<Inputs>,
  options: CompileOptions = {},
): Promise<CompiledFunction<Inputs, Outputs>> {
  const settings = { ...DEFAULTS, threads: countProcessors(), ...options };
  requireProvider(settings.provider);
  if (settings.matrices === "int8" && settings.provider !== "cpu") {
    throw new SimvlmError(
      "no-int8",
      `Products in eight bits are computed on the CPU only, not by the provider ${settings.provider}.`,
    );
  }
  const known = cache.get(fn) ?? new Map();
  cache.set(fn, known);
  const key = JSON.stringify([listInputs(signature), { ...settings, constants: undefined }]);
  const forget = (): void => {
    known.delete(key);
  };
  const found = known.get(key) ?? build(fn, signature, settings, forget);
  known.set(key, found);
  found.catch(forget);
  return found;
}

async function build<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: Signature<Inputs>,
  settings: Settings,
  forget: () => void,
): Promise<CompiledFunction<Inputs, Outputs>> {
  const { provider, anyLength, matrices, constants } = settings;
  const quantised = matrices === "int8" ? new Set(Object.keys(constants)) : undefined;
  const trace = await traceFunction(fn, signature, { inBlocks: provider === "cpu", anyLength, quantised });
  // What a reshape gives would be copied to where a result is due: the session gives what was reshaped instead.
  const isFixed = ([, { shape }]: NamedOutput): boolean => anyLength === undefined || !shape.includes(anyLength);
  const outputs = trace.outputs.map((output) => (provider === "cpu" && isFixed(output) ? unshaped(output) : output));
  const levels = quantised && (await storeLevels(trace.quantised, constants));
  const all = { ...settings, constants: { ...constants, ...levels?.constants } };
  const stop = provider === "cpu" && (await canStopCopying()) ? STOP : undefined;
  const session = await createSession(trace, outputs, all, stop).finally(() => levels?.remove());
  const conventions = { constants: new Set(Object.keys(constants)), anyLength, stops: stop !== undefined };
  return new CompiledFunction(session, trace, outputs, conventions, forget);
}

function unshaped([name, value]: NamedOutput): NamedOutput {
  const source = value.node?.operator === "Reshape" ? value.node.inputs[0]! : value;
  return [name, source.node ? source : value];
}

async function createSession(
  trace: Trace,
  outputs: readonly NamedOutput[],
  settings: Settings,
  stop: string | undefined,
): Promise<InferenceSession> {
  const { provider, threads, anyLength } = settings;
  const { optimization, ...options } = optimisationOptions(settings.optimisation);
  const kept = provider === "webgpu" ? keptOutputs(trace, settings.keepOnDevice) : [];
  const { root, external } = locate(settings.constants);
  try {
    return await InferenceSession.create(
      writeModel(trace.graph, outputs, { external, stop, ...(anyLength !== undefined && { anyLength }) }),
      {
        executionProviders: [provider],
        extra: {
          session: {
            // Threads wait by spinning; those of one graph would go on for a while and keep a core from the next graph.
            force_spinning_stop: "1",
            // A slower way to numbers that do not overflow; it keeps the matrices twice.
            ...(settings.matrices === "int8" && (await mayOverflow()) && { x64quantprecision: "1" }),
            ...(root !== undefined && { model_external_initializers_file_folder_path: root }),
          },
          optimization,
        },
        intraOpNumThreads: threads,
        ...options,
        ...(kept.length > 0 && {
          preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, "gpu-buffer"])),
        }),
      },
    );
  } catch (error) {
    if (provider === "cpu") throw error;
    throw missingProvider(provider, `does not start here: ${problemOf(error)}`, error);
  }
}

/** Constants by places relative to the root of their disk: ONNX Runtime takes no absolute paths. */
function locate(constants: Readonly<Record<string, ConstantSource>>) {
  let root: string | undefined;
  const external = Object.fromEntries(
    Object.entries(constants).map(([name, source]): [string, ConstantSource] => {
      if (!("location" in source)) return [name, source];
      root = parse(source.location).root;
      return [name, { ...source, location: relative(root, source.location) }];
    }),
  );
  return { root, external };
}

function keptOutputs(trace: Trace, branches: readonly string[]): string[] {
  const isKept = (path: string): boolean => branches.some((branch) => path === branch || path.startsWith(`${branch}/`));
  return trace.results.filter(([path]) => isKept(path)).map(([, name]) => name);
}

const copy = (tensor: Tensor): Tensor => clone(tensor);

/** Copies a tensor that was kept on the GPU to plain memory; a tensor that is there already is returned as it is. */
export async function download(tensor: NativeTensor): Promise<NativeTensor> {
  if (!tensor.onDevice) return tensor;
  const compiled = await compile(copy, tensor, { provider: "webgpu" });
  return compiled.run(tensor);
}
