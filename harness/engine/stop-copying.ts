import { InferenceSession, Tensor } from "onnxruntime-node";
import { writeModel } from "./onnx-writer.js";
import { Graph } from "./trace/graph.js";

/*
 * ONNX Runtime's Node binding computes results where they are due and then copies each of them into new memory, which
 * nobody asked for: of a training step, gigabytes. Asked for a sequence as well, which it cannot return, it gives up
 * before the first copy, when everything is in its place. Nobody promises that, so it is tried once in each process, and
 * where it is otherwise results are copied as before.
 */

/** The name of the output that stops the copying: the first of a graph that has it. */
export const STOP = "#stop";

const COMPLAINT = "Non tensor type is temporarily not supported.";

/** Tensors by the names of inputs or outputs. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

let known: Promise<boolean> | undefined;

/** Whether {@link runInPlace} works with the binding that is installed. */
export function canStopCopying(): Promise<boolean> {
  known ??= tryOnce().catch(() => false);
  return known;
}

async function tryOnce(): Promise<boolean> {
  const graph = new Graph();
  const x = graph.input("x", [1], "float32");
  const model = writeModel(graph, [["sum", graph.emit("Add", [x, x], [1])]], { stop: STOP });
  const session = await InferenceSession.create(model, { executionProviders: ["cpu"] });
  try {
    const sum = new Tensor("float32", new Float32Array(1), [1]);
    await runInPlace(session, { x: new Tensor("float32", Float32Array.of(1), [1]) }, { sum });
    return sum.data[0] === 2;
  } finally {
    await session.release();
  }
}

/**
 * Runs a graph that has the output {@link STOP}.
 * @param targets where the results go
 * @throws Error what ONNX Runtime throws
 */
export async function runInPlace(session: InferenceSession, feeds: NamedTensors, targets: NamedTensors): Promise<void> {
  try {
    await session.run(feeds, { [STOP]: null, ...targets });
  } catch (error) {
    if (error instanceof Error && error.message === COMPLAINT) return;
    throw error;
  }
}
