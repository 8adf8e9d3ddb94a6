import { extname } from "node:path";
import { Command, type CommandUnknownOpts, InvalidArgumentError } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { drawFigure } from "../attention/attention-figure.js";
import { type Exploration, explore, requireAttention } from "../attention/explore.js";
import {
  averageAttention,
  type Choice,
  listChosen,
  poolWords,
  type WordAttention,
} from "../attention/word-attention.js";
import { findPictureFault } from "../images/image-source.js";
import { sharp } from "../images/sharp.js";
import { type AttentionRecord, countKeys, countKinds } from "../models/attention-maps.js";
import { openCheckpoint } from "../models/family-registry.js";
import { withPreprocessing } from "../models/preprocessing.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { explorerView } from "../report/explorer/index.js";
import { html } from "../report/html.js";
import { renderPage } from "../report/view.js";
import { formatJson } from "../terminal/json.js";
import { printable } from "../terminal/printable.js";
import { printData } from "../terminal/streams.js";
import { decodingOptions, toDecodingSettings } from "./decoding-options.js";
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

A figure has one panel per word. The page is one file that opens offline; in it you choose words, patches, layers, heads
and methods, with randomised weights for comparison where the model is of a family that can be trained here.
Layers and heads are counted from 0. --json prints the maps as numbers: for each word a probability for each patch, row by
row (map, their sum: image), and what fell on the class token (classToken), the prompt (prompt) and the model's own text,
start token included (suffix). These add up to 1; keys says how many there are of each.`;

/** `simvlm attend` */
export function createAttendCommand(): CommandUnknownOpts {
  return defineCommand().action(runAttend);
}

type AttendOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("attend")
    .description("Caption a picture and show, for each word, where the model looked.")
    .argument("<image>", "a picture")
    .requiredOption(
      "--out <file>",
      "the figure, .png or .svg, or the explorer, .html; - for a .png on standard output",
    );
  return withOptions(withOptions(command, modelOptions), decodingOptions)
    .option("--layer <n>", "decoder layer, or mean", parseChoice, "mean")
    .option("--head <n>", "attention head, or mean", parseChoice, "mean")
    .option("--caption <text>", "the words to look for (default: the model's own caption)")
    .option("--beside <folder>", "explorer only: a second model, on the same words")
    .option("--json", "print the caption and the maps as JSON", false)
    .addHelpText("after", EXAMPLES);
}

function parseChoice(text: string): Choice {
  if (text === "mean") return text;
  try {
    return parseCount(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number, 0 or more, or mean.");
  }
}

async function runAttend(image: string, options: AttendOptions): Promise<void> {
  await checkOut(image, options);
  const fault = await findPictureFault(image);
  if (fault) throw fault;
  const { layer, head, out, json } = options;
  const { model, provider } = await openModel(options);
  const other = options.beside === undefined ? undefined : await openBeside(options.beside, options);
  // Before the work, not after it.
  listChosen(requireAttention(model), { layer, head });
  const { prompt, seed, caption } = options;
  const asked = { provider, prompt, seed, caption, decoding: toDecodingSettings(options) };
  const exploration = await explore(model, image, isPage(out) ? asked : { ...asked, methods: [], control: false });
  const { attention, words: spans } = exploration;
  const words = poolWords(averageAttention(attention, { layer, head }), attention, spans);
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

/** In the same mode as the first, if it has a choice, and with weights of the same kind. */
async function openBeside(
  folder: string,
  { preprocessing, weights }: Pick<AttendOptions, "preprocessing" | "weights">,
): Promise<VisionLanguageModel> {
  const model = await openCheckpoint(folder, { weights });
  return model.preparation.preprocessing === undefined ? model : withPreprocessing(model, preprocessing);
}

async function drawPage(
  exploration: Exploration,
  other: Exploration | undefined,
  { layer, head }: AttendOptions,
): Promise<string> {
  const view = await explorerView(other ? [exploration, other] : [exploration], { layer, head });
  const title = printable(exploration.caption) || "(no words)";
  return renderPage([html`<h1>${title}</h1>`, view], { title });
}

async function drawMaps(
  exploration: Exploration,
  words: readonly WordAttention[],
  options: AttendOptions,
): Promise<string | Uint8Array> {
  const { attention, picture, imageSize, caption, prompt } = exploration;
  const svg = await drawFigure({
    picture,
    caption: printable(caption),
    words: words.map((word) => ({ ...word, text: printable(word.text) })),
    grid: attention.grid,
    imageSize,
    keys: attention.keys.length - countKeys(attention, "text"),
    prompt: printable(prompt),
    through: attention.through,
    notes: [describe(exploration), describeChoice(exploration, options)],
  });
  return isSvg(options.out) ? svg : sharp(Buffer.from(svg), { unlimited: true }).png().toBuffer();
}

const isPage = (path: string): boolean => extname(path).toLowerCase() === PAGE;

const isSvg = (path: string): boolean => extname(path).toLowerCase() === ".svg";

/** What can be known of the output before the work. */
async function checkOut(image: string, { out, beside, json }: AttendOptions): Promise<void> {
  refuseTerminal(out);
  // What `--json` prints takes standard output, too.
  await checkOutputs(json ? [out, "-"] : [out], [image]);
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

function describe({ source, trained, logProbability }: Exploration): string {
  const noise = trained ? "" : " (the words are noise)";
  const sure = logProbability === undefined ? "caption given" : `log-probability ${logProbability.toFixed(2)}`;
  return `${printable(source)}${noise} · ${sure}`;
}

function describeChoice({ attention }: Exploration, { layer, head }: AttendOptions): string {
  const { layers, heads } = attention;
  const kind = nameAttention(attention);
  const one = (what: string, choice: Choice, count: number) =>
    choice === "mean" ? `mean of ${count} ${what}s` : `${what} ${choice} of 0–${count - 1}`;
  return `${kind} · ${one("layer", layer, layers)} · ${one("head", head, heads)}`;
}

function nameAttention(attention: AttentionRecord): string {
  if (attention.through) return "cross attention of the answer to the question × of the question to the picture";
  return countKeys(attention, "text") > 0 ? "self-attention of the decoder" : "cross attention of the decoder";
}

/** What `--json` prints: maps as rows of the patch grid. */
function toReport(
  image: string,
  { caption, logProbability, prompt, attention }: Exploration,
  words: readonly WordAttention[],
  { out, layer, head, weights }: AttendOptions,
) {
  const { grid, through } = attention;
  return {
    image,
    out,
    caption,
    logProbability,
    ...(weights === "int8" && { weights }),
    prompt,
    layer,
    head,
    grid,
    keys: countKinds(attention),
    ...(through && { through }),
    words: words.map(({ map, ...word }) => ({
      ...word,
      map: Array.from({ length: grid }, (_, row) => [...map.subarray(row * grid, (row + 1) * grid)]),
    })),
  };
}
