import { availableParallelism } from "node:os";
import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { drawTable } from "../terminal/draw-table.js";
import { formatJson } from "../terminal/json.js";
import { print, printData, tell } from "../terminal/streams.js";
import { outputWidth } from "../terminal/text-width.js";
import { type Figures, type Measurement, VARIANTS, WORKS } from "./bench/work.js";
import { LIMITS, parseListOf, parsePositiveInteger, providerOption, upTo } from "./options.js";

const KEYS = WORKS.map(({ key }) => key);
const ROUNDS = 5;

const NOTES = `
Our times and PyTorch's are taken in turn, with the same random weights and batch: the median, the shortest and the
longest round, and the peak of each process's memory. Results of both must agree to 1e-3. PyTorch runs as it is (eager),
through torch.compile, and in bfloat16; the ratio is to the faster of the first two. It is that of test/peers.sh, or of
/usr/bin/python3 (SIMVLM_PYTHON names another); without it, only our own times are shown.

Examples:
  $ simvlm bench engine --only toy-training --json
  $ simvlm bench engine --only base-encoder --peers eager,bfloat16`;

/** `simvlm bench` */
export function createBenchCommand(): CommandUnknownOpts {
  const engine = providerOption(new Command("engine"))
    .description("Time the model, compiled, beside the same model in PyTorch.")
    .addOption(
      new Option("--only <list>", `what is timed: ${KEYS.join(", ")}`)
        .argParser(parseListOf(KEYS))
        .default(KEYS, "all"),
    )
    .addOption(
      new Option("--peers <list>", `ways of PyTorch: ${VARIANTS.join(", ")}`)
        .argParser(parseListOf([...VARIANTS]))
        .default([...VARIANTS], "all"),
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
    .action(async ({ only, json, peers: variants, ...options }) => {
      const [{ benchEngine }, { requireProvider }] = await Promise.all([
        import("./bench/engine.js"), // --help does without the engine
        import("../engine/providers.js"),
      ]);
      const provider = requireProvider(options.provider);
      const works = WORKS.filter(({ key }) => only.includes(key));
      const measurements = await benchEngine(works, { ...options, variants, provider, onProgress: tell });
      if (json) await printData(`${formatJson(measurements, 2)}\n`);
      else await print(formatMeasurements(measurements));
    });
  return new Command("bench")
    .description("Measure speed on this machine.")
    .addCommand(engine)
    .addHelpText("after", "\nExample:\n  $ simvlm bench engine --only toy-training");
}

function formatMeasurements(measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ work, ours, peers, ratio }) => {
    const others = [...VARIANTS, "wasm" as const].map((name) => formatFigures(peers[name]));
    return [work, formatFigures(ours), ...others, ratio?.toFixed(2) ?? ""];
  });
  const head = ["work", "ours", ...VARIANTS, "wasm", "ratio"];
  const table = drawTable(
    { head, rows, alignments: head.map((name) => (name === "work" ? "left" : "right")) },
    outputWidth(),
  );
  const names = [...new Set(measurements.map(({ peer }) => peer))];
  return `${table}\nMilliseconds (shortest–longest), peak memory. ${names.join("; ")}\n`;
}

function formatFigures(figures: Figures | undefined): string {
  if (!figures) return "";
  const { ms, low, high, megabytes } = figures;
  const memory = megabytes === undefined ? "" : `, ${(megabytes / 1024).toFixed(1)} GB`;
  return `${ms.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})${memory}`;
}
