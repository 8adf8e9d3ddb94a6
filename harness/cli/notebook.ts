import { basename, dirname, extname, join } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import { checkDestination } from "../files/destination.js";
import { makeFolder } from "../files/folders.js";
import { type Notebook, readNotebook, writeNotebook } from "../notebook/runner/notebook-file.js";
import { MOST_LATE_OUTPUT_SECONDS, NOTEBOOK_DEFAULTS } from "../notebook/runner/notebook-limits.js";
import { injectParameters, type Parameters, parseParameter } from "../notebook/runner/notebook-parameters.js";
import type { NotebookRun } from "../notebook/runner/run-notebook.js";
import { print, tell, tellLines } from "../terminal/streams.js";
import { type OptionsOf, parseFolder, parseSeconds } from "./options.js";
import { exitCodeOf, STOP_SIGNALS } from "./stop-signals.js";

const EXIT_FAILED = 1;
const EXTENSION = ".ipynb";

const EXAMPLE = `
Examples:
  $ simvlm notebook run notebooks/01-quickstart.ipynb
  $ simvlm notebook run notebooks/01-quickstart.ipynb --param seed=7 --out executed --html

It needs no Jupyter. Without --out, outputs are written into the notebook itself.
Exit code 1: a cell failed; the notebook keeps what ran before it.`;

interface Job {
  readonly path: string;
  readonly outputPath: string;
  readonly notebook: Notebook;
}

/** `simvlm notebook` */
export function createNotebookCommand(): CommandUnknownOpts {
  return new Command("notebook")
    .description("Run notebooks with Node alone.")
    .addHelpText("after", EXAMPLE)
    .addCommand(defineRunCommand().action(runNotebooks));
}

type RunOptions = OptionsOf<typeof defineRunCommand>;

/** What `--param` was given so far. */
type GivenParameters = readonly (readonly [name: string, value: unknown])[];

function defineRunCommand() {
  const noParameters: GivenParameters = [];
  return new Command("run")
    .description("Run notebooks from top to bottom, each in a kernel of its own, and fill in their outputs.")
    .argument("<files...>", "notebooks (.ipynb)")
    .option(
      "--param <name=value>",
      "a value for a variable that the cell tagged `parameters` declares; repeatable",
      (text, given: GivenParameters) => [...given, parseParameter(text)],
      noParameters,
    )
    .option("--out <folder>", "write the executed notebooks there instead of overwriting the files", parseFolder)
    .option("--html", "also write a page for each, which opens offline")
    .option("--timeout <seconds>", "how long a cell may take", parseSeconds, NOTEBOOK_DEFAULTS.timeoutSeconds)
    .option(
      "--late-output <seconds>",
      "how long to wait, after the last cell, for timers and promises that are still going on",
      parseLateOutput,
      NOTEBOOK_DEFAULTS.lateOutputSeconds,
    )
    .addHelpText("after", EXAMPLE);
}

function parseLateOutput(text: string): number {
  const value = Number(text);
  if (value >= 0 && value <= MOST_LATE_OUTPUT_SECONDS && text.trim() !== "") return value;
  throw new InvalidArgumentError(`It must be a number from 0 to ${MOST_LATE_OUTPUT_SECONDS}.`);
}

async function runNotebooks(
  files: readonly string[],
  { param, out, html, timeout, lateOutput }: RunOptions,
): Promise<void> {
  const { runNotebook } = await import("../notebook/runner/run-notebook.js"); // --help does without the kernel
  const parameters: Parameters = Object.fromEntries(param);
  const jobs = await prepareJobs(files, parameters, out);
  if (out !== undefined) await makeFolder(out);
  for (const { outputPath } of jobs) await checkDestination(outputPath);
  // A kernel ends with us only where we come to our end ourselves; the notebook at hand stays as it was.
  for (const signal of STOP_SIGNALS) process.once(signal, () => process.exit(exitCodeOf(signal)));
  for (const { path, outputPath, notebook } of jobs) {
    const run = await runNotebook(notebook, path, {
      parameters,
      timeoutSeconds: timeout,
      lateOutputSeconds: lateOutput,
      outputPath,
      onCell: (done, cells, seconds) => tell(`${path}: cell ${done}/${cells}, ${seconds.toFixed(1)} s`),
    });
    await writeResults(run, path, outputPath, html ?? false);
    if (run.cutOff) {
      tell(
        `${path}: something that a cell began was still going on ${lateOutput} s after the last one, such as a timer ` +
          "or a server: its output was waited for no longer (--late-output).",
      );
    }
    if (run.failure === undefined) continue;
    tellLines(`${path}: cell ${run.failure.cell} failed: ${run.failure.message}`);
    process.exitCode = EXIT_FAILED;
  }
}

/** Everything that can be wrong with what was asked is found before the first notebook runs. */
async function prepareJobs(files: readonly string[], parameters: Parameters, out: string | undefined): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const path of files) {
    if (extname(path) !== EXTENSION) {
      throw new SimvlmError("not-a-notebook", `${path} is not a notebook: its name does not end in ${EXTENSION}.`);
    }
    const outputPath = out === undefined ? path : join(out, basename(path));
    if (jobs.some((job) => job.outputPath === outputPath)) {
      throw new SimvlmError("same-name", `Two notebooks would be written to ${outputPath}. Run them one by one.`);
    }
    const notebook = await readNotebook(path);
    injectParameters(notebook, parameters, path);
    jobs.push({ path, outputPath, notebook });
  }
  return jobs;
}

async function writeResults({ notebook }: NotebookRun, path: string, outputPath: string, html: boolean): Promise<void> {
  await writeNotebook(outputPath, notebook);
  const written = [outputPath];
  if (html) {
    const { renderNotebook } = await import("../notebook/runner/notebook-page.js");
    const name = basename(path, EXTENSION);
    const page = join(dirname(outputPath), `${name}.html`);
    await writeFileAtomic(page, renderNotebook(notebook, { title: name, folder: dirname(path) }));
    written.push(page);
  }
  await print(written.join("\n"));
}
