import { extname } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { explore, requireAttention } from "../attention/explore.js";
import { FAITHFULNESS_DEFAULTS } from "../attention/faithfulness/measure.js";
import { type Choice, listChosen } from "../attention/word-attention.js";
import { listWordMaps, mapWords, methodOf, requireMap, WORD_MAPS } from "../attention/word-maps.js";
import { findPictureFault } from "../images/image-source.js";
import { openCheckpoint } from "../models/family-registry.js";
import { withPreprocessing } from "../models/preprocessing.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { formatJson } from "../terminal/json.js";
import { printData } from "../terminal/streams.js";
import { drawMaps, drawPage, toReport } from "./attend-drawing.js";
import { decodingOptions, toDecodingSettings } from "./decoding-options.js";
import { faithfulnessOptions, runFaithfulness } from "./faithfulness.js";
import { modelOptions, openModel } from "./model-options.js";
import { type OptionsOf, parseCount, withOptions } from "./options.js";
import { checkOutputs, isStandardOutput, printBeside, refuseTerminal, writeOutputs } from "./output.js";
import { noteUnturned } from "./preprocessing-option.js";

/** A page has everything to be chosen in it; a figure has what was chosen. */
const PAGE = ".html";
const FORMATS = [".png", ".svg", PAGE];

const EXAMPLES = `
Examples:
  $ simvlm attend photo.jpg --out map.png --checkpoint checkpoints/toy
  $ simvlm attend photo.jpg --out map.svg --checkpoint checkpoints/toy --layer 2 --head mean --json
  $ simvlm attend photo.jpg --out map.html --checkpoint checkpoints/toy --beside checkpoints/other
  $ simvlm attend photo.jpg --faithfulness --out curves.html --checkpoint checkpoints/toy
  $ simvlm attend --faithfulness --data toybox/captions --limit 100 --checkpoint checkpoints/toy --json

A figure has one panel per word. The page is one file that opens offline; in it you choose words, patches, layers, heads
and methods, with randomised weights for comparison where the model is of a family that can be trained here.
Layers and heads are counted from 0. --json prints the maps as numbers: for each word a probability for each patch, row by
row (map, their sum: image), and what fell on the class token (classToken), the prompt (prompt) and the model's own text,
start token included (suffix). These add up to 1; keys says how many there are of each. --map chooses another map: max,
rollout, gradient (× attention) or activation, whose numbers need not add up to 1.

--faithfulness says which of the maps to believe: it blurs the patches that a map ranks highest, reveals them on a blurred
picture, and knocks them out of attention, and tells what becomes of the words' probability, beside random maps; with
masks, also whether a word's map points at the thing that it names. --out is a figure of the curves, or a page.`;

/** `simvlm attend` */
export function createAttendCommand(): CommandUnknownOpts {
  return defineCommand().action(runAttend);
}

type AttendOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("attend")
    .description("Caption a picture and show, for each word, where the model looked.")
    .argument("[image]", "a picture")
    .option("--out <file>", "the figure, .png or .svg, or the explorer, .html; - for a .png on standard output");
  const asked = withOptions(withOptions(command, modelOptions), decodingOptions)
    .addOption(
      new Option("--map <way>", "the map that is drawn and printed; the explorer has others, too")
        .choices(WORD_MAPS)
        .default("mean" as const),
    )
    .option("--layer <n>", "decoder layer, or mean", parseChoice, "mean")
    .option("--head <n>", "attention head, or mean", parseChoice, "mean")
    .option("--caption <text>", "the words to look for (default: the model's own caption)")
    .option("--beside <folder>", "explorer only: a second model, on the same words")
    .option("--json", "print the caption and the maps as JSON, or what was measured of them", false);
  return withOptions(asked, faithfulnessOptions).addHelpText("after", EXAMPLES);
}

function parseChoice(text: string): Choice {
  if (text === "mean") return text;
  try {
    return parseCount(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number, 0 or more, or mean.");
  }
}

async function runAttend(image: string | undefined, options: AttendOptions): Promise<void> {
  if (options.faithfulness) return putOnTrial(image, options);
  const given = FAITHFULNESS_ONLY.find(([name, usual]) => options[name] !== usual);
  if (given) {
    throw new SimvlmError(
      "bad-option",
      `--${dashed(given[0])} is for measuring maps: give --faithfulness, too, or leave it out.`,
    );
  }
  if (image === undefined) throw new SimvlmError("bad-option", "There is no picture to caption: name one.");
  if (options.out === undefined) {
    throw new SimvlmError(
      "bad-option",
      "There is nothing to draw on: name a file with --out, or - for standard output.",
    );
  }
  const drawn = { ...options, out: options.out };
  requireChoosable(drawn);
  return drawAttention(image, drawn);
}

/** Options that mean nothing where maps are only drawn, and what they are where nothing is said. */
const FAITHFULNESS_ONLY = [
  ...(["data", "split", "images", "limit", "masks", "maps", "knockoutLayers", "batch"] as const).map(
    (name) => [name, undefined] as const,
  ),
  ["steps", FAITHFULNESS_DEFAULTS.steps],
  ["randomMaps", FAITHFULNESS_DEFAULTS.randoms],
  ["blur", FAITHFULNESS_DEFAULTS.blur],
] as const;

/** Options that mean nothing where maps are measured, and what they are where nothing is said. */
const DRAWING_ONLY = [
  ["map", "mean"],
  ["layer", "mean"],
  ["head", "mean"],
  ["beside", undefined],
] as const;

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type DrawOptions = AttendOptions & { readonly out: string };

async function putOnTrial(image: string | undefined, options: AttendOptions): Promise<void> {
  const given = DRAWING_ONLY.find(([name, usual]) => options[name] !== usual);
  if (given) {
    throw new SimvlmError(
      "bad-option",
      `--${given[0]} is for drawing maps: with --faithfulness, where --maps chooses what is measured, leave it out.`,
    );
  }
  if (options.out !== undefined) await checkOut(image, { ...options, out: options.out });
  await runFaithfulness(image, options);
}

async function drawAttention(image: string, options: DrawOptions): Promise<void> {
  await checkOut(image, options);
  const fault = await findPictureFault(image);
  if (fault) throw fault;
  const { layer, head, out, json } = options;
  const { model, provider } = await openModel(options);
  const other = options.beside === undefined ? undefined : await openBeside(options.beside, options);
  // Before the work, not after it.
  const maps = requireAttention(model);
  listChosen(maps, { layer, head });
  requireMap(options.map, listWordMaps(maps), model.source);
  const { prompt, seed, caption } = options;
  const asked = { provider, prompt, seed, caption, decoding: toDecodingSettings(options) };
  const own = methodOf(options.map);
  const usual = { ...asked, methods: own ? [...new Set([...EXPLORED, own])] : EXPLORED };
  const exploration = await explore(
    model,
    image,
    isPage(out) ? usual : { ...asked, methods: own ? [own] : [], control: false },
  );
  const { words: spans } = exploration;
  const words = mapWords(exploration, spans, options.map, { layer, head });
  if (isPage(out)) {
    const same = spans.length > 0 ? { ...asked, caption: exploration.caption } : asked;
    await writeOutputs([[out, await drawPage(exploration, other && (await explore(other, image, same)), options)]]);
  } else {
    await writeOutputs([[out, await drawMaps(exploration, words, options)]]);
  }
  if (json) await printData(`${formatJson(toReport(image, exploration, words, options))}\n`);
  else await printBeside([out], () => exploration.caption);
  noteUnturned(exploration.unturned ? 1 : 0);
}

const EXPLORED = ["gradient", "rollout"] as const;

/** Refuses a choice of layers and heads for a map that is of all. */
function requireChoosable({ map, layer, head }: DrawOptions): void {
  if ((map === "rollout" || map === "activation") && !(layer === "mean" && head === "mean")) {
    throw new SimvlmError("bad-option", `The map ${map} is of all layers and heads: leave out --layer and --head.`);
  }
}

/** In the same mode as the first, if it has a choice, and with weights of the same kind. */
async function openBeside(
  folder: string,
  { preprocessing, weights }: Pick<AttendOptions, "preprocessing" | "weights">,
): Promise<VisionLanguageModel> {
  const model = await openCheckpoint(folder, { weights });
  return model.preparation.preprocessing === undefined ? model : withPreprocessing(model, preprocessing);
}

const isPage = (path: string): boolean => extname(path).toLowerCase() === PAGE;

/** What can be known of the output before the work. */
async function checkOut(image: string | undefined, { out, beside, json }: DrawOptions): Promise<void> {
  refuseTerminal(out);
  // What `--json` prints takes standard output, too.
  await checkOutputs(json ? [out, "-"] : [out], image === undefined ? [] : [image]);
  if (!FORMATS.includes(extname(out).toLowerCase()) && !isStandardOutput(out)) {
    throw new SimvlmError("bad-option", `--out ${out}: the name must end in ${FORMATS.join(" or ")}.`);
  }
  if (beside !== undefined && !isPage(out)) {
    throw new SimvlmError(
      "bad-option",
      `--beside is for the explorer: the name in --out must end in ${PAGE}, but it is ${out}.`,
    );
  }
}
