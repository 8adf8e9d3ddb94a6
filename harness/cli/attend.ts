import { stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { Command, InvalidArgumentError } from "commander";
import sharp from "sharp";
import { captionPicture, type PictureCaption } from "../attention/caption.js";
import { explore } from "../attention/explore.js";
import { drawFigure } from "../attention/figure.js";
import { type AttentionRecord, recordAttention } from "../attention/record.js";
import { averageAttention, type Choice, listChosen, poolWords, type WordAttention } from "../attention/words.js";
import type { OpenedModel } from "../checkpoints/open.js";
import { writeFileAtomic } from "../files/atomic.js";
import { decodeImage } from "../images/decode.js";
import { toNatives } from "../model/native.js";
import { explorerView } from "../report/explorer/index.js";
import { renderPage } from "../report/view.js";
import { printable } from "../terminal/printable.js";
import { addDecodingOptions, type DecodingOptions, toDecodingSettings } from "./decoding-options.js";
import { addModelOptions, type ModelOptions, openModel } from "./model-options.js";
import { parseCount } from "./options.js";
import { findPathFault } from "./picture-files.js";

interface AttendOptions extends ModelOptions, DecodingOptions {
  readonly out: string;
  readonly layer: Choice;
  readonly head: Choice;
  readonly json: boolean;
}

const FORMATS = [".png", ".svg"];

const EXAMPLES = `
Examples:
  $ simvlm attend photo.jpg --out map.png --checkpoint checkpoints/toy
  $ simvlm attend photo.jpg --out map.svg --checkpoint checkpoints/toy --layer 2 --head mean --json

Layers and heads are counted from 0. --json prints the maps as numbers: a probability for each patch, row by row.`;

export function createAttendCommand(): Command {
  const command = new Command("attend")
    .description("Caption a picture and draw over it where the model looked for each word.")
    .argument("<image>", "a picture")
    .requiredOption("--out <file>", "the figure, .png or .svg");
  return addDecodingOptions(addModelOptions(command))
    .option("--layer <n>", "decoder layer, or mean", parseChoice, "mean")
    .option("--head <n>", "attention head, or mean", parseChoice, "mean")
    .option("--json", "print the caption and the maps as JSON", false)
    .addHelpText("after", EXAMPLES)
    .action(runAttend);
}

function parseChoice(text: string): Choice {
  if (text === "mean") return text;
  try {
    return parseCount(text);
  } catch {
    throw new InvalidArgumentError("It must be a whole number from 0 up, or mean.");
  }
}

async function runAttend(image: string, options: AttendOptions): Promise<void> {
  await checkOut(image, options.out);
  const fault = await findPathFault(image);
  if (fault) throw fault;
  const { prompt, layer, head, out, json } = options;
  const picture = await decodeImage(image);
  const { model, provider } = await openModel(options);
  // Before the work, not after it.
  listChosen({ layers: model.config.decoderLayers, heads: model.config.heads }, { layer, head });
  const { caption, record } = await captionAndRecord(image, model, provider, options);
  const words = poolWords(
    averageAttention(record, { layer, head }),
    record,
    model.tokenizer.words(caption.generation.tokens),
  );
  const svg = await drawFigure({
    picture,
    caption: printable(caption.text),
    words: words.map((word) => ({ ...word, text: printable(word.text) })),
    grid: record.grid,
    imageSize: model.config.imageSize,
    keys: record.imageKeys + record.promptKeys,
    prompt: printable(prompt),
    notes: [describe(model, caption), describeChoice(record, options)],
  });
  await writeFileAtomic(out, isSvg(out) ? svg : await sharp(Buffer.from(svg), { unlimited: true }).png().toBuffer());
  const report = json ? JSON.stringify(toReport(image, caption, record, words, options)) : printable(caption.text);
  process.stdout.write(`${report}\n`);
}

async function captionAndRecord(
  image: string,
  model: OpenedModel,
  provider: Provider,
  { prompt, seed, ...options }: AttendOptions,
): Promise<{ caption: Caption; record: AttentionRecord }> {
  const decoding = toDecodingSettings(options as AttendOptions);
  const captioner = createCaptioner(model, { provider, prompt, seed, decoding });
  const { data } = await loadImage(image, { framing: captioner.framing });
  const [caption] = await captioner.caption([data]);
  const { startId: start, endId: end } = model.tokenizer;
  const { generation } = caption!;
  const suffix = suffixOf([generation], { start, end });
  const weights = toNatives(model.weights);
  const prefix = captioner.prefixOf([data]);
  const tokens = generation.tokens.length;
  return {
    caption: caption!,
    record: await recordAttention(weights, model.config, prefix, suffix, tokens, { provider }),
  };
}

const isSvg = (path: string): boolean => extname(path).toLowerCase() === ".svg";

/** What can be known of the output before the work. */
async function checkOut(image: string, out: string): Promise<void> {
  if (resolve(image) === resolve(out)) {
    throw new SimvlmError("bad-option", `${out} would be overwritten: write to another file`);
  }
  if (!FORMATS.includes(extname(out).toLowerCase())) {
    throw new SimvlmError("bad-option", `--out ${out}: its name must end in ${FORMATS.join(" or ")}`);
  }
  const folder = dirname(out);
  if (
    await stat(folder).then(
      (found) => found.isDirectory(),
      () => false,
    )
  )
    return;
  throw new SimvlmError("cannot-write", `${out} cannot be written: there is no folder ${folder}`);
}

function describe({ source, trained }: OpenedModel, { logProbability }: Caption): string {
  const noise = trained ? "" : " (the words are noise)";
  return `${printable(source)}${noise} · log-probability ${logProbability.toFixed(2)}`;
}

function describeChoice({ layers, heads, suffixKeys }: AttentionRecord, { layer, head }: AttendOptions): string {
  const kind = suffixKeys > 0 ? "self-attention of the decoder" : "cross attention of the decoder";
  const one = (what: string, choice: Choice, count: number) =>
    choice === "mean" ? `mean of ${count} ${what}s` : `${what} ${choice} of 0–${count - 1}`;
  return `${kind} · ${one("layer", layer, layers)} · ${one("head", head, heads)}`;
}

/** What `--json` prints: maps as rows of the patch grid. */
function toReport(
  image: string,
  { text, logProbability }: Caption,
  { grid }: AttentionRecord,
  words: readonly WordAttention[],
  { out, prompt, layer, head }: AttendOptions,
) {
  return {
    image,
    out,
    caption: text,
    logProbability,
    prompt,
    layer,
    head,
    grid,
    words: words.map(({ map, ...word }) => ({
      ...word,
      map: Array.from({ length: grid }, (_, row) => [...map.subarray(row * grid, (row + 1) * grid)]),
    })),
  };
}
