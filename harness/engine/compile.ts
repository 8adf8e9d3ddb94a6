import { availableParallelism } from "node:os";
import { InferenceSession } from "onnxruntime-node";
import { CompiledFunction } from "./compiled-function.js";
import "./gradients/registry.js";
import "./kernels/registry.js";
import { writeModel } from "./onnx/model-writer.js";
import { type Provider, requireProvider } from "./providers.js";
import { listInputs, type Signature, type Trace, traceFunction } from "./trace/trace.js";

export interface CompileOptions {
  /** What runs the graph. */
  readonly provider?: Provider;
  /** How many threads an operator may use on the CPU. */
  readonly threads?: number;
  /** How far ONNX Runtime optimises the graph; the file that toOnnx() gives is not affected. */
  readonly optimisation?: "disabled" | "basic" | "extended" | "all";
}

const DEFAULTS = { provider: "cpu", optimisation: "all" } as const;

/** ONNX Runtime's warnings speak of its own decisions, which nobody here can act on; errors are thrown. */
const LOG_ERRORS_ONLY = 3;

const cache = new WeakMap<object, Map<string, Promise<CompiledFunction<never, never>>>>();

/**
 * Turns a pure tfjs function into one ONNX graph that ONNX Runtime runs. `fn` is called once, on tensors that
 * have shapes and types but no numbers; gradients (tf.grad, tf.valueAndGrads) inside it become part of the graph.
 * The same function, signature and options give the same compiled function again, until it is disposed of.
 *
 * @param fn takes and returns a tensor or a tree of tensors, and depends on nothing else that changes
 * @param signature the shapes and types of the arguments, in the form of the argument
 * @throws SimvlmError `provider`, `signature`, `unmapped-kernel`, `unmapped-type`, `traced-read`, `traced-promise`;
 *   and what `fn` itself throws
 */
export async function compile<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: Signature<Inputs>,
  options: CompileOptions = {},
): Promise<CompiledFunction<Inputs, Outputs>> {
  const settings = { ...DEFAULTS, threads: availableParallelism(), ...options };
  requireProvider(settings.provider);
  const known = cache.get(fn) ?? new Map();
  cache.set(fn, known);
  const key = JSON.stringify([listInputs(signature), settings]);
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
  settings: Required<CompileOptions>,
  forget: () => void,
): Promise<CompiledFunction<Inputs, Outputs>> {
  const trace = await traceFunction(fn, signature);
  return new CompiledFunction(await createSession(trace, settings), trace, forget);
}

function createSession(trace: Trace, { provider, threads, optimisation }: Required<CompileOptions>) {
  return InferenceSession.create(writeModel(trace.graph, trace.outputs), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    graphOptimizationLevel: optimisation,
    logSeverityLevel: LOG_ERRORS_ONLY,
  });
}
