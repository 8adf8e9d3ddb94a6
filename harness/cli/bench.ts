import { availableParallelism } from "node:os";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { drawTable } from "../terminal/draw-table.js";
import { formatJson } from "../terminal/json.js";
import { print, printData, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { type Measurement, WORKS } from "./bench/work.js";
import { LIMITS, parseListOf, parsePositiveInteger, providerOption, upTo } from "./options.js";

const KEYS = WORKS.map(({ key }) => key);
const ROUNDS = 5;

const NOTES = `
Our times and PyTorch's are taken in turn, with the same random weights and batch, and the median of each is shown;
both results must agree to 1e-3. PyTorch is run with /usr/bin/python3 (SIMVLM_PYTHON names another); without it, only
our own times are shown.

Example:
  $ simvlm bench engine --only toy-training --json`;

/** `simvlm bench` */
export function createBenchCommand(): CommandUnknownOpts {
  const engine = providerOption(new Command("engine"))
    .description("Time the model, compiled, beside the same model in PyTorch.")
    .addOption(
      new Option("--only <list>", `what is timed: ${KEYS.join(", ")}`)
        .argParser(parseListOf(KEYS))
        .default(KEYS, "all"),
    )
    .option("--rounds <n>", "how often each is run", upTo(10_000, parsePositiveInteger), ROUNDS)
    .option(
      "--threads <n>",
      "threads for each side",
      upTo(LIMITS.threads, parsePositiveInteger),
      availableParallelism(),
    )
    .option("--wasm", "also the encoder on tfjs's wasm backend, which takes a minute or more", false)
    .option("--json", "print JSON", false)
    .addHelpText("after", NOTES)
    .action(async ({ only, json, ...options }) => {
      const [{ benchEngine }, { requireProvider }] = await Promise.all([
        import("./bench/engine.js"), // --help does without the engine
        import("../engine/providers.js"),
      ]);
      const provider = requireProvider(options.provider);
      const works = WORKS.filter(({ key }) => only.includes(key));
      const measurements = await benchEngine(works, { ...options, provider, onProgress: tell });
      if (json) await printData(`${formatJson(measurements, 2)}\n`);
      else await print(formatMeasurements(measurements));
    });
  return new Command("bench")
    .description("Measure speed on this machine.")
    .addCommand(engine)
    .addHelpText("after", "\nExample:\n  $ simvlm bench engine --only toy-training");
}

function formatMeasurements(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ work, oursMs, peer, peerMs, ratio }) => {
    return [work, oursMs.toFixed(0), peer, peerMs?.toFixed(0) ?? "", ratio?.toFixed(2) ?? ""];
  });
  const head = ["work", "ours, ms", "peer", "peer, ms", "ratio"];
  return drawTable({ head, rows, alignments: ["left", "right", "left", "right", "right"] }, outputWidth());
}
