import { join } from "node:path";
import { InferenceSession } from "onnxruntime-node";

/** An input or output of an exported graph. */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** What a graph takes and gives. */
export interface GraphPorts {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Opens an exported graph as another program would: by itself, on the CPU. */
export function openGraph(folder: string, name: string): Promise<InferenceSession> {
  return InferenceSession.create(join(folder, name), { executionProviders: ["cpu"] });
}

/** The names and shapes of a graph's inputs and outputs. */
export function describeGraph({ inputMetadata, outputMetadata }: InferenceSession): GraphPorts {
  return { inputs: inputMetadata.flatMap(toPort), outputs: outputMetadata.flatMap(toPort) };
}

function toPort(port: InferenceSession.ValueMetadata): Port[] {
  return port.isTensor ? [{ name: port.name, type: port.type, shape: port.shape }] : [];
}

/** The inputs and outputs of graphs, by the names of their files, as sections of a README. */
export function formatGraphs(graphs: Readonly<Record<string, GraphPorts>>): string {
  return Object.entries(graphs)
    .map(([name, { inputs, outputs }]) => `## ${name}\n\n${tableOf("input", inputs)}\n${tableOf("output", outputs)}`)
    .join("\n");
}

function tableOf(title: string, ports: readonly Port[]): string {
  const rows = ports.map(({ name, type, shape }) => `| \`${name}\` | ${type} | ${shape.join(" × ") || "scalar"} |\n`);
  return `| ${title} | type | shape |\n|---|---|---|\n${rows.join("")}`;
}
