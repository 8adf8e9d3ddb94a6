import { SimvlmError } from "@simvlm/metrics";
import {
  type BackendValues,
  type DataType,
  engine,
  KernelBackend,
  registerBackend,
  type Tensor,
  type TensorInfo,
} from "@tensorflow/tfjs-core";
import type { QuantisedMatrices } from "../eight-bits/quantised-matrices.js";
import { callSite } from "./call-site.js";
import { type ElementType, type Graph, sizeOf, toConstantData, type Value } from "./graph.js";
import { uniform, uniformOf } from "./rewrite-graph.js";

/** The name by which tfjs knows the backend. */
export const TRACE_BACKEND = "trace";

/** Scanning a written tensor for repetition stops at the first difference, so it costs nothing where it fails. */
function isUniform(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], values[0])) return false;
  return values.length > 0;
}

export function elementTypeOf(dtype: DataType): ElementType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw new SimvlmError(
    "unmapped-type",
    `compile: a tensor of type ${dtype} was made at ${callSite()}; a graph holds float32, int32 and bool.`,
  );
}

/**
 * A tfjs backend that holds no numbers: a tensor's data is a value of the graph being traced.
 * tfjs frees a tensor's data when the tensor is disposed of, so each tensor gets a data object of its own.
 */
export class TraceBackend extends KernelBackend {
  graph: Graph | undefined;
  /** Whether the graph runs faster if it goes through large tensors block by block. */
  wantsBlocks = false;
  /** The length that stands for any. */
  anyLength: number | undefined;
  /** The constant matrices whose products are in eight bits. */
  matrices: QuantisedMatrices | undefined;
  #values = new WeakMap<object, Value>();
  #count = 0;

  get activeGraph(): Graph {
    if (this.graph) return this.graph;
    throw new SimvlmError("not-tracing", 'The tfjs backend "trace" computes nothing; it serves compile() alone.');
  }

  /** Makes the tensor that stands for a value. */
  infoOf(value: Value): TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    this.#count += 1;
    return { dataId, shape: [...value.shape], dtype: value.type as DataType };
  }

  /** Makes a tensor for a value outside a kernel. */
  tensorOf(value: Value): Tensor {
    return engine().makeTensorFromTensorInfo(this.infoOf(value), this);
  }

  /** The value that a tensor stands for. A tensor made by another backend enters the graph as a constant. */
  lookUp(tensor: TensorInfo): Value {
    const known = this.#values.get(tensor.dataId);
    if (known) return known;
    const owner = engine().state.tensorInfo.get(tensor.dataId);
    if (!owner) throw new Error("a tensor without data reached the trace");
    return this.#constant(owner.backend.readSync(tensor.dataId), tensor.shape, tensor.dtype);
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): object {
    return this.infoOf(this.#constant(values, shape, dtype)).dataId;
  }

  #constant(values: BackendValues, shape: number[], dtype: DataType): Value {
    const type = elementTypeOf(dtype);
    const numbers = values as ArrayLike<number>;
    if (isUniform(numbers)) return uniform(this.activeGraph, Number(numbers[0]), shape, type);
    return this.activeGraph.constant(toConstantData(numbers, type), shape, type);
  }

  override readSync(dataId: object): BackendValues {
    const value = this.#values.get(dataId);
    const number = value && uniformOf(value);
    if (value && number !== undefined) {
      return toConstantData(new Float64Array(sizeOf(value.shape)).fill(number), value.type) as Float32Array;
    }
    if (value?.data) return value.data as Float32Array;
    throw new SimvlmError(
      "traced-read",
      `compile: the numbers of a tensor were read at ${callSite()}, but while a function is compiled its tensors ` +
        "have none. Compute with tensor operations instead, or pass what is read as an argument.",
    );
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(): boolean {
    this.#count -= 1;
    return true;
  }

  override numDataIds(): number {
    return this.#count;
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}
}

/** The one instance, registered with tfjs at priority 0, so that tfjs never chooses it by itself. */
export const traceBackend = new TraceBackend();
registerBackend(TRACE_BACKEND, () => traceBackend, 0);
