import Table from "cli-table3";
import { Command } from "commander";
import { type Checkpoint, checkCheckpoint } from "../checkpoints/checkpoint.js";
import { type CheckpointHashes, hashCheckpoint } from "../checkpoints/hash.js";
import { sizeOf } from "../engine/trace/rewrite.js";
import { presets, type SimVLMConfig } from "../models/simvlm/config.js";
import { type Head, headShapes } from "../models/simvlm/heads.js";
import { parameterShapes } from "../models/simvlm/parameters.js";
import { printable } from "../terminal/printable.js";
import { PRESET_NAMES, resolveModel } from "./model-options.js";

/** What `--json` prints. */
interface ModelReport {
  readonly name: string;
  readonly config: SimVLMConfig;
  readonly head?: Head;
  /** All that the model learns. */
  readonly parameters: number;
  readonly parts: readonly Part[];
  readonly hashes?: CheckpointHashes;
}

/** Weights whose names begin alike. */
interface Part {
  readonly name: string;
  readonly tensors: number;
  readonly parameters: number;
}

const EXAMPLES = `
Examples:
  $ simvlm inspect base
  $ simvlm inspect checkpoints/toy --json

Presets: ${PRESET_NAMES.join(", ")}. The weights' hash depends on names, shapes and numbers alone, not on how they are stored.`;

export function createInspectCommand(): Command {
  return new Command("inspect")
    .description("Show a model's config, its parameters by part and, for a checkpoint, the hashes of its files.")
    .argument("<checkpoint>", "a checkpoint's folder, or a preset's name")
    .option("--json", "print JSON", false)
    .addHelpText("after", EXAMPLES)
    .action(runInspect);
}

async function runInspect(name: string, { json }: { json: boolean }): Promise<void> {
  const from = await resolveModel(name);
  const { config, head }: Pick<Checkpoint, "config" | "head"> =
    "preset" in from ? { config: presets[from.preset] } : await checkCheckpoint(from.checkpoint);
  const shapes = { ...parameterShapes(config), ...(head && headShapes(head, config)) };
  const parts = groupParts(shapes);
  const report: ModelReport = {
    name,
    config,
    ...(head && { head }),
    parameters: parts.reduce((sum, part) => sum + part.parameters, 0),
    parts,
    ...("checkpoint" in from && { hashes: await hashCheckpoint(from.checkpoint) }),
  };
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`);
}

/** Of `encoder.3.mlp.input.kernel` the part is `encoder.* mlp`, of `image.stages.0.2.reduce.kernel` `image.stages.0`. */
const PART = /^(?:(?:encoder|decoder)\.\d+\.\w+|image\.stages\.\d+|\w+\.\w+)/;

function groupParts(shapes: Readonly<Record<string, readonly number[]>>): Part[] {
  const parts = new Map<string, Part>();
  for (const [weight, shape] of Object.entries(shapes)) {
    const name = PART.exec(weight)![0].replace(/^(encoder|decoder)\.\d+/, "$1.*");
    const { tensors, parameters } = parts.get(name) ?? { tensors: 0, parameters: 0 };
    parts.set(name, { name, tensors: tensors + 1, parameters: parameters + sizeOf(shape) });
  }
  return [...parts.values()];
}

function formatReport({ name, config, head, parameters, parts, hashes }: ModelReport): string {
  const settings = Object.entries({
    ...config,
    ...(head && { head: `${head.classes} classes, ${head.passes} passes` }),
  });
  const width = Math.max(...settings.map(([key]) => key.length));
  const table = new Table({
    head: ["part", "tensors", "parameters", "%"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  const percent = (count: number) => ((100 * count) / parameters).toFixed(1);
  for (const part of parts) table.push([part.name, part.tensors, group(part.parameters), percent(part.parameters)]);
  const tensors = parts.reduce((sum, part) => sum + part.tensors, 0);
  table.push(["all", tensors, group(parameters), "100.0"]);
  return [
    printable(name),
    settings
      .map(([key, value]) => `  ${key.padEnd(width)}  ${Array.isArray(value) ? value.join("-") || "none" : value}`)
      .join("\n"),
    table.toString(),
    ...(hashes ? [formatHashes(hashes)] : []),
  ].join("\n\n");
}

function formatHashes({ files, weights }: CheckpointHashes): string {
  const lines = Object.entries({ ...files, "(the weights)": weights });
  const width = Math.max(...lines.map(([name]) => name.length));
  return ["SHA-256", ...lines.map(([name, hash]) => `  ${name.padEnd(width)}  ${hash}`)].join("\n");
}

/** With thousands separators. */
function group(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}
