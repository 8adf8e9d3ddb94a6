import { join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { writeFileAtomic } from "../files/atomic.js";
import { STUDY_FILES } from "../study/study-files.js";
import type { StudyRecipe } from "../study/study-recipe.js";
import { withProgress } from "../terminal/progress.js";
import { print, tell } from "../terminal/streams.js";
import { studyTables } from "../terminal/study-table.js";
import { outputWidth } from "../terminal/text-width.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { LIMITS, type OptionsOf, parseFolder, parsePart, parsePositiveInteger, upTo, withOptions } from "./options.js";
import { runTrainingCommand } from "./training-options.js";

const EXAMPLES = `
Examples:
  $ simvlm ablate examples/study/recipe.json --data study-data --out study
  $ simvlm ablate examples/study/recipe.json --data study-data --out study --shard 1/2

A recipe names variants of a training, seeds, and tests: zero-shot, or after fine-tuning. Every variant is trained with every
seed; the first one is the base, which the others are compared with over examples and over seeds. A study that was stopped
by Ctrl-C or killed continues with the same command, to the same numbers. Several machines, or several processes, can each
take a part (--shard); the command without --shard then does what is left, and the report. Of a cell that is done, its file in
cells/ is all that is needed: weights and runs can go, and a study may lie in a repository and be continued elsewhere (--work).`;

/** `simvlm ablate` */
export function createAblateCommand(): CommandUnknownOpts {
  return defineCommand().action(runAblate);
}

function defineCommand() {
  const command = new Command("ablate")
    .description("Take a training apart: train its variants with several seeds, test all of them, and compare.")
    .argument("<recipe>", "the study's recipe, a JSON file")
    .requiredOption("--data <folder>", "the folder that the recipe's data lie in")
    .requiredOption("--out <folder>", "the folder for the cells and the report", parseFolder)
    .option(
      "--work <folder>",
      "the folder for weights and runs, which a cell needs until it is done (default: --out)",
      parseFolder,
    )
    .option("--so-far", "train nothing: report on the cells that are done", false)
    .option("--shard <i/n>", "train and test only part i of n", parsePart)
    .option(
      "--threads <n>",
      "threads on the CPU; another number rounds otherwise, so that the numbers are other ones",
      upTo(LIMITS.threads, parsePositiveInteger),
      1,
    )
    .option("--report-every <n>", "steps between points of the curves", parsePositiveInteger, 20)
    .option("--checkpoint-every <n>", "steps between saved states to continue from", parsePositiveInteger, 200);
  return withOptions(command, layoutOptions).addHelpText("after", EXAMPLES);
}

type AblateOptions = OptionsOf<typeof defineCommand>;

async function runAblate(path: string, options: AblateOptions): Promise<void> {
  const { readStudyRecipe } = await import("../study/study-recipe.js"); // --help does without the engine
  const { requireSameRecipe, runCells } = await import("../study/run-study.js");
  const { data, out, work = out, soFar, shard, threads, reportEvery, checkpointEvery } = options;
  const recipe = await readStudyRecipe(path);
  if (soFar) {
    await requireSameRecipe(recipe, out);
    return reportOn(recipe, options);
  }
  const how = { ...{ data, out, work, shard }, onMessage: (message: string) => tell(`simvlm: ${message}`) };
  const execution = { provider: "cpu", dtype: "F32" as const, threads, reportEvery, checkpointEvery };
  const { done, cells, finished } = await runCells(recipe, {
    ...how,
    train: (name, steps, training) => {
      tell(`simvlm: ${name}: ${steps} steps`);
      return runTrainingCommand({ ...execution, validateEvery: steps }, steps, training);
    },
    run: (name, work) => withProgress(name, work),
  });
  if (!finished) return;
  if (done < cells) {
    await print(
      `${done} of ${cells} cells are done. When the others are, the command without --shard makes the report.`,
    );
    return;
  }
  await reportOn(recipe, options);
}

async function reportOn(recipe: StudyRecipe, options: AblateOptions): Promise<void> {
  const { data, out } = options;
  const { finishStudy } = await import("../study/run-study.js");
  const { buildStudyReport } = await import("../report/study/study-report.js");
  const { renderStudyReport } = await import("../report/study/study-page.js");
  tell("simvlm: scoring and comparing");
  const { study, records } = await finishStudy(recipe, { data, out });
  const report = await buildStudyReport(study, records, data);
  const page = join(out, STUDY_FILES.report);
  await writeFileAtomic(page, await renderStudyReport(report));
  await print(layOut(studyTables(study, report.seconds), options, outputWidth()));
  tell(`simvlm: the report: ${page}`);
}
