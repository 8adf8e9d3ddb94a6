import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { generateToybox } from "../toybox/generate.js";
import { DATA_SETS, SCALES } from "../toybox/sizes.js";
import { WEB_MIXTURES } from "../toybox/web/mixtures.js";
import { SPLITS } from "../toybox/world/scene.js";
import { WORLD_NAMES } from "../toybox/world/worlds.js";
import {
  LIMITS,
  type OptionsOf,
  parseFolder,
  parseListOf,
  parsePositiveInteger,
  parseSeed,
  parseShare,
  upTo,
} from "./options.js";

const EXAMPLES = `
Examples:
  $ simvlm toybox generate --out toybox --seed 1 --scale full
  $ simvlm toybox generate --out fresh-test --seed 20260801 --only nocaps,captions --split test --limit 200

The folder appears when it is complete; if the command was stopped, run it again to continue. Its README.md says which
file is what.`;

/** `simvlm toybox` */
export function createToyboxCommand(): CommandUnknownOpts {
  return new Command("toybox")
    .description("Draw and describe a miniature world to train and test in.")
    .addCommand(defineGenerateCommand().action(runGenerate))
    .addHelpText("after", "\nExample:\n  $ simvlm toybox generate --out toybox --seed 1 --scale small");
}

function defineGenerateCommand() {
  return new Command("generate")
    .description("Draw and describe the miniature world: all data sets in their official formats.")
    .requiredOption("--out <folder>", "the folder to write; it must not exist, or be empty", parseFolder)
    .requiredOption("--seed <n>", "the same seed gives the same bytes", parseSeed)
    .addOption(
      new Option("--scale <scale>", "small: ready in seconds; full: enough for hours of training")
        .choices(SCALES)
        .default("full"),
    )
    .addOption(
      new Option("--only <list>", `data sets: ${DATA_SETS.join(", ")}`)
        .argParser(parseListOf(DATA_SETS))
        .default([...DATA_SETS], "all"),
    )
    .addOption(
      new Option("--split <list>", `splits: ${SPLITS.join(", ")}`)
        .argParser(parseListOf(SPLITS))
        .default([...SPLITS], "all"),
    )
    .option("--limit <n>", "at most n images (pairs, sentence sets, documents) per split", parsePositiveInteger)
    .option("--noise <share>", "share of web pairs whose text is wrong, or not about their picture", parseShare, 0.3)
    .addOption(
      new Option(
        "--web <mixture>",
        "web pictures: mostly a few kinds, often a single thing (long-tail), or all kinds equally often (even), with texts that also judge claims (debated), ask for names (named), or do both (checked)",
      )
        .choices(WEB_MIXTURES)
        .default("long-tail"),
    )
    .addOption(
      new Option(
        "--world <name>",
        "whole: all there is; plain: eight kinds, one or two things in a picture, short English texts, for small studies",
      )
        .choices(WORLD_NAMES)
        .default("whole"),
    )
    .option(
      "--concurrency <n>",
      "pictures drawn at the same time (default: twice the number of cores)",
      upTo(LIMITS.concurrency, parsePositiveInteger),
    )
    .addHelpText("after", EXAMPLES);
}

async function runGenerate({ out, split, ...options }: OptionsOf<typeof defineGenerateCommand>): Promise<void> {
  const started = performance.now();
  let pictures = 0;
  const isNew = await withProgress("drawing", (start) =>
    generateToybox(out, {
      ...options,
      splits: split,
      onStart(steps) {
        pictures = steps;
        return start(steps);
      },
    }),
  );
  if (!isNew) {
    tell(`simvlm: ${out} is already finished: there is nothing to do`);
    return;
  }
  const seconds = (performance.now() - started) / 1000;
  const done = pictures === 0 ? "what older versions did not write was added" : `${pictures} pictures`;
  await print(`${out}: ${done} in ${seconds.toFixed(1)} s; see ${out}/README.md`);
}
