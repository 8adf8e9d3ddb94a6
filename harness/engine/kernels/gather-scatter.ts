import {
  type GatherV2Attrs,
  type OneHotAttrs,
  type ScatterNdAttrs,
  type UnsortedSegmentSumAttrs,
  util,
} from "@tensorflow/tfjs-core";
import { elementTypeOf } from "../trace/backend.js";
import { type Graph, sizeOf, type Value } from "../trace/graph.js";
import { binary, cast, reshape, transpose, uniform, where } from "../trace/rewrite-graph.js";
import { type KernelFamily, kernel } from "./kernel-family.js";

/** Takes elements along an axis; with batch dimensions each element of the batch has its own indices. */
function gather(graph: Graph, x: Value, indices: Value, { axis, batchDims }: GatherV2Attrs): Value {
  const along = util.parseAxisParam(axis, [...x.shape])[0]!;
  const batch = batchDims < 0 ? batchDims + indices.shape.length : batchDims;
  const shape = [...x.shape.slice(0, along), ...indices.shape.slice(batch), ...x.shape.slice(along + 1)];
  if (batch === 0) return graph.emit("Gather", [x, indices], shape, { axis: along });
  const inner = x.shape.map((_, i) => i).slice(batch, along);
  const leading = x.shape.map((_, i) => i).slice(0, batch);
  const trailing = x.shape.map((_, i) => i).slice(along + 1);
  const source = transpose(graph, x, [...leading, along, ...inner, ...trailing]);
  const places = reshape(graph, cast(graph, indices, "int64"), [...indices.shape, 1]);
  const taken = [...indices.shape, ...source.shape.slice(batch + 1)];
  const found = graph.emit("GatherND", [source, places], taken, { batch_dims: batch });
  const picked = indices.shape.length - batch;
  const axes = found.shape.map((_, i) => i);
  const [pickedAxes, innerAxes] = [
    axes.slice(batch, batch + picked),
    axes.slice(batch + picked).slice(0, inner.length),
  ];
  const rest = axes.slice(batch + picked + inner.length);
  return transpose(graph, found, [...axes.slice(0, batch), ...innerAxes, ...pickedAxes, ...rest]);
}

function gatherNd(graph: Graph, params: Value, indices: Value): Value {
  const depth = indices.shape.at(-1)!;
  const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
  return graph.emit("GatherND", [params, cast(graph, indices, "int64")], shape);
}

/** Adds each update to the place its index names, or puts it there. */
function scatter(graph: Graph, target: Value, indices: Value, updates: Value, reduction: "add" | "none"): Value {
  if (sizeOf(updates.shape) === 0) return target;
  return graph.emit("ScatterND", [target, cast(graph, indices, "int64"), updates], target.shape, { reduction });
}

/** Sums the rows of each segment. A row whose segment does not exist counts nowhere. */
function segmentSum(graph: Graph, x: Value, ids: Value, segments: number): Value {
  const rest = x.shape.slice(ids.shape.length);
  const rows = sizeOf(ids.shape);
  const zero = graph.scalar(0, "int32");
  const last = graph.scalar(segments - 1, "int32");
  const kept = graph.emit("Clip", [ids, zero, last], ids.shape);
  const exists = cast(graph, binary(graph, "Equal", kept, ids, "bool"), x.type);
  const mask = reshape(graph, exists, [rows, ...rest.map(() => 1)]);
  const updates = binary(graph, "Mul", reshape(graph, x, [rows, ...rest]), mask);
  const target = uniform(graph, 0, [segments, ...rest], x.type);
  return scatter(graph, target, reshape(graph, kept, [rows, 1]), updates, "add");
}

function oneHot(graph: Graph, indices: Value, { depth, onValue, offValue, dtype }: OneHotAttrs): Value {
  const type = elementTypeOf(dtype ?? "float32");
  const places = graph.constant(
    Array.from({ length: depth }, (_, i) => i),
    [depth],
    "int32",
  );
  const isOn = binary(graph, "Equal", reshape(graph, indices, [...indices.shape, 1]), places, "bool");
  if (onValue === 1 && offValue === 0) return cast(graph, isOn, type);
  return where(graph, isOn, graph.scalar(onValue, type), graph.scalar(offValue, type));
}

/** Gathering and scattering by indices, as ONNX. */
export const gatherScatter: KernelFamily = {
  GatherV2: kernel<"x" | "indices", GatherV2Attrs>((graph, { x, indices }, attributes) =>
    gather(graph, x, indices, attributes),
  ),
  GatherNd: kernel<"params" | "indices">((graph, { params, indices }) => gatherNd(graph, params, indices)),
  ScatterNd: kernel<"indices" | "updates", ScatterNdAttrs>((graph, { indices, updates }, { shape }) =>
    scatter(graph, uniform(graph, 0, shape, updates.type), indices, updates, "add"),
  ),
  TensorScatterUpdate: kernel<"tensor" | "indices" | "updates">((graph, { tensor, indices, updates }) =>
    scatter(graph, tensor, indices, updates, "none"),
  ),
  UnsortedSegmentSum: kernel<"x" | "segmentIds", UnsortedSegmentSumAttrs>((graph, { x, segmentIds }, { numSegments }) =>
    segmentSum(graph, x, segmentIds, numSegments),
  ),
  OneHot: kernel<"indices", OneHotAttrs>((graph, { indices }, attributes) => oneHot(graph, indices, attributes)),
};
