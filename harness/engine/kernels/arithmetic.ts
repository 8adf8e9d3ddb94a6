import type { Graph, Value } from "../trace/graph.js";
import { binary, cast, unary, uniformOf, where } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

/** What arithmetic on booleans comes to: tfjs keeps the type, ONNX has no arithmetic for it. */
const ON_BOOLEANS: Readonly<Record<string, string>> = { Mul: "And", Min: "And", Add: "Or", Max: "Or" };

function operator(name: string) {
  return kernel<"a" | "b">((graph, { a, b }) => binary(graph, (a.type === "bool" && ON_BOOLEANS[name]) || name, a, b));
}

/** Computes integers in double precision: every int32 quotient is exact, and a division by zero ends nothing. */
function inDoubles(emit: (graph: Graph, a: Value, b: Value) => Value) {
  return kernel<"a" | "b">((graph, { a, b }) => {
    if (a.type === "float32") return emit(graph, a, b);
    return cast(graph, emit(graph, cast(graph, a, "float64"), cast(graph, b, "float64")), a.type);
  });
}

function floorDivide(graph: Graph, a: Value, b: Value): Value {
  return unary(graph, "Floor", binary(graph, "Div", a, b));
}

/** The remainder with the divisor's sign, from truncated remainders, which are exact. */
function modulo(graph: Graph, a: Value, b: Value): Value {
  const remainder = (dividend: Value): Value => {
    const { shape } = binary(graph, "Add", dividend, b);
    return graph.emit("Mod", [dividend, b], shape, { fmod: 1 });
  };
  const first = remainder(a);
  const zero = graph.scalar(0, a.type);
  const negative = (value: Value): Value => binary(graph, "Less", value, zero, "bool");
  const signsDiffer = binary(graph, "Xor", negative(first), negative(b));
  return where(graph, signsDiffer, remainder(binary(graph, "Add", first, b)), first);
}

function power(graph: Graph, a: Value, b: Value): Value {
  const squared = a.type === "float32" && uniformOf(b) === 2 && a.shape.length >= b.shape.length;
  return squared ? binary(graph, "Mul", a, a) : binary(graph, "Pow", a, b);
}

/** The angle of the point (x, y): the arc tangent of its slope, turned by half a circle left of the y axis. */
function atan2(graph: Graph, y: Value, x: Value): Value {
  const zero = graph.scalar(0, "float32");
  const isNegative = (value: Value): Value => binary(graph, "Less", value, zero, "bool");
  const isZero = (value: Value): Value => binary(graph, "Equal", value, zero, "bool");
  const half = where(graph, isNegative(y), graph.scalar(-Math.PI, "float32"), graph.scalar(Math.PI, "float32"));
  const turn = where(graph, isNegative(x), half, zero);
  const angle = binary(graph, "Add", unary(graph, "Atan", binary(graph, "Div", y, x)), turn);
  return where(graph, binary(graph, "And", isZero(x), isZero(y)), zero, angle);
}

/** Elementwise arithmetic of several tensors, as ONNX. */
export const arithmetic: KernelFamily = {
  Add: operator("Add"),
  Sub: operator("Sub"),
  Multiply: operator("Mul"),
  RealDiv: operator("Div"),
  Maximum: operator("Max"),
  Minimum: operator("Min"),
  FloorDiv: inDoubles(floorDivide),
  Mod: inDoubles(modulo),
  Pow: kernel<"a" | "b">((graph, { a, b }) => power(graph, a, b)),
  Atan2: kernel<"a" | "b">((graph, { a, b }) => atan2(graph, a, b)),
  AddN: (graph, inputs) => Object.values(inputs).reduce((sum, term) => binary(graph, "Add", sum, term)),
  SquaredDifference: kernel<"a" | "b">((graph, { a, b }) => {
    const difference = binary(graph, "Sub", a, b);
    return binary(graph, "Mul", difference, difference);
  }),
  Prelu: kernel<"x" | "alpha">((graph, { x, alpha }) => {
    const isNegative = binary(graph, "Less", x, graph.scalar(0, "float32"), "bool");
    return where(graph, isNegative, binary(graph, "Mul", x, alpha), x);
  }),
};
