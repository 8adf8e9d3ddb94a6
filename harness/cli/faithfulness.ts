import { basename, extname } from "node:path";
import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { RESAMPLING_DEFAULTS, SimvlmError } from "@simvlm/metrics";
import { explore } from "../attention/explore.js";
import { FAITHFULNESS_DEFAULTS, measureFaithfulness, type PictureOnTrial } from "../attention/faithfulness/measure.js";
import { type FaithfulnessVerdict, sumUp } from "../attention/faithfulness/summary.js";
import type { PictureTrial } from "../attention/faithfulness/try-picture.js";
import { WORD_MAPS } from "../attention/word-maps.js";
import type { Provider } from "../engine/providers.js";
import { findOptionalDataFile } from "../formats/data-files.js";
import { readSegments, type Segments } from "../formats/segments.js";
import { findPictureFault } from "../images/image-source.js";
import { sharp } from "../images/sharp.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import type { View } from "../report/view.js";
import { captionTask } from "../tasks/caption-task.js";
import { completeSettings } from "../tasks/task.js";
import { drawBlocks } from "../terminal/draw-table.js";
import { faithfulnessBlocks } from "../terminal/faithfulness-table.js";
import { formatJson } from "../terminal/json.js";
import { printable } from "../terminal/printable.js";
import { startProgress } from "../terminal/progress.js";
import { printData, tell } from "../terminal/streams.js";
import { chooseSplit, noteData } from "./data-notes.js";
import { type SearchCommandOptions, toDecodingSettings } from "./decoding-options.js";
import { type ModelCommandOptions, openModel } from "./model-options.js";
import {
  LIMITS,
  type OptionsOf,
  parseCount,
  parseListOf,
  parsePositive,
  parsePositiveInteger,
  upTo,
} from "./options.js";
import { printBeside, writeOutputs } from "./output.js";
import { noteUnturned } from "./preprocessing-option.js";

const MOST = { steps: 1000, randoms: 1000 } as const;

/** The options of `simvlm attend` that put maps on trial. */
export function faithfulnessOptions(command: Command) {
  const { steps, randoms, blur } = FAITHFULNESS_DEFAULTS;
  return command
    .option("--faithfulness", "measure whether words depend on what their maps point at", false)
    .option("--data <folder>", "faithfulness: a data set of captions instead of one picture")
    .option("--split <name>", "faithfulness: which part of the data set (default: test, or the only one there is)")
    .option("--images <folder>", "faithfulness: where its pictures lie, if they are not found in the data set's folder")
    .option("--limit <n>", "faithfulness: only the first n pictures", parsePositiveInteger)
    .option("--masks <file>", "faithfulness: where things are, as COCO's instances (default: those beside the data)")
    .option(
      "--maps <list>",
      `faithfulness: which maps, of ${WORD_MAPS.join(", ")} (default: all)`,
      parseListOf(WORD_MAPS),
    )
    .option("--steps <n>", "faithfulness: steps of the curves", upTo(MOST.steps, parsePositiveInteger), steps)
    .option(
      "--random-maps <n>",
      "faithfulness: random maps for each picture",
      upTo(MOST.randoms, parsePositiveInteger),
      randoms,
    )
    .option(
      "--blur <patches>",
      "faithfulness: standard deviation of the blur, in patches",
      upTo(16, parsePositive),
      blur,
    )
    .option(
      "--knockout-layers <list>",
      "faithfulness: decoder layers in which patches are knocked out (default: all)",
      parseLayers,
    )
    .option("--batch <n>", "faithfulness: texts scored at a time", upTo(LIMITS.batch, parsePositiveInteger));
}

function parseLayers(text: string): number[] {
  try {
    return text.split(",").map(parseCount);
  } catch {
    throw new InvalidArgumentError("It must be whole numbers from 0, separated by commas.");
  }
}

/** What {@link runFaithfulness} is asked. */
export type FaithfulnessCommandOptions = OptionsOf<typeof faithfulnessOptions> &
  ModelCommandOptions &
  SearchCommandOptions & {
    readonly prompt?: string | undefined;
    readonly caption?: string | undefined;
    readonly out?: string | undefined;
    readonly json: boolean;
  };

/** What was measured, of which pictures. */
export interface FaithfulnessOutcome {
  readonly trials: readonly PictureTrial[];
  readonly verdict: FaithfulnessVerdict;
}

/** Measures how faithful maps are, on one picture or a data set, and prints the table. */
export async function runFaithfulness(image: string | undefined, options: FaithfulnessCommandOptions): Promise<void> {
  const { segments, pictures } = await listPictures(image, options);
  const { model, provider } = await openModel(options);
  const {
    maps,
    steps,
    randomMaps: randoms,
    blur,
    knockoutLayers: layers,
    batch,
    prompt,
    seed,
    caption,
    out,
    json,
  } = options;
  const progress = startProgress("measuring", pictures.length > 1 ? pictures.length : 0);
  const trials = await measureFaithfulness(model, pictures, {
    ...{ maps, steps, randoms, blur, layers, batch, provider, prompt, seed, caption },
    synonyms: segments?.synonyms,
    decoding: toDecodingSettings(options),
    onPicture: () => progress.increment(),
  }).finally(() => progress.stop());
  if (trials.length === 0) {
    throw new SimvlmError("no-caption", "No caption has a word, so there is no map to measure.");
  }
  const verdict = sumUp(trials);
  const outcome = { trials, verdict };
  if (out !== undefined)
    await writeOutputs([
      [out, await render(out, outcome, () => explorePicture(model, pictures, outcome, { prompt, provider }))],
    ]);
  if (json) {
    const settings = {
      maps: verdict.maps.map(({ map }) => map),
      steps,
      randoms,
      blur,
      layers: layers ?? "all",
      seed,
      ...(options.weights === "int8" && { weights: options.weights }),
    };
    await printData(
      `${formatJson({ model: model.source, settings, resampling: RESAMPLING_DEFAULTS, ...toReport(outcome) })}\n`,
    );
  } else {
    const head = pictures.length === 1 ? `${printable(trials[0]!.caption)}\n\n` : "";
    await printBeside([out], (width) => head + drawBlocks(faithfulnessBlocks(verdict), width));
  }
  noteUnturned(trials.filter(({ unturned }) => unturned).length);
}

async function render(
  out: string,
  { verdict, trials }: FaithfulnessOutcome,
  exploreThem: () => Promise<View[]>,
): Promise<string | Uint8Array> {
  const ending = extname(out).toLowerCase();
  const { curvesFigure, faithfulnessView } = await import("../report/faithfulness/faithfulness-view.js");
  if (ending === ".html") {
    const { html } = await import("../report/html.js");
    const { renderPage } = await import("../report/view.js");
    const title =
      trials.length === 1 ? printable(trials[0]!.caption) : `Faithfulness of maps, ${trials.length} pictures`;
    return renderPage([html`<h1>${title}</h1>`, ...(await exploreThem()), await faithfulnessView(verdict)], { title });
  }
  const { drawFigureSvg } = await import("../report/plots/draw.js");
  const svg = drawFigureSvg(curvesFigure(verdict));
  return ending === ".svg" ? svg : sharp(Buffer.from(svg), { density: 144 }).png().toBuffer();
}

/** Of one picture, the explorer of the same words. */
async function explorePicture(
  model: VisionLanguageModel,
  pictures: readonly PictureOnTrial[],
  { trials }: FaithfulnessOutcome,
  { prompt, provider }: Pick<FaithfulnessCommandOptions, "prompt"> & { readonly provider: Provider },
): Promise<View[]> {
  if (pictures.length > 1) return [];
  const { explorerView } = await import("../report/explorer/index.js");
  return [
    await explorerView([await explore(model, pictures[0]!.picture, { prompt, provider, caption: trials[0]!.caption })]),
  ];
}

async function listPictures(
  image: string | undefined,
  options: FaithfulnessCommandOptions,
): Promise<{ segments: Segments | undefined; pictures: (PictureOnTrial & { readonly picture: string })[] }> {
  const { data: folder, images, limit, caption } = options;
  if ((image === undefined) === (folder === undefined)) {
    throw new SimvlmError("bad-option", "Give one picture, or a data set with --data, and not both.");
  }
  if (image !== undefined) {
    const given = (["split", "images", "limit"] as const).find((name) => options[name] !== undefined);
    if (given) throw new SimvlmError("bad-option", `--${given} is for a data set: give --data, or leave it out.`);
    const fault = await findPictureFault(image);
    if (fault) throw fault;
    const segments = options.masks === undefined ? undefined : await readSegments(options.masks);
    const id = segments?.byFile.get(basename(image));
    if (segments && id === undefined) {
      throw new SimvlmError("no-masks", `${options.masks} has no picture called ${basename(image)}.`);
    }
    return { segments, pictures: [{ picture: image, segments: id === undefined ? undefined : segments!.of(id) }] };
  }
  if (caption !== undefined) {
    throw new SimvlmError("bad-option", "--caption is for one picture: leave it out, and each has the model's own.");
  }
  const split = await chooseSplit(captionTask, folder!, options.split);
  const settings = completeSettings(captionTask, { split });
  const data = await captionTask.load(folder!, { ...settings, images });
  noteData(data, split, folder!);
  const masks = options.masks ?? findMasks(folder!, split);
  const segments = masks === undefined ? undefined : await readSegments(masks);
  if (segments === undefined)
    tell("simvlm: note: without masks there is no pointing game; --masks names a file of them");
  const examples = data.examples.slice(0, limit);
  const pictures = examples.flatMap(({ id, images: [picture] }) =>
    picture === undefined ? [] : [{ picture, segments: segments?.of(id) }],
  );
  const missing = segments ? pictures.filter((each) => each.segments === undefined).length : 0;
  if (missing > 0) tell(`simvlm: note: ${masks} does not have ${missing} of ${pictures.length} pictures`);
  for (const { picture } of pictures) {
    const fault = await findPictureFault(picture);
    if (fault) throw fault;
  }
  return { segments, pictures };
}

/** Toybox's masks, or COCO's instances where they unpack. */
function findMasks(folder: string, split: string): string | undefined {
  return findOptionalDataFile(folder, split, [
    ...["masks-SPLIT.json", "instances_SPLIT2017.json", "instances_SPLIT2014.json"],
  ]);
}

/** What `--json` prints: the verdict, then each picture with its curves and what was measured of its words. */
function toReport({ verdict, trials }: FaithfulnessOutcome) {
  return {
    verdict,
    pictures: trials.map(({ name, caption, words, grid, logProbability, drops, maps }) => ({
      image: name,
      caption,
      grid,
      words: words.map((word, index) => ({
        ...word,
        logProbability: logProbability[index],
        knockout: Array.from({ length: grid }, (_, row) => [...drops[index]!.subarray(row * grid, (row + 1) * grid)]),
      })),
      maps,
    })),
  };
}
