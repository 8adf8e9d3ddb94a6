import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { explainRun } from "../compare/explain-examples.js";
import { drawBlocks } from "../terminal/draw-table.js";
import { explanationBlocks } from "../terminal/explanation-blocks.js";
import { formatJson } from "../terminal/json.js";
import { findMetricData, withMetricPrograms } from "./metric-data.js";
import { metricsOption, type OptionsOf, paraphrasesOption, withOptions } from "./options.js";
import { checkOutputs, printBeside, requireOutside, requirePage, writeOutputs } from "./output.js";
import { spiceOption } from "./spice-option.js";

const EXAMPLES = `
Examples:
  $ simvlm explain runs/zero-shot --example 42
  $ simvlm explain runs/zero-shot --example 42 43 --metrics meteor,cider --out why.html

The page is one file that opens offline. METEOR and ROUGE-L say which words met, CIDEr and BLEU which n-grams, CHAIR
which objects are not there, VQA accuracy who answered what.`;

/** `simvlm explain` */
export function createExplainCommand(): CommandUnknownOpts {
  return defineCommand().action(runExplain);
}

function defineCommand() {
  const command = new Command("explain")
    .description("Say why examples of a finished run have their scores.")
    .argument("<run>", "the run's folder")
    .requiredOption("--example <id...>", "the ids of one or more examples");
  const chosen = withOptions(command, metricsOption, "what the run was scored with");
  return withOptions(withOptions(chosen, paraphrasesOption, " (default: as the run was scored)"), spiceOption)
    .option("--data <folder>", "the data set, if it is not where the run says")
    .option("--out <file>", "write a page, .html; - for standard output")
    .option("--json <file>", "write the same as JSON; - for standard output")
    .addHelpText("after", EXAMPLES);
}

async function runExplain(
  folder: string,
  { example: ids, out, json, metrics, data, withoutParaphrases, spice }: OptionsOf<typeof defineCommand>,
): Promise<void> {
  const files = [out, json].filter((path) => path !== undefined);
  if (out !== undefined) requirePage("--out", out);
  await checkOutputs(files);
  for (const file of files) await requireOutside(file, [folder]);
  await findMetricData([folder], metrics);
  const paraphrases = withoutParaphrases ? ({ paraphrases: false } as const) : {};
  const explained = await withMetricPrograms(spice, (program) =>
    explainRun(folder, { ids, metrics, dataFolder: data, program, ...paraphrases }),
  );
  await writeOutputs([
    ...(out === undefined ? [] : [[out, await drawPage(explained, ids)] as const]),
    ...(json === undefined ? [] : [[json, `${formatJson(explained, 2)}\n`] as const]),
  ]);
  await printBeside(files, (width) => drawBlocks(explanationBlocks(explained), width));
}

async function drawPage(explained: Awaited<ReturnType<typeof explainRun>>, ids: readonly string[]): Promise<string> {
  const { explanationsView } = await import("../report/explanation/index.js"); // it is loaded only where it is needed
  const { html } = await import("../report/html.js");
  const { renderPage } = await import("../report/view.js");
  const title = `Why these scores: ${ids.join(", ")}`;
  return renderPage([html`<h1>${title}</h1>`, explanationsView(explained, { open: true })], { title });
}
