import { broadcast_util, util } from "@tensorflow/tfjs-core";
import type { Attributes, ElementType, Graph, Shape, Value } from "./graph.js";

/*
 * The constructors that kernels use for the commonest operators. Each simplifies as it builds:
 * no-ops vanish, and a value that is only a broadcast of a smaller one (`Expand`: zeros, ones, fills,
 * the gradient of a sum) stays small for as long as possible. What is left unused is never written.
 */

export function sameShape(a: Shape, b: Shape): boolean {
  return util.arraysEqual([...a], [...b]);
}

/** The shape that two shapes are broadcast to. */
export function broadcastShape(a: Shape, b: Shape): number[] {
  return broadcast_util.assertAndGetBroadcastShape([...a], [...b]);
}

/** The value as it was before it was broadcast; otherwise the value itself. */
export function unexpanded(value: Value): Value {
  return value.node?.operator === "Expand" ? value.node.inputs[0]! : value;
}

/** The number that every element of a constant is; undefined if there is no such number. */
export function uniformOf(value: Value): number | undefined {
  const { data } = unexpanded(value);
  return data?.length === 1 ? Number(data[0]) : undefined;
}

/** A tensor of one repeated number: a scalar, which is broadcast only if nothing else will do. */
export function uniform(graph: Graph, number: number, shape: Shape, type: ElementType): Value {
  return expand(graph, graph.scalar(number, type), shape);
}

/** The value broadcast to a shape. */
export function expand(graph: Graph, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  const small = unexpanded(value);
  const source = small.data?.length === 1 ? graph.constant(small.data, [], small.type) : small;
  return sameShape(source.shape, shape) ? source : graph.emit("Expand", [source, graph.integers(shape)], shape);
}

/** The value in another shape of the same size. */
export function reshape(graph: Graph, value: Value, shape: Shape): Value {
  if (sameShape(value.shape, shape)) return value;
  const number = uniformOf(value);
  if (number !== undefined) return uniform(graph, number, shape, value.type);
  if (value.data) return graph.constant(value.data, shape, value.type);
  if (value.node?.operator === "Reshape") return reshape(graph, value.node.inputs[0]!, shape);
  return graph.emit("Reshape", [value, graph.integers(shape)], shape, shape.includes(0) ? { allowzero: 1 } : {});
}

/** The value with its axes in another order. */
export function transpose(graph: Graph, value: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => value.shape[axis]!);
  const moved = permutation.filter((axis) => value.shape[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!) || uniformOf(value) !== undefined) {
    return reshape(graph, value, shape);
  }
  if (value.node?.operator === "Transpose") {
    const inner = value.node.attributes.perm as readonly number[];
    return transpose(
      graph,
      value.node.inputs[0]!,
      permutation.map((axis) => inner[axis]!),
    );
  }
  return graph.emit("Transpose", [value], shape, { perm: permutation });
}

const ONNX_TYPE: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};

/** The number by which ONNX names an element type. */
export function onnxType(type: ElementType): number {
  return ONNX_TYPE[type];
}

/** The value in another element type. */
export function cast(graph: Graph, value: Value, type: ElementType): Value {
  if (value.type === type) return value;
  return unary(graph, "Cast", value, { to: onnxType(type) }, type);
}

/** An elementwise operator of one input. */
export function unary(
  graph: Graph,
  operator: string,
  value: Value,
  attributes: Attributes = {},
  type: ElementType = value.type,
): Value {
  const small = unexpanded(value);
  return expand(graph, graph.emit(operator, [small], small.shape, attributes, type), value.shape);
}

const FOLD: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
};

/** An elementwise operator of two inputs, broadcast as in tfjs and ONNX alike. */
export function binary(graph: Graph, operator: string, a: Value, b: Value, type: ElementType = a.type): Value {
  const shape = broadcastShape(a.shape, b.shape);
  const [left, right] = [unexpanded(a), unexpanded(b)];
  const noOperation = withoutOperation(operator, left, right);
  if (noOperation) return expand(graph, noOperation === left ? a : b, shape);
  const fold = FOLD[operator];
  const [x, y] = [uniformOf(left), uniformOf(right)];
  if (fold && x !== undefined && y !== undefined && type === "float32") {
    return uniform(graph, Math.fround(fold(x, y)), shape, type);
  }
  return expand(graph, graph.emit(operator, [left, right], broadcastShape(left.shape, right.shape), {}, type), shape);
}

/** The operand that an addition of zero or a multiplication by one leaves as it is. */
function withoutOperation(operator: string, a: Value, b: Value): Value | undefined {
  const neutral =
    operator === "Add" || operator === "Sub" ? 0 : operator === "Mul" || operator === "Div" ? 1 : undefined;
  if (neutral === undefined) return undefined;
  if (uniformOf(b) === neutral) return a;
  const commutative = operator === "Add" || operator === "Mul";
  return commutative && uniformOf(a) === neutral ? b : undefined;
}

/** `condition ? a : b` elementwise, all three broadcast against each other. */
export function where(graph: Graph, condition: Value, a: Value, b: Value): Value {
  if (a.type === "bool") {
    return cast(graph, where(graph, condition, cast(graph, a, "int32"), cast(graph, b, "int32")), "bool");
  }
  const operands = [condition, a, b];
  const small = operands.map(unexpanded);
  const chosen = graph.emit("Where", small, broadcastAll(small), {}, a.type);
  return expand(graph, chosen, broadcastAll(operands));
}

function broadcastAll(values: readonly Value[]): Shape {
  return values.map((value) => value.shape).reduce(broadcastShape);
}
