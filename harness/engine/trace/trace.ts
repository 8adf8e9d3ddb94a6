import { getBackend, ready, setBackend, Tensor, tidy } from "@tensorflow/tfjs-core";
import "../cpu-backend.js";
import { SimvlmError } from "@simvlm/metrics";
import { QuantisedMatrices, type QuantisedMatrix } from "../eight-bits/quantised-matrices.js";
import { type NativeType, nativeTypeOf } from "../native-tensor.js";
import type { NamedOutput } from "../onnx-writer.js";
import { type Entry, flattenTree, type MapTree, mapTree, type Tree } from "../tree.js";
import { TRACE_BACKEND, traceBackend } from "./backend.js";
import { callSite, withLongStackTraces } from "./call-site.js";
import { Graph, type Value } from "./graph.js";

/** The shape and type of an argument. A tensor can stand for the specification of tensors like itself. */
export interface TensorSpecification {
  readonly shape: readonly number[];
  /** Default `float32`. */
  readonly dtype?: string;
}

/** The specifications of a function's arguments, in the same tree as the arguments. */
export type Signature<Inputs> = MapTree<Inputs, TensorSpecification>;

/** The shape and type of one input of a graph. */
export interface InputSpecification {
  readonly shape: readonly number[];
  readonly dtype: NativeType;
}

/**
 * A function as a graph: its inputs by name, its outputs, and the tree of its results with the names of outputs as
 * leaves.
 */
export interface Trace {
  readonly graph: Graph;
  readonly inputs: readonly Entry<InputSpecification>[];
  readonly outputs: readonly NamedOutput[];
  readonly result: Tree<string>;
  /** The leaves of `result`: paths in the function's result and the names of the outputs there. */
  readonly results: readonly Entry<string>[];
  /** The matrices that products read in eight bits. */
  readonly quantised: readonly QuantisedMatrix[];
}

/** Whether a node of a signature is a specification, and not a branch. */
export function isSpecification(node: unknown): node is TensorSpecification {
  return typeof node === "object" && node !== null && Array.isArray((node as TensorSpecification).shape);
}

/** Lists the inputs that a signature names, checked. */
export function listInputs(signature: unknown): Entry<InputSpecification>[] {
  return flattenTree(signature, isSpecification, "signature").map(([name, { shape, dtype = "float32" }]) => {
    const invalid = shape.find((size) => !Number.isInteger(size) || size < 0);
    if (invalid === undefined) return [name, { shape, dtype: nativeTypeOf(dtype) }];
    throw new SimvlmError("signature", `signature: "${name}" has the shape [${shape}]; sizes must be whole numbers.`);
  });
}

/** What the graph is for. */
export interface TraceOptions {
  /** Whether it runs faster if it goes through large tensors block by block; default false. */
  readonly inBlocks?: boolean;
  /** The length that stands for any; default none. */
  readonly anyLength?: number | undefined;
  /** The inputs that are constants whose products are computed in eight bits; default none. */
  readonly quantised?: ReadonlySet<string> | undefined;
}

/**
 * Runs `fn` once on tensors without numbers and notes what it computes. tfjs's backend and scopes are as
 * before when this returns or throws.
 */
export async function traceFunction<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: Signature<Inputs>,
  { inBlocks = false, anyLength, quantised = new Set() }: TraceOptions = {},
): Promise<Trace> {
  const inputs = listInputs(signature);
  await ready();
  const previous = getBackend();
  const graph = new Graph();
  traceBackend.graph = graph;
  traceBackend.wantsBlocks = inBlocks;
  traceBackend.anyLength = anyLength;
  const matrices = new QuantisedMatrices(graph, quantised);
  traceBackend.matrices = matrices;
  // A registered synchronous backend is set before setBackend returns its promise: no other task sees the switch.
  setBackend(TRACE_BACKEND);
  try {
    const values = new Map(inputs.map(([name, { shape, dtype }]) => [name, graph.input(name, shape, dtype)]));
    const traced = withLongStackTraces(() => callTraced(fn, signature, values));
    return { graph, inputs, ...traced, quantised: matrices.all };
  } finally {
    traceBackend.graph = undefined;
    traceBackend.matrices = undefined;
    setBackend(previous);
  }
}

const isTensor = (node: unknown): node is Tensor => node instanceof Tensor;
const isValue = (node: unknown): node is Value => typeof node === "object" && node !== null && "id" in node;

function callTraced<Inputs, Outputs>(
  fn: (inputs: Inputs) => Outputs,
  signature: Signature<Inputs>,
  values: ReadonlyMap<string, Value>,
): Pick<Trace, "outputs" | "result" | "results"> {
  return withoutLeaks(() => {
    const tensors = mapTree(signature, isSpecification, (name) => traceBackend.tensorOf(values.get(name)!));
    const results = callNamingFailures(fn, tensors as Inputs);
    const tree = mapResult(results);
    const nameOf = (path: string): string => (values.has(path) ? `${path}:out` : path);
    const leaves = flattenTree(tree, isValue, "result");
    return {
      outputs: leaves.map(([path, value]) => [nameOf(path), value]),
      result: mapTree(tree, isValue, nameOf),
      results: leaves.map(([path]) => [path, nameOf(path)]),
    };
  });
}

/** Disposes of every tensor that `task` makes, whatever it returns. */
function withoutLeaks<T>(task: () => T): T {
  let result: T | undefined;
  tidy(() => {
    result = task();
  });
  return result as T;
}

function mapResult(results: unknown): Tree<Value> {
  if (results instanceof Promise) {
    throw new SimvlmError("traced-promise", "compile: the function returned a promise; it must be synchronous.");
  }
  flattenTree(results, isTensor, "result");
  return mapTree(results, isTensor, (_, tensor) => traceBackend.lookUp(tensor));
}

const UNMAPPED = /^Kernel '(.+)' not registered for backend 'trace'/;

function callNamingFailures<Inputs, Outputs>(fn: (inputs: Inputs) => Outputs, inputs: Inputs): Outputs {
  try {
    return fn(inputs);
  } catch (error) {
    const unmapped = error instanceof Error && UNMAPPED.exec(error.message);
    if (!unmapped) throw error;
    throw new SimvlmError(
      "unmapped-kernel",
      `compile: the tfjs kernel "${unmapped[1]}" has no mapping to ONNX; it is called at ${callSite(error)}. ` +
        "Write it with mapped operations (docs/engine.md lists them) or map it in harness/engine/kernels.",
      { cause: error },
    );
  }
}
