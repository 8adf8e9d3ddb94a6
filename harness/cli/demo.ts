import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { searchOptions, toDecodingSettings } from "./decoding-options.js";
import { PAIR_DEMO_OUT, runPairDemo } from "./demo-pair.js";
import { runToyboxDemo, TOYBOX_DEMO_DEFAULTS } from "./demo-toybox.js";
import { failuresOption } from "./failures.js";
import {
  LIMITS,
  type OptionsOf,
  parseFolder,
  parsePositiveInteger,
  parseSeed,
  parseStatement,
  providerOption,
  toFlag,
  upTo,
  withOptions,
} from "./options.js";
import { preprocessingOption } from "./preprocessing-option.js";
import { weightsOption } from "./weights-option.js";

const { out, images, checkpoints } = TOYBOX_DEMO_DEFAULTS;

const EXAMPLES = `
Examples:
  $ simvlm demo
  $ simvlm demo --checkpoints training --seed 7 --images 1000 --out runs/demo-7
  $ simvlm demo --data nocaps --zero-shot microsoft/git-base --supervised microsoft/git-base-coco

Without --data, the demo draws new pictures of Toybox (OUT/toybox) and captions them with the trained models pretrained,
caption and caption-scratch of --checkpoints. With --data, two models caption a NoCaps or COCO folder. Either way, --out will
hold a run for each model, comparison.json and report.html. A demo that was stopped continues with the same command; a
finished one is shown again.`;

/** `simvlm demo` */
export function createDemoCommand(): CommandUnknownOpts {
  return defineCommand().action(runDemo);
}

type DemoOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("demo")
    .description(
      "Caption pictures zero-shot and with supervision, compare, and report: of Toybox, or of your own data.",
    )
    .option("--out <folder>", `the demo's folder (default: ${out}; with --data: ${PAIR_DEMO_OUT})`, parseFolder)
    .option("--seed <n>", "seed of the pictures (default: a new one), or of sampling", parseSeed)
    .optionsGroup("With Toybox:")
    .option("--images <n>", `pictures to caption (default: ${images})`, parsePositiveInteger)
    .option("--checkpoints <folder>", `where the trained models are (default: ${checkpoints})`)
    .optionsGroup("With your own data:")
    .option("--data <folder>", "NoCaps, COCO, or captions in another form of a data set")
    .option(
      "--zero-shot <folder>",
      "the model that was only pretrained: its folder, or its name in the Hugging Face cache",
    )
    .option("--supervised <folder>", "the model that was taught captions, likewise")
    .option(
      "--pretrained-on <text>",
      "what the first learnt from, for the report (default: what its name says)",
      parseStatement,
    )
    .option("--split <name>", "which part of the data (default: test or val, whichever has captions)")
    .option("--pictures <folder>", "where its pictures lie, if they are not found in the data's folder")
    .option("--limit <n>", "only the first n pictures; not comparable with complete runs", parsePositiveInteger)
    .option("--skip-missing-pictures", "leave out pictures that are not there, instead of stopping")
    .option("--skip-missing-references", "leave out pictures without captions, instead of stopping")
    .option(
      "--batch-size <n>",
      "pictures per batch; results do not depend on it",
      upTo(LIMITS.batch, parsePositiveInteger),
    );
  const prepared = withOptions(
    withOptions(withOptions(command, preprocessingOption), weightsOption),
    searchOptions,
    "default: each model's own",
  );
  return withOptions(withOptions(prepared, providerOption), failuresOption).addHelpText("after", EXAMPLES);
}

const OF_TOYBOX: ReadonlySet<string> = new Set(["images", "checkpoints"]);
const OF_BOTH: ReadonlySet<string> = new Set(["out", "seed", "provider"]);
const PAIR = ["data", "zeroShot", "supervised"] as const;

async function runDemo(options: DemoOptions): Promise<void> {
  const given = Object.keys(options).filter((name) => !OF_BOTH.has(name));
  const [foreign] = given.filter((name) => OF_TOYBOX.has(name));
  const [own] = given.filter((name) => !OF_TOYBOX.has(name));
  if (own === undefined) return runToyboxDemo(options);
  const { data, zeroShot, supervised } = options;
  if (data === undefined || zeroShot === undefined || supervised === undefined) {
    const lacking = PAIR.filter((name) => options[name] === undefined).map(toFlag);
    throw new SimvlmError(
      "bad-option",
      `${toFlag(own)} is for two models on your own data: give ${lacking.join(" and ")}, too.`,
    );
  }
  if (foreign !== undefined) {
    throw new SimvlmError("bad-option", `${toFlag(foreign)} has no meaning with --data: leave it out.`);
  }
  const { requireProvider } = await import("../engine/providers.js"); // --help does without the engine
  const { pictures: images, provider, ...rest } = options;
  const how = { images, provider: requireProvider(provider), decoding: toDecodingSettings(options) };
  return runPairDemo({ ...rest, ...how, data, zeroShot, supervised });
}
