import { dirname } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { COEFFICIENTS, type MetricDefinition, type SimvlmError } from "@simvlm/metrics";
import { findPictures } from "../formats/picture-folder.js";
import type { RatingColumns } from "../formats/rating-columns.js";
import { type Ratings, readRatings } from "../formats/ratings.js";
import { findClip } from "../metric-data/clip/find-clip.js";
import { needsInstalledData } from "../metric-data/supply-tables.js";
import { captionTask } from "../tasks/caption-task.js";
import { chooseMetrics, looksAtPictures } from "../tasks/choose-metrics.js";
import { measureHumanAgreement } from "../tasks/human-agreement.js";
import { TASK_SETTING_DEFAULTS } from "../tasks/task.js";
import { agreementBlocks } from "../terminal/agreement-table.js";
import { formatJson } from "../terminal/json.js";
import { withProgress } from "../terminal/progress.js";
import { tell } from "../terminal/streams.js";
import { layOut, layoutOptions } from "./layout-options.js";
import { requireMetricData, withMetricPrograms } from "./metric-data.js";
import {
  correctionOption,
  metricsOption,
  type OptionsOf,
  paraphrasesOption,
  resamplingOptions,
  withOptions,
} from "./options.js";
import { checkOutputs, printBeside, requirePage, writeOutputs } from "./output.js";
import { spiceOption } from "./spice-option.js";

const EXAMPLES = `
Examples:
  $ simvlm agreement ratings.csv --references captions.json
  $ simvlm agreement ExpertAnnotations.txt --references Flickr8k.token.txt --each --by tau_c
  $ simvlm agreement thumb.jsonl --columns image,candidate,P,R --metrics bleu,cider,meteor --json agreement.json --report agreement.html

Ratings are a table or records (CSV, TSV, JSON, JSON lines, Parquet) with a picture, a caption and what people said of
it: image,caption,rating or rating1,rating2,rating3, where more is better; references may stand beside them. Or they say
which of two captions was preferred: image,caption_a,caption_b,preferred. Flickr8k's annotations are read as they are.`;

/** `simvlm agreement` */
export function createAgreementCommand(): CommandUnknownOpts {
  return defineCommand().action(runAgreement);
}

type AgreementOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("agreement")
    .description("Say how well metrics agree with people's ratings of captions: which one to believe on such data.")
    .argument("<ratings>", "people's ratings of captions")
    .option("--references <file>", "the captions that people wrote, if they do not stand beside the ratings")
    .option(
      "--images <folder>",
      "clipscore, refclipscore: where the pictures lie, if not in the folder of the references",
    )
    .option("--split <name>", "which split, of references that hold several", TASK_SETTING_DEFAULTS.split)
    .option("--columns <image,caption,rating...>", "the columns of picture, caption and ratings", parseColumns)
    .option("--each", "each person's rating counts by itself (default: the mean of a caption's)", false)
    .option("--keep-references", "keep captions that are one of their picture's references", false)
    .addOption(
      new Option("--by <coefficient>", "what to sort and tell metrics apart by")
        .choices(COEFFICIENTS)
        .default("tau_b" as const),
    );
  const chosen = withOptions(command, metricsOption, "those of captions that can be computed");
  const judged = withOptions(withOptions(chosen, paraphrasesOption), spiceOption);
  const measured = withOptions(judged, resamplingOptions);
  return withOptions(withOptions(measured, correctionOption), layoutOptions)
    .option("--json <file>", "write everything as JSON, each pair of metrics too; - for standard output")
    .option("--report <file>", "write it as a page, .html, that opens offline; - for standard output")
    .addHelpText("after", EXAMPLES);
}

function parseColumns(text: string): RatingColumns {
  const [image, caption, ...ratings] = text.split(",").map((name) => name.trim());
  if (image && caption && ratings.length > 0 && !ratings.includes("")) return [image, caption, ...ratings];
  throw new InvalidArgumentError("It must be three names or more: of the picture, the caption, and the ratings.");
}

async function runAgreement(path: string, options: AgreementOptions): Promise<void> {
  const {
    references,
    split,
    columns,
    each,
    keepReferences,
    by,
    withoutParaphrases,
    correct,
    json,
    report: page,
  } = options;
  const { images, clip, resamples, confidence, seed } = options;
  const inputs = [path, ...(references === undefined ? [] : [references])];
  if (page !== undefined) requirePage("--report", page);
  await checkOutputs(
    [json, page].filter((output) => output !== undefined),
    inputs,
  );
  const metrics = options.metrics ? chooseMetrics(captionTask, options.metrics) : await listUsual(options);
  if (options.metrics) await requireMetricData(metrics, { clip });
  const ratings = await readRatings(path, columns);
  const isShown = metrics.some(looksAtPictures);
  const read = (from: string) =>
    captionTask.readReferences!(from, { split, images: isShown ? (images ?? dirname(from)) : undefined });
  const data = references === undefined ? undefined : await read(references);
  const pictureOf = isShown && images !== undefined ? await findRated(ratings, { path, images, split }) : undefined;
  const onUnable = ({ name }: MetricDefinition, { message }: SimvlmError) =>
    tell(`simvlm: note: not scored with ${name}: ${message}`);
  const report = await withMetricPrograms(options.spice, (program) =>
    withProgress("resampling", (onStart) =>
      measureHumanAgreement({
        ratings,
        references: data?.examples,
        pictureOf,
        metrics,
        tables: { paraphrases: !withoutParaphrases, clip, program },
        isEach: each,
        keepsReferences: keepReferences,
        correct,
        resampling: { resamples, confidence, seed },
        onStart,
        ...(!options.metrics && { onUnable }),
      }),
    ),
  );
  const outputs: [string, string][] = json === undefined ? [] : [[json, `${formatJson(report, 2)}\n`]];
  if (page !== undefined) {
    const { agreementPage } = await import("../report/agreement-page.js"); // pages are rarely asked for
    outputs.push([page, await agreementPage(report, { by, ratings: path })]);
  }
  await writeOutputs(outputs);
  await printBeside([json, page], (width) => layOut(agreementBlocks(report, by), options, width));
}

/** Those of captions, those that need data which may be installed, and those of pictures where there is a CLIP. */
async function listUsual({ clip, images }: AgreementOptions): Promise<MetricDefinition[]> {
  const hasClip =
    clip !== undefined || images !== undefined || (await findClip({}).catch(() => undefined)) !== undefined;
  const further = captionTask.furtherMetrics!.filter((metric) => needsInstalledData(metric) || hasClip);
  return [...captionTask.metrics, ...further];
}

/** Where the pictures lie that the ratings name, for ratings that have their references beside them. */
async function findRated(
  { captions }: Ratings,
  { path, images, split }: { readonly path: string; readonly images: string; readonly split: string },
): Promise<(image: string) => string> {
  const names = [...new Set(captions.map(({ image }) => image))];
  const pictures = await findPictures(names, { folder: images, images, split });
  return (image) => pictures.locate(image, path);
}
