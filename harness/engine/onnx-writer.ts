import { MessageWriter } from "./message-writer.js";
import type { Attribute, Body, ConstantData, Graph, Node, Shape, Value } from "./trace/graph.js";
import { onnxType } from "./trace/rewrite-graph.js";

/*
 * Writes a graph as an ONNX ModelProto (onnx.proto3, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 * The numbers below are that file's field numbers. The writer notes what is to be written and copies each
 * tensor once, into the finished file.
 */

const IR_VERSION = 9;
const OPSET_VERSION = 20;
/** ONNX Runtime's own operators. */
const CONTRIB = { domain: "com.microsoft", version: 1 };

const MODEL = { irVersion: 1, producerName: 2, graph: 7, opsetImport: 8 } as const;
const OPSET = { domain: 1, version: 2 } as const;
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const;
const ATTRIBUTE = { name: 1, float: 2, integer: 3, string: 4, graph: 6, integers: 8, type: 20 } as const;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, string: 3, graph: 5, integers: 7 } as const;
const TENSOR = { dimensions: 1, type: 2, name: 8, data: 9, external: 13, location: 14 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE_TENSOR = 1;
const TYPE_SEQUENCE = 4;
const SEQUENCE_ELEMENT = 1;
const TENSOR_TYPE = { element: 1, shape: 2 } as const;
const SHAPE_DIMENSION = 1;
const DIMENSION = { value: 1 } as const;
const EXTERNAL = 1;
const EMPTY = "SequenceEmpty";

/** Where a constant's numbers lie in a file beside the model: ONNX's external data. */
export interface ExternalData {
  /** The file, relative to the model's folder. */
  readonly location: string;
  /** Where the numbers begin, in bytes from the beginning of that file. */
  readonly offset: number;
  /** In bytes. */
  readonly length: number;
  /** How the numbers are stored; default `float32`. The graph widens others to it once, when it is loaded. */
  readonly stored?: "float32" | "float16" | "bfloat16";
}

/** Numbers that become a constant of the model: in a file, or in memory, from where they are copied into it. */
export type ConstantSource = ExternalData | ConstantData;

/** Which inputs of a model are stored beside it instead of being asked for at each run; by default none. */
export interface ModelOptions {
  /**
   * Where the numbers of such inputs lie, by the input's name. They become constants of the model: this is how weights
   * are exported.
   */
  readonly external?: Readonly<Record<string, ConstantSource>>;
  /** A length that stands for any: axes of it may be of other lengths when the model runs. */
  readonly anyLength?: number;
}

/** What is written for a session besides. */
interface SessionOptions extends ModelOptions {
  /** The name of an output before all others: an empty sequence. */
  readonly stop?: string | undefined;
}

function writeAttribute(writer: MessageWriter, name: string, attribute: Attribute, about: Writing): void {
  writer.text(ATTRIBUTE.name, name);
  if (typeof attribute === "number") {
    writer.integer(ATTRIBUTE.integer, attribute).integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integer);
  } else if (typeof attribute === "string") {
    writer.text(ATTRIBUTE.string, attribute).integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.string);
  } else if ("body" in attribute) {
    writer
      .message(ATTRIBUTE.graph, (body) => writeBody(body, name, attribute.body, about))
      .integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.graph);
  } else if ("float" in attribute) {
    writer.float(ATTRIBUTE.float, attribute.float).integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
  } else {
    for (const integer of attribute) writer.integer(ATTRIBUTE.integers, integer);
    writer.integer(ATTRIBUTE.type, ATTRIBUTE_TYPE.integers);
  }
}

function writeBody(writer: MessageWriter, name: string, { nodes, inputs, outputs }: Body, about: Writing): void {
  for (const node of nodes) writer.message(GRAPH.node, (nested) => writeNode(nested, node, about));
  writer.text(GRAPH.name, name);
  const writePort = (field: number, port: Value): void => {
    writer.message(field, (nested) => writeValueInfo(nested, about.nameOf(port), port, about.anyLength));
  };
  for (const input of inputs) writePort(GRAPH.input, input);
  for (const output of outputs) writePort(GRAPH.output, output);
}

function writeNode(writer: MessageWriter, node: Node, about: Writing): void {
  const { nameOf } = about;
  for (const input of node.inputs) writer.text(NODE.input, input ? nameOf(input) : "");
  for (const output of node.outputs) writer.text(NODE.output, nameOf(output));
  writer.text(NODE.operator, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(NODE.attribute, (nested) => writeAttribute(nested, name, attribute, about));
  }
  if (node.domain !== "") writer.text(NODE.domain, node.domain);
}

function writeTensorHead(writer: MessageWriter, name: string, shape: Shape, type: number): void {
  for (const size of shape) writer.integer(TENSOR.dimensions, size);
  writer.integer(TENSOR.type, type).text(TENSOR.name, name);
}

function writeConstant(writer: MessageWriter, { shape, type }: Value, data: ConstantData, name: string): void {
  writeTensorHead(writer, name, shape, onnxType(type));
  writer.bytes(TENSOR.data, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The types that ONNX has and the engine does not: they exist in files only. */
const HALF_TYPE = { float16: 10, bfloat16: 16 } as const;

function writeExternal(writer: MessageWriter, value: Value, place: ExternalData): void {
  const { location, offset, length } = place;
  const half = halfType(place);
  writeTensorHead(writer, half ? storedName(value) : value.input!, value.shape, half ?? onnxType(value.type));
  for (const [key, text] of Object.entries({ location, offset: String(offset), length: String(length) })) {
    writer.message(TENSOR.external, (nested) => nested.text(ENTRY.key, key).text(ENTRY.value, text));
  }
  writer.integer(TENSOR.location, EXTERNAL);
}

function halfType({ stored = "float32" }: ExternalData): number | undefined {
  return stored === "float32" ? undefined : HALF_TYPE[stored];
}

/** What is stored in half precision has a name of its own; the input's name is that of the widened numbers. */
function storedName({ input }: Value): string {
  return `${input}:stored`;
}

function writeValueInfo(writer: MessageWriter, name: string, { shape, type }: Value, anyLength?: number): void {
  writer.text(VALUE_INFO.name, name).message(VALUE_INFO.type, (typeProto) =>
    typeProto.message(TYPE_TENSOR, (tensor) => {
      tensor.integer(TENSOR_TYPE.element, onnxType(type)).message(TENSOR_TYPE.shape, (dimensions) => {
        for (const size of shape) {
          dimensions.message(SHAPE_DIMENSION, (dimension) =>
            // Nameless: by a name ONNX Runtime would take two such axes for equally long.
            size === anyLength ? dimension : dimension.integer(DIMENSION.value, size),
          );
        }
      });
    }),
  );
}

/** A sequence of tensors of 32-bit floats, {@link EMPTY}'s own type. */
function writeSequenceInfo(writer: MessageWriter, name: string): void {
  writer
    .text(VALUE_INFO.name, name)
    .message(VALUE_INFO.type, (typeProto) =>
      typeProto.message(TYPE_SEQUENCE, (sequence) =>
        sequence.message(SEQUENCE_ELEMENT, (element) =>
          element.message(TYPE_TENSOR, (tensor) => tensor.integer(TENSOR_TYPE.element, onnxType("float32"))),
        ),
      ),
    );
}

type NameOf = (value: Value) => string;

/** What is to be known in every corner of a model that is being written. */
interface Writing {
  readonly nameOf: NameOf;
  readonly anyLength: number | undefined;
}

/** An output of the model and the value it has. */
export type NamedOutput = readonly [name: string, value: Value];

/** Names values, those that are outputs of the model by the (first) output they are. */
function nameValues(outputs: readonly NamedOutput[]): NameOf {
  const names = new Map<Value, string>();
  for (const [name, value] of outputs) if (value.node && !names.has(value)) names.set(value, name);
  return (value) => value.input ?? names.get(value) ?? `#${value.id}`;
}

/** Writes the part of a graph that the named outputs depend on. Every input is kept, needed or not, but no needless constant. */
export function writeModel(
  graph: Graph,
  outputs: readonly NamedOutput[],
  { external = {}, anyLength, stop }: SessionOptions = {},
): Uint8Array {
  const nameOf = nameValues(outputs);
  const about: Writing = { nameOf, anyLength };
  const values = outputs.map(([, value]) => value);
  const copies = outputs.flatMap(([name, value]) => (nameOf(value) === name ? [] : [copyNode(name, value)]));
  const nodes = withCopies(graph.reachable(values), copies);
  const read = graph.listRead(values);
  const constants = [...read].filter((value) => value.data !== undefined);
  const shapes = new Set(nodes.flatMap(listShapes));
  // ONNX infers the axis of a reshape that is -1.
  const dataOf = (value: Value): ConstantData =>
    anyLength !== undefined && shapes.has(value)
      ? BigInt64Array.from(value.data as BigInt64Array, (size) => (size === BigInt(anyLength) ? -1n : size))
      : value.data!;
  const writer = new MessageWriter();
  writer.integer(MODEL.irVersion, IR_VERSION).text(MODEL.producerName, "simvlm");
  writer.message(MODEL.graph, (body) => {
    for (const input of graph.inputs) {
      const source = external[input.input!];
      if (source && read.has(input) && isPlace(source) && halfType(source)) {
        body.message(GRAPH.node, (nested) => writeNode(nested, widenNode(input), about));
      }
    }
    for (const node of nodes) body.message(GRAPH.node, (nested) => writeNode(nested, node, about));
    if (stop !== undefined)
      body.message(GRAPH.node, (nested) => nested.text(NODE.output, stop).text(NODE.operator, EMPTY));
    body.text(GRAPH.name, "simvlm");
    for (const value of constants) {
      body.message(GRAPH.initializer, (nested) => writeConstant(nested, value, dataOf(value), nameOf(value)));
    }
    for (const input of graph.inputs) {
      const source = external[input.input!];
      if (source && !read.has(input)) continue;
      if (source) body.message(GRAPH.initializer, (nested) => writeSource(nested, input, source));
      else body.message(GRAPH.input, (nested) => writeValueInfo(nested, nameOf(input), input, anyLength));
    }
    if (stop !== undefined) body.message(GRAPH.output, (nested) => writeSequenceInfo(nested, stop));
    for (const [name, value] of outputs) {
      body.message(GRAPH.output, (nested) => writeValueInfo(nested, name, value, anyLength));
    }
  });
  for (const { domain, version } of [{ domain: "", version: OPSET_VERSION }, CONTRIB]) {
    writer.message(MODEL.opsetImport, (opset) => opset.text(OPSET.domain, domain).integer(OPSET.version, version));
  }
  return writer.finish();
}

/** The constants that say what something is reshaped to, in the node and in graphs inside it. */
function listShapes({ operator, inputs, attributes }: Node): Value[] {
  const bodies = Object.values(attributes).flatMap((attribute) =>
    typeof attribute === "object" && "body" in attribute ? [attribute.body] : [],
  );
  const inside = bodies.flatMap(({ nodes }) => nodes.flatMap(listShapes));
  return operator === "Reshape" ? [inputs[1]!, ...inside] : inside;
}

const isPlace = (source: ConstantSource): source is ExternalData => !ArrayBuffer.isView(source);

function writeSource(writer: MessageWriter, input: Value, source: ConstantSource): void {
  if (isPlace(source)) writeExternal(writer, input, source);
  else writeConstant(writer, input, source, input.input!);
}

/** Stored in half precision, read as 32-bit floats: ONNX Runtime folds it when it loads the graph. */
function widenNode(input: Value): Node {
  const stored: Value = { ...input, input: storedName(input) };
  return { operator: "Cast", domain: "", inputs: [stored], attributes: { to: onnxType(input.type) }, outputs: [input] };
}

/**
 * Nodes with each copy after what it copies. ONNX Runtime computes last things first, each with all that it needs: copies
 * at the end would have it compute a training step's gradients of activations all before the first gradient of a weight,
 * and keep them.
 */
function withCopies(nodes: readonly Node[], copies: readonly Node[]): Node[] {
  const copiesOf = (source?: Node): Node[] => copies.filter(({ inputs }) => inputs[0]!.node === source);
  const copied = new Set(copies.map(({ inputs }) => inputs[0]!.node));
  return [...copiesOf(), ...nodes.flatMap((node) => (copied.has(node) ? [node, ...copiesOf(node)] : node))];
}

/** An output that is an input, a constant or another output too is a copy of it. */
function copyNode(name: string, value: Value): Node {
  const output: Value = { id: -1, type: value.type, shape: value.shape, input: name };
  return { operator: "Identity", domain: "", inputs: [value], attributes: {}, outputs: [output] };
}
