import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { Command } from "commander";
import { benchEngine } from "./bench/engine.js";
import { type Measurement, WORKS } from "./bench/work.js";
import { parseListOf, parsePositiveInteger } from "./options.js";

interface EngineBenchCommandOptions {
  readonly only: readonly string[];
  readonly rounds: number;
  readonly threads: number;
  readonly wasm: boolean;
  readonly json: boolean;
}

const KEYS = WORKS.map(({ key }) => key);
const ROUNDS = 5;

const NOTES = `
Our times and PyTorch's are taken in turn, with the same random weights and batch, and the median of each is shown;
both results must agree to 1e-3. PyTorch is run with /usr/bin/python3 (SIMVLM_PYTHON names another); without it, only
our own times are shown.

Example:
  $ simvlm bench engine --only toy-training --json`;

export function createBenchCommand(): Command {
  const engine = new Command("engine")
    .description("Time the model, compiled, beside the same model in PyTorch.")
    .option("--only <list>", KEYS.join(","), parseListOf(KEYS), KEYS)
    .option("--rounds <n>", "how often each is run", parsePositiveInteger, ROUNDS)
    .option("--threads <n>", "threads for each side", parsePositiveInteger, availableParallelism())
    .option("--wasm", "also the encoder on tfjs's wasm backend, which takes a minute or more", false)
    .option("--json", "print JSON", false)
    .addHelpText("after", NOTES)
    .action(runEngineBench);
  return new Command("bench")
    .description("Measure speed on this machine.")
    .addCommand(engine)
    .addHelpText("after", "\nExample:\n  $ simvlm bench engine --only toy-training");
}

async function runEngineBench({ only, json, ...options }: EngineBenchCommandOptions): Promise<void> {
  const works = WORKS.filter(({ key }) => only.includes(key));
  const onProgress = (message: string) => process.stderr.write(`${message}\n`);
  const measurements = await benchEngine(works, { ...options, onProgress });
  process.stdout.write(json ? `${JSON.stringify(measurements, null, 2)}\n` : `${formatMeasurements(measurements)}\n`);
}

function formatMeasurements(measurements: readonly Measurement[]): string {
  const table = new Table({
    head: ["work", "ours, ms", "peer", "peer, ms", "ratio"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "left", "right", "right"],
  });
  for (const { work, oursMs, peer, peerMs, ratio } of measurements) {
    table.push([work, oursMs.toFixed(0), peer, peerMs?.toFixed(0) ?? "", ratio?.toFixed(2) ?? ""]);
  }
  return table.toString();
}
