import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { readConfig, TRAINING_FILES } from "../checkpoints/checkpoint.js";
import type { CheckpointHashes } from "../checkpoints/hash-checkpoint.js";
import type { ModelSummary } from "../models/family.js";
import { familyOf, findPreset, hashModel } from "../models/family-registry.js";
import { formatCount } from "../terminal/numbers.js";
import { printable } from "../terminal/printable.js";
import { createTable } from "../terminal/tables.js";
import { PRESET_NAMES, resolveModel } from "./model-options.js";

/** What `--json` prints. */
interface ModelReport extends ModelSummary {
  readonly name: string;
  /** All that the model learns. */
  readonly parameters: number;
  readonly hashes?: CheckpointHashes;
}

const EXAMPLES = `
Examples:
  $ simvlm inspect base
  $ simvlm inspect checkpoints/toy --json

Presets: ${PRESET_NAMES.join(", ")}. The weights' hash depends on names, shapes and numbers alone, not on how they are stored.`;

/** `simvlm inspect` */
export function createInspectCommand(): CommandUnknownOpts {
  return new Command("inspect")
    .description("Show a model's config, its parameters by part and, for a checkpoint, the hashes of its files.")
    .argument("<checkpoint>", "a checkpoint's folder, or a preset's name")
    .option("--json", "print JSON", false)
    .addHelpText("after", EXAMPLES)
    .action((name, { json }) => runInspect(name, json));
}

async function runInspect(name: string, json: boolean): Promise<void> {
  const from = await resolveModel(name);
  const { summary, hashes } =
    "preset" in from
      ? { summary: findPreset(from.preset).summarize(), hashes: undefined }
      : await inspectCheckpoint(from.checkpoint);
  const { config, head, parts } = summary;
  const report: ModelReport = {
    name,
    config,
    ...(head && { head }),
    parameters: parts.reduce((sum, part) => sum + part.parameters, 0),
    parts,
    ...(hashes && { hashes }),
  };
  process.stdout.write(`${json ? JSON.stringify(report, null, 2) : formatReport(report)}\n`);
}

async function inspectCheckpoint(folder: string): Promise<{ summary: ModelSummary; hashes: CheckpointHashes }> {
  const family = await familyOf(folder);
  const config = (await readConfig(folder)) as ModelSummary["config"];
  const summary = (await family.summarize?.(folder)) ?? { config, parts: [] };
  const { files, weights } = await hashModel(folder, TRAINING_FILES);
  return { summary, hashes: { files, ...(weights !== undefined && { weights }) } };
}

function formatReport({ name, config, head, parameters, parts, hashes }: ModelReport): string {
  const settings = Object.entries({
    ...config,
    ...(head && { head: `${head.classes} classes, ${head.passes} passes` }),
  });
  const width = Math.max(...settings.map(([key]) => key.length));
  return [
    printable(name),
    settings.map(([key, value]) => `  ${key.padEnd(width)}  ${printable(formatValue(value))}`).join("\n"),
    ...(parts.length > 0 ? [formatParts(parts, parameters)] : []),
    ...(hashes ? [formatHashes(hashes)] : []),
  ].join("\n\n");
}

function formatParts(parts: ModelSummary["parts"], parameters: number): string {
  const table = createTable(["part", "tensors", "parameters", "%"], { rules: false });
  const percent = (count: number) => ((100 * count) / parameters).toFixed(1);
  for (const part of parts) {
    table.push([part.name, part.tensors, formatCount(part.parameters), percent(part.parameters)]);
  }
  const tensors = parts.reduce((sum, part) => sum + part.tensors, 0);
  table.push(["all", tensors, formatCount(parameters), "100.0"]);
  return table.toString();
}

/** A list of plain values as `8-16-32`; what has more in it as JSON. */
function formatValue(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item !== "object")) return value.join("-") || "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function formatHashes({ files, weights }: CheckpointHashes): string {
  const lines = Object.entries({ ...files, ...(weights !== undefined && { "(the weights)": weights }) });
  const width = Math.max(...lines.map(([name]) => name.length));
  return ["SHA-256", ...lines.map(([name, hash]) => `  ${name.padEnd(width)}  ${hash}`)].join("\n");
}
