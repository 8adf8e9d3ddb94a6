import type { Graph, Value } from "../trace/graph.js";
import { binary, cast, unary, where } from "../trace/rewrite-graph.js";
import { type Kernel, type KernelFamily, kernel } from "./kernel-family.js";

/** An order of numbers; ONNX orders no booleans. */
function order(operator: string): Kernel {
  const numeric = (graph: Graph, value: Value): Value => (value.type === "bool" ? cast(graph, value, "int32") : value);
  return kernel<"a" | "b">((graph, { a, b }) => binary(graph, operator, numeric(graph, a), numeric(graph, b), "bool"));
}

function logical(operator: string): Kernel {
  return kernel<"a" | "b">((graph, { a, b }) =>
    binary(graph, operator, cast(graph, a, "bool"), cast(graph, b, "bool"), "bool"),
  );
}

const not = (graph: Graph, x: Value): Value => unary(graph, "Not", x);

function isNan(graph: Graph, x: Value): Value {
  return unary(graph, "IsNaN", cast(graph, x, "float32"), {}, "bool");
}

function isInfinite(graph: Graph, x: Value): Value {
  return unary(graph, "IsInf", cast(graph, x, "float32"), {}, "bool");
}

/** Comparisons, logical operations and Select, as ONNX. */
export const comparison: KernelFamily = {
  Equal: kernel<"a" | "b">((graph, { a, b }) => binary(graph, "Equal", a, b, "bool")),
  NotEqual: kernel<"a" | "b">((graph, { a, b }) => not(graph, binary(graph, "Equal", a, b, "bool"))),
  Less: order("Less"),
  LessEqual: order("LessOrEqual"),
  Greater: order("Greater"),
  GreaterEqual: order("GreaterOrEqual"),
  LogicalAnd: logical("And"),
  LogicalOr: logical("Or"),
  LogicalNot: kernel<"x">((graph, { x }) => not(graph, cast(graph, x, "bool"))),
  IsNan: kernel<"x">((graph, { x }) => isNan(graph, x)),
  IsInf: kernel<"x">((graph, { x }) => isInfinite(graph, x)),
  IsFinite: kernel<"x">((graph, { x }) => not(graph, binary(graph, "Or", isNan(graph, x), isInfinite(graph, x)))),
  Select: kernel<"condition" | "t" | "e">((graph, { condition, t, e }) => where(graph, condition, t, e)),
};
