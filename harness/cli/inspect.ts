import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { readConfig, TRAINING_FILES } from "../checkpoints/checkpoint.js";
import type { CheckpointHashes } from "../checkpoints/hash-checkpoint.js";
import { findPictureFault } from "../images/image-source.js";
import type { ModelSummary } from "../models/family.js";
import { familyOf, findPreset, hashModel, openCheckpoint, requireFiniteModel } from "../models/family-registry.js";
import type { CheckFinding, ModelCheck } from "../models/vision-language-model.js";
import { drawTable } from "../terminal/draw-table.js";
import { formatJson } from "../terminal/json.js";
import { formatCount } from "../terminal/numbers.js";
import { printable } from "../terminal/printable.js";
import { print, printData } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { PRESET_NAMES, resolveModel } from "./model-options.js";

/** What `--json` prints. */
interface ModelReport extends ModelSummary {
  readonly name: string;
  /** All that the model learns. */
  readonly parameters: number;
  readonly hashes?: CheckpointHashes;
  /** With `--check`. */
  readonly check?: ModelCheck;
}

const EXAMPLES = `
Examples:
  $ simvlm inspect base
  $ simvlm inspect checkpoints/toy --json
  $ simvlm inspect microsoft/git-base-coco --check 000000039769.jpg

Presets: ${PRESET_NAMES.join(", ")}. The weights' hash depends on names, shapes and numbers alone, not on how they are stored.

--check holds a published model against the logits that are known of it, on the photograph 000000039769.jpg of COCO's
val2017 (http://images.cocodataset.org/val2017/000000039769.jpg); where none are known, or without the photograph, it
holds the model against itself. The exit code is 2 where it fails, and for weights that are no numbers, or infinite.`;

/** `simvlm inspect` */
export function createInspectCommand(): CommandUnknownOpts {
  return new Command("inspect")
    .description("Show a model's config, its parameters by part and, for a checkpoint, the hashes of its files.")
    .argument("<checkpoint>", "a checkpoint's folder, or a preset's name")
    .option("--check [photo]", "of published models: compare outputs with known ones")
    .option("--json", "print JSON", false)
    .addHelpText("after", EXAMPLES)
    .action(runInspect);
}

interface InspectOptions {
  readonly check?: string | true | undefined;
  readonly json: boolean;
}

async function runInspect(name: string, { check: photo, json }: InspectOptions): Promise<void> {
  const from = await resolveModel(name);
  const { summary, hashes } =
    "preset" in from
      ? { summary: findPreset(from.preset).summarize(), hashes: undefined }
      : await inspectCheckpoint(from.checkpoint);
  const check = photo === undefined ? undefined : await checkModel(name, from, photo === true ? undefined : photo);
  const { config, head, parts, facts } = summary;
  const report: ModelReport = {
    name,
    config,
    ...(head && { head }),
    parameters: parts.reduce((sum, part) => sum + part.parameters, 0),
    parts,
    ...(facts && { facts }),
    ...(hashes && { hashes }),
    ...(check && { check }),
  };
  if (json) await printData(`${formatJson(report, 2)}\n`);
  else await print(formatReport(report));
  if (check?.passed === false) {
    throw new SimvlmError("check-failed", `${name} is not what it should be: see the check above.`);
  }
}

async function inspectCheckpoint(folder: string): Promise<{ summary: ModelSummary; hashes: CheckpointHashes }> {
  const family = await familyOf(folder);
  const config = (await readConfig(folder)) as ModelSummary["config"];
  const summary = (await family.summarize?.(folder)) ?? { config, parts: [] };
  const { files, weights } = await hashModel(folder, TRAINING_FILES);
  if (weights !== undefined) await requireFiniteModel(folder);
  return { summary, hashes: { files, ...(weights !== undefined && { weights }) } };
}

/** @throws SimvlmError `not-checkable`, and what opening the model and the photograph throws */
async function checkModel(
  name: string,
  from: Awaited<ReturnType<typeof resolveModel>>,
  photo: string | undefined,
): Promise<ModelCheck> {
  if (photo !== undefined) {
    const fault = await findPictureFault(photo);
    if (fault) throw fault;
  }
  const model = "checkpoint" in from ? await openCheckpoint(from.checkpoint) : undefined;
  if (!model?.check) {
    throw new SimvlmError("not-checkable", `${name} cannot be checked: nothing is known of it to hold it against.`);
  }
  const { loadImage } = await import("../images/load-image.js");
  const image = photo === undefined ? undefined : await loadImage(photo, model.preparation);
  return model.check(image?.data);
}

function formatReport({ name, config, head, parameters, parts, facts, hashes, check }: ModelReport): string {
  const settings = Object.entries({
    ...config,
    ...(head && { head: `${head.classes} classes, ${head.passes} passes` }),
  });
  const width = Math.max(...settings.map(([key]) => key.length));
  return [
    printable(name),
    settings.map(([key, value]) => `  ${key.padEnd(width)}  ${printable(formatValue(value))}`).join("\n"),
    ...(parts.length > 0 ? [formatParts(parts, parameters)] : []),
    ...(facts ? [formatFacts(facts)] : []),
    ...(hashes ? [formatHashes(hashes)] : []),
    ...(check ? [formatCheck(check)] : []),
  ].join("\n\n");
}

function formatParts(parts: ModelSummary["parts"], parameters: number): string {
  const row = (name: string, tensors: number, count: number) => {
    return [name, String(tensors), formatCount(count), ((100 * count) / parameters).toFixed(1)];
  };
  const tensors = parts.reduce((sum, part) => sum + part.tensors, 0);
  const rows = [...parts.map((part) => row(part.name, part.tensors, part.parameters)), row("all", tensors, parameters)];
  return drawTable({ head: ["part", "tensors", "parameters", "%"], rows, rules: "none" }, outputWidth());
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

function formatFacts(facts: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts)
    .map(([name, fact]) => `  ${name.padEnd(width)}  ${printable(fact)}`)
    .join("\n");
}

function formatCheck({ passed, notes, findings }: ModelCheck): string {
  const lines = findings.flatMap((finding) => [`  ${printable(finding.what)}`, ...formatFinding(finding)]);
  const verdict = passed === undefined ? "see for yourself" : passed ? "passed" : "FAILED";
  return [`Check: ${verdict}`, ...notes.map((note) => `  ${printable(note)}`), ...lines].join("\n");
}

function formatFinding({ found, expected, allowed, passed }: CheckFinding): string[] {
  const list = (numbers: readonly number[]) => numbers.map(formatNumber).join(" ");
  const limit = allowed === undefined ? "" : ` (${allowed.toPrecision(2)} allowed)`;
  return [
    ...(expected ? [`    expected  ${list(expected)}`] : []),
    `    found     ${list(found)}${limit}${passed === false ? " - differs" : ""}`,
  ];
}

/** Ids and counts as they are, logits to four places, differences to two digits. */
function formatNumber(number: number): string {
  if (Number.isInteger(number)) return String(number);
  return Math.abs(number) < 1e-2 ? number.toPrecision(2) : number.toFixed(4);
}
