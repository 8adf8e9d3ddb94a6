import { createHash } from "node:crypto";

/**
 * The element types the engine writes; `int64` serves shapes and indices inside the graph only, `int8` and `uint8`
 * products in eight bits.
 */
export type ElementType = "float32" | "float64" | "int32" | "int64" | "int8" | "uint8" | "bool";

/** The length of each axis. */
export type Shape = readonly number[];

/** The number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The numbers of a constant. */
export type ConstantData = Float32Array | Float64Array | Int32Array | Int8Array | Uint8Array | BigInt64Array;

/** A graph inside an operator that runs it many times, or not at all. It may read values of the graph around it. */
export interface Body {
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}

/** A float is wrapped, because ONNX tells integer attributes from floats and JavaScript does not. */
export type Attribute = number | readonly number[] | string | { readonly float: number } | { readonly body: Body };
/** An operator's attributes, by the names that ONNX gives them. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** One tensor of the graph: an input (it has a name), a constant (it has data) or the output of a node. */
export interface Value {
  readonly id: number;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly input?: string;
  readonly data?: ConstantData;
  readonly node?: Node;
}

/** One ONNX operator applied to values. */
export interface Node {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Values of this graph that the operator's body reads. */
  readonly captures?: readonly Value[];
}

/** The shape and type of an operator's output. */
export interface OutputSpecification {
  readonly shape: Shape;
  readonly type: ElementType;
}

const ARRAY_OF_TYPE = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/**
 * An ONNX graph under construction. The same operator on the same inputs with the same attributes is one node, and the
 * same numbers are one constant, because tfjs's gradients recompute and repeat both freely.
 */
export class Graph {
  readonly inputs: Value[] = [];
  readonly nodes: Node[] = [];
  readonly #known = new Map<string, Node>();
  readonly #constants = new Map<string, Value>();
  readonly #around: Graph | undefined;
  #lastId = 0;

  /** @param around the graph in one of whose operators this is the body */
  constructor(around?: Graph) {
    this.#around = around;
  }

  input(name: string, shape: Shape, type: ElementType): Value {
    const value: Value = { id: this.#nextId(), type, shape, input: name };
    this.inputs.push(value);
    return value;
  }

  /** Numbers values uniquely in a graph and all its bodies, which read each other's values. */
  #nextId(): number {
    return this.#around ? this.#around.#nextId() : this.#lastId++;
  }

  /** A constant of the given numbers; equal constants are one value. */
  constant(numbers: ConstantData | readonly number[], shape: Shape, type: ElementType): Value {
    if (this.#around) return this.#around.constant(numbers, shape, type);
    const data = toConstantData(numbers, type);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const key = `${type}[${shape}]${createHash("sha1").update(bytes).digest("base64")}`;
    return remember(this.#constants, key, () => ({ id: this.#nextId(), type, shape, data }));
  }

  /** A scalar constant. */
  scalar(number: number, type: ElementType): Value {
    return this.constant([number], [], type);
  }

  /** A vector of int64: how ONNX takes shapes, axes and paddings. */
  integers(numbers: readonly number[]): Value {
    return this.constant(numbers, [numbers.length], "int64");
  }

  /** Applies an operator with one output, which has the type of the first input unless another is given. */
  emit(
    operator: string,
    inputs: readonly (Value | undefined)[],
    shape: Shape,
    attributes: Attributes = {},
    type: ElementType = inputs[0]!.type,
  ): Value {
    return this.emitMany(operator, inputs, [{ shape, type }], attributes)[0]!;
  }

  /** Applies an operator with several outputs. */
  emitMany(
    operator: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly OutputSpecification[],
    attributes: Attributes = {},
    domain = "",
  ): readonly Value[] {
    const key = JSON.stringify([operator, domain, inputs.map((input) => input?.id), attributes, outputs]);
    const build = (): Node => {
      const node = { operator, domain, inputs, attributes, outputs: [] as Value[] };
      for (const { shape, type } of outputs) node.outputs.push({ id: this.#nextId(), type, shape, node });
      this.nodes.push(node);
      return node;
    };
    return remember(this.#known, key, build).outputs;
  }

  /** Applies an operator that runs graphs made with this one around them; they are attributes of it. */
  emitWithBodies(
    operator: string,
    inputs: readonly Value[],
    outputs: readonly OutputSpecification[],
    attributes: Attributes,
    bodies: Readonly<Record<string, Body>>,
  ): readonly Value[] {
    const all = Object.values(bodies);
    const inside = new Set(all.flatMap((body) => [...body.inputs, ...body.nodes.flatMap((node) => node.outputs)]));
    const read = all.flatMap((body) => [...body.nodes.flatMap(valuesRead), ...body.outputs]);
    const captures = [...new Set(read)].filter((value) => !inside.has(value));
    const made: Value[] = [];
    const node: Node = {
      operator,
      domain: "",
      inputs,
      attributes: {
        ...attributes,
        ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, { body }])),
      },
      outputs: made,
      captures,
    };
    for (const { shape, type } of outputs) made.push({ id: this.#nextId(), type, shape, node });
    this.nodes.push(node);
    return made;
  }

  /** The nodes that the outputs depend on, in an order in which they can run. */
  reachable(outputs: readonly Value[]): Node[] {
    const needed = new Set<Node>();
    const pending = outputs.flatMap((output) => output.node ?? []);
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (needed.has(node)) continue;
      needed.add(node);
      for (const input of valuesRead(node)) if (input.node) pending.push(input.node);
    }
    return this.nodes.filter((node) => needed.has(node));
  }

  /** All values that the outputs depend on, and the outputs: inputs, constants and what nodes give. */
  listRead(outputs: readonly Value[]): Set<Value> {
    return new Set([...this.reachable(outputs).flatMap(valuesRead), ...outputs]);
  }
}

/** What a node depends on: its inputs and what its body reads. */
export function valuesRead({ inputs, captures = [] }: Node): Value[] {
  return [...inputs, ...captures].filter((value) => value !== undefined);
}

/** Numbers as constant data of the given type; they are not copied if they are that already. */
export function toConstantData(numbers: ConstantData | ArrayLike<number>, type: ElementType): ConstantData {
  const Constructor = ARRAY_OF_TYPE[type];
  if (numbers instanceof Constructor) return numbers;
  if (Constructor === BigInt64Array) return BigInt64Array.from(Array.from(numbers as ArrayLike<number>), BigInt);
  return (Constructor as Float32ArrayConstructor).from(numbers as ArrayLike<number>);
}

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
