import type { Graph, Value } from "../trace/graph.js";
import { unary } from "../trace/rewrite-graph.js";

/** The number that the largest of a row or a column becomes: the range is the same on both sides of zero. */
export const LARGEST_LEVEL = 127;
/** Smaller matrices stay as they are: to quantise what is multiplied by them costs more than it saves. */
const SMALLEST_MATRIX = 256;
/** A row of zeros is divided by it. */
const SMALLEST_RANGE = 1e-30;
/** Products take unsigned numbers by signed ones: zero lies in the middle of the unsigned. */
const MIDDLE = 128;

/** A constant matrix `[in, out]` that products read in eight bits. */
export interface QuantisedMatrix {
  /** The constant it is made of. */
  readonly source: string;
  /** Whether that lies `[out, in]`. */
  readonly transposed: boolean;
  /** `[in, out]`, each column from -127 to 127. */
  readonly levels: Value;
  /** `[out]`: a level times its column's scale is the number. */
  readonly scales: Value;
}

/**
 * The constant matrices of a graph that products read in eight bits. They are inputs of the graph, as constants are; one
 * that nothing else reads is in no file of the model any more.
 */
export class QuantisedMatrices {
  readonly #graph: Graph;
  readonly #constants: ReadonlySet<string>;
  readonly #all = new Map<string, QuantisedMatrix>();

  /** @param graph the outermost, whose inputs all bodies read */
  constructor(graph: Graph, constants: ReadonlySet<string>) {
    this.#graph = graph;
    this.#constants = constants;
  }

  get all(): readonly QuantisedMatrix[] {
    return [...this.#all.values()];
  }

  /** The right factor of a product, where it is a constant matrix that is large enough. */
  find(factor: Value, transposed: boolean): QuantisedMatrix | undefined {
    const found = findInput(factor, transposed);
    if (!found || !this.#constants.has(found.input.input!)) return undefined;
    const source = found.input.input!;
    const [rows, columns] = found.input.shape as [number, number];
    if (rows * columns < SMALLEST_MATRIX) return undefined;
    const key = `${source}:int8${found.transposed ? "-transposed" : ""}`;
    const known = this.#all.get(key);
    if (known) return known;
    const [input, output] = found.transposed ? [columns, rows] : [rows, columns];
    const made: QuantisedMatrix = {
      source,
      transposed: found.transposed,
      levels: this.#graph.input(key, [input, output], "int8"),
      scales: this.#graph.input(`${key}:scales`, [output], "float32"),
    };
    this.#all.set(key, made);
    return made;
  }
}

/** The matrix that a value is, perhaps with leading axes of one, or transposed. */
function findInput(value: Value, transposed: boolean): { input: Value; transposed: boolean } | undefined {
  if (value.shape.slice(0, -2).some((size) => size !== 1)) return undefined;
  if (value.input !== undefined) return value.shape.length === 2 ? { input: value, transposed } : undefined;
  const source = value.node?.inputs[0];
  if (value.node?.operator === "Reshape") {
    const isSameMatrix = String(source!.shape.slice(-2)) === String(value.shape.slice(-2));
    return isSameMatrix ? findInput(source!, transposed) : undefined;
  }
  if (value.node?.operator !== "Transpose") return undefined;
  const order = value.node.attributes.perm as readonly number[];
  const last = order.length - 1;
  const isExchange = order.at(-1) === last - 1 && order.at(-2) === last;
  return isExchange ? findInput(source!, !transposed) : undefined;
}

/**
 * The product by a matrix in eight bits. Each row of `x` is quantised by its own largest number, so that nothing else
 * of a batch has a part in its result; sums are exact.
 * @param x `[..., in]` @returns `[..., out]`
 */
export function multiplyQuantised(graph: Graph, x: Value, { levels, scales }: QuantisedMatrix): Value {
  const rows = [...x.shape.slice(0, -1), 1];
  const shape = [...x.shape.slice(0, -1), levels.shape[1]!];
  const step = graph.scalar(1 / LARGEST_LEVEL, "float32");
  const middle = graph.constant([MIDDLE], [], "uint8");
  const axes = graph.integers([x.shape.length - 1]);
  const largest = graph.emit("ReduceMax", [unary(graph, "Abs", x), axes], rows, { keepdims: 1 });
  const range = graph.emit("Max", [largest, graph.scalar(SMALLEST_RANGE, "float32")], rows);
  const relative = graph.emit("Div", [x, range], x.shape);
  const quantised = graph.emit("QuantizeLinear", [relative, step, middle], x.shape, {}, "uint8");
  const factors = [quantised, levels, step, scales, middle];
  const output = [{ shape, type: "float32" }] as const;
  const [product] = graph.emitMany("MatMulIntegerToFloat", factors, output, {}, "com.microsoft");
  return graph.emit("Mul", [product!, range], shape);
}
