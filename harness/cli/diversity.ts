import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { ResultsOptions } from "../formats/results/results-form.js";
import { type CaptionSet, readCaptionSets } from "../formats/results.js";
import { RUN_FILES } from "../runs/manifest.js";
import { requireSealedLog } from "../runs/seal-run.js";
import { readPredictions } from "../sources/predictions-file.js";
import { measureDiversity } from "../tasks/caption-diversity.js";
import { captionTask } from "../tasks/caption-task.js";
import { TASK_SETTING_DEFAULTS } from "../tasks/task.js";
import { diversityBlocks } from "../terminal/diversity-tables.js";
import { formatJson } from "../terminal/json.js";
import { tell } from "../terminal/streams.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { type OptionsOf, resamplingOptions, withOptions } from "./options.js";
import { checkOutputs, printBeside, writeOutputs } from "./output.js";
import { resultsOptions, toResultsOptions } from "./results-options.js";

const EXAMPLES = `
Examples:
  $ simvlm diversity five-captions-each.json --references captions.json
  $ simvlm diversity runs/seed-1 runs/seed-2 runs/seed-3 --references captions.json --json diversity.json

Captions are records with repeated ids, lists of captions by id ({"42": ["a dog", "a cat"]}), or several files or runs
together, such as runs that sampled with --temperature 1 and different seeds.`;

/** `simvlm diversity` */
export function createDiversityCommand(): CommandUnknownOpts {
  return defineCommand().action(runDiversity);
}

type DiversityOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("diversity")
    .description("Say how much several captions of a picture differ: Self-CIDEr, mBLEU, distinct n-grams, vocabulary.")
    .argument("<captions...>", "files of captions, or folders of runs: what all say of a picture counts together")
    .option(
      "--references <file>",
      "what people wrote, to weigh words by in Self-CIDEr (default: the captions themselves)",
    )
    .option("--split <name>", "which split, of references that hold several", TASK_SETTING_DEFAULTS.split)
    .option("--training <file>", "captions that were trained on, to tell which are novel");
  return withOptions(withOptions(withOptions(command, resultsOptions), resamplingOptions), layoutOptions)
    .option("--json <file>", "write everything as JSON; - for standard output")
    .addHelpText("after", EXAMPLES);
}

async function runDiversity(paths: string[], options: DiversityOptions): Promise<void> {
  const { references, split, training, json, resamples, confidence, seed } = options;
  const inputs = [...paths, references, training].filter((path) => path !== undefined);
  await checkOutputs(json === undefined ? [] : [json], inputs);
  const captions: CaptionSet[] = [];
  for (const path of paths) captions.push(...(await readCaptions(path, toResultsOptions(options))));
  const read = (path: string, of: string) => captionTask.readReferences!(path, { split: of });
  const data = references === undefined ? undefined : await read(references, split);
  const trained = training === undefined ? undefined : await read(training, "train");
  const report = await measureDiversity({
    captions,
    references: data?.examples,
    training: trained?.examples.flatMap(({ references: own = [] }) => own),
    resampling: { resamples, confidence, seed },
    onUnable: ({ name }, { message }) => tell(`simvlm: note: not scored with ${name}: ${message}`),
  });
  if (json !== undefined) await writeOutputs([[json, `${formatJson(report, 2)}\n`]]);
  await printBeside([json], (width) => layOut(diversityBlocks(report), options, width));
}

async function readCaptions(path: string, options: ResultsOptions): Promise<CaptionSet[]> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const log = isFolder ? join(path, RUN_FILES.predictions) : path;
  await requireSealedLog(log);
  if (!isFolder) return readCaptionSets(path, options);
  const said = await readPredictions(captionTask, log);
  return said.map(({ id, prediction }) => ({ id, captions: [prediction] }));
}
