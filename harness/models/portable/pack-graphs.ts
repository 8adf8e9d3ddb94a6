import { storeLevels } from "../../engine/eight-bits/store-levels.js";
import { writeModel } from "../../engine/onnx-writer.js";
import { type Signature, type Trace, traceFunction } from "../../engine/trace/trace.js";
import { packWeights } from "../export/pack-weights.js";
import type { WeightConstants } from "../weight-constants.js";
import { GRAPH_NAMES, type GraphName, type PortableGraphs, WEIGHTS_FILE } from "./portable-model.js";

/** A function to be traced. @param quantised constants whose products are computed in eight bits */
export type GraphSource = (quantised?: ReadonlySet<string>) => Promise<Trace>;

/** A function of `weights` and of what is fed, for {@link packGraphs}. */
export function graphSource<Inputs, Outputs>(fn: (inputs: Inputs) => Outputs, signature: Signature<Inputs>) {
  return (quantised?: ReadonlySet<string>): Promise<Trace> =>
    traceFunction(fn, signature, { inBlocks: true, quantised });
}

/**
 * Graphs that share one file of weights: each that any of them reads, once, in the precision in which it is stored, or
 * in eight bits where `matrices` says so.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `not-finite-weights`, `cannot-write`
 */
export async function packGraphs(
  sources: Readonly<Record<GraphName, GraphSource>>,
  { constants, matrices }: Pick<WeightConstants, "constants" | "matrices">,
): Promise<Pick<PortableGraphs, "graphs" | "weights">> {
  const quantised = matrices === "int8" ? new Set(Object.keys(constants)) : undefined;
  const traces: [GraphName, Trace][] = [];
  for (const name of GRAPH_NAMES) traces.push([name, await sources[name](quantised)]);
  const matricesRead = new Map(traces.flatMap(([, trace]) => trace.quantised.map((each) => [each.levels.input, each])));
  const levels = await storeLevels([...matricesRead.values()], constants);
  try {
    const all = { ...constants, ...levels.constants };
    const read = new Set(traces.flatMap(([, trace]) => listInputsRead(trace)));
    const { bytes, external } = await packWeights(
      Object.fromEntries(Object.entries(all).filter(([name]) => read.has(name))),
      WEIGHTS_FILE,
    );
    // What nothing reads is named too: it is left out, then, and not asked for.
    const places = { ...all, ...external };
    const graphs = traces.map(([name, { graph, outputs }]) => [name, writeModel(graph, outputs, { external: places })]);
    return { graphs: Object.fromEntries(graphs), weights: bytes };
  } finally {
    await levels.remove();
  }
}

function listInputsRead({ graph, outputs }: Trace): string[] {
  return [...graph.listRead(outputs.map(([, value]) => value))].flatMap(({ input }) => input ?? []);
}
