import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { isFolder } from "../files/folders.js";
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
import { checkOutputs, printBeside, requirePage, writeOutputs } from "./output.js";
import { resultsOptions, toResultsOptions } from "./results-options.js";

const EXAMPLES = `
Examples:
  $ simvlm diversity five-captions-each.json --references captions.json
  $ simvlm diversity runs/seed-1 runs/seed-2 runs/seed-3 --references captions.json --json diversity.json
  $ simvlm diversity nucleus.json --against beam.json --references captions.json --report diversity.html

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
      "--against <captions...>",
      "another system's captions of the same pictures: paired differences with p-values",
    )
    .option(
      "--references <file>",
      "what people wrote, to weigh words by in Self-CIDEr (default: the captions themselves)",
    )
    .option("--split <name>", "which split, of references that hold several", TASK_SETTING_DEFAULTS.split)
    .option("--training <file>", "captions that were trained on, to tell which are novel");
  return withOptions(withOptions(withOptions(command, resultsOptions), resamplingOptions), layoutOptions)
    .option("--json <file>", "write everything as JSON; - for standard output")
    .option("--report <file>", "write it as a page, .html, that opens offline; - for standard output")
    .addHelpText("after", EXAMPLES);
}

async function runDiversity(paths: string[], options: DiversityOptions): Promise<void> {
  const { against, references, split, training, json, report: page, resamples, confidence, seed } = options;
  const given = (all: readonly (string | undefined)[]) => all.filter((path) => path !== undefined);
  if (page !== undefined) requirePage("--report", page);
  await checkOutputs(given([json, page]), given([...paths, ...(against ?? []), references, training]));
  const reading = toResultsOptions(options);
  const captions = await readAll(paths, reading);
  const others = against && (await readAll(against, reading));
  const read = (path: string, of: string) => captionTask.readReferences!(path, { split: of });
  const data = references === undefined ? undefined : await read(references, split);
  const trained = training === undefined ? undefined : await read(training, "train");
  const report = await measureDiversity({
    captions,
    against: others,
    references: data?.examples,
    training: trained?.examples.flatMap(({ references: own = [] }) => own),
    resampling: { resamples, confidence, seed },
    onUnable: ({ name }, { message }) => tell(`simvlm: note: not scored with ${name}: ${message}`),
  });
  const outputs: [string, string][] = json === undefined ? [] : [[json, `${formatJson(report, 2)}\n`]];
  if (page !== undefined) {
    const { diversityPage } = await import("../report/diversity-page.js"); // pages are rarely asked for
    outputs.push([page, await diversityPage(report, { captions: paths, against })]);
  }
  await writeOutputs(outputs);
  await printBeside([json, page], (width) => layOut(diversityBlocks(report), options, width));
}

async function readAll(paths: readonly string[], options: ResultsOptions): Promise<CaptionSet[]> {
  const captions: CaptionSet[] = [];
  for (const path of paths) captions.push(...(await readCaptions(path, options)));
  return captions;
}

async function readCaptions(path: string, options: ResultsOptions): Promise<CaptionSet[]> {
  const isRun = await isFolder(path);
  const log = isRun ? join(path, RUN_FILES.predictions) : path;
  await requireSealedLog(log);
  if (!isRun) return readCaptionSets(path, options);
  const said = await readPredictions(captionTask, log);
  return said.map(({ id, prediction }) => ({ id, captions: [prediction] }));
}
