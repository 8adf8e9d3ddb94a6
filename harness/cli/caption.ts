import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { findPictureFault } from "../images/image-source.js";
import { loadAhead } from "../images/load-ahead.js";
import { countUnturned, type LoadedImage } from "../images/load-image.js";
import { type Captioner, createCaptioner } from "../models/captioner.js";
import { formatJson } from "../terminal/json.js";
import { startProgress } from "../terminal/progress.js";
import { isOutputClosed, print, printData, tell } from "../terminal/streams.js";
import { decodingOptions, toDecodingSettings } from "./decoding-options.js";
import { modelOptions, openModel } from "./model-options.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, upTo, withOptions } from "./options.js";
import { noteUnturned } from "./preprocessing-option.js";

/** What `--json` prints for each picture. */
interface CaptionRow {
  readonly image: string;
  readonly caption: string;
  /** Natural logarithm. */
  readonly logProbability: number;
  /** Ids of start, prompt where the decoder takes it, caption, and end if it was reached. */
  readonly tokens: readonly number[];
}

/** A picture with its place on the command line. */
type Numbered = readonly [number: number, path: string];

const EXAMPLES = `
Examples:
  $ simvlm caption photo.jpg --checkpoint checkpoints/toy
  $ simvlm caption photos/*.jpg --checkpoint checkpoints/toy --beam 5 --json > captions.json
  $ simvlm caption photo.jpg --checkpoint checkpoints/toy --sample --top-p 0.9 --seed 7

Without --checkpoint, the model has random weights and its words are noise. A picture that cannot be read is named on
stderr; the others are captioned all the same, and the exit code is 2.`;

/** `simvlm caption` */
export function createCaptionCommand(): CommandUnknownOpts {
  return defineCommand().action(runCaption);
}

type CaptionOptions = OptionsOf<typeof defineCommand>;

function defineCommand() {
  const command = new Command("caption")
    .description("Caption pictures.")
    .argument("<image...>", "JPEG, PNG, WebP, GIF, AVIF, TIFF or BMP files");
  return withOptions(withOptions(command, modelOptions), decodingOptions)
    .option("--batch <n>", "pictures per batch", upTo(LIMITS.batch, parsePositiveInteger), 8)
    .option("--json", 'print [{"image", "caption", "logProbability", "tokens"}]', false)
    .addHelpText("after", EXAMPLES);
}

async function runCaption(paths: readonly string[], options: CaptionOptions): Promise<void> {
  const present: Numbered[] = [];
  for (const [number, path] of paths.entries()) {
    const fault = await findPictureFault(path);
    if (fault) warn(fault.message);
    else present.push([number, path]);
  }
  const { rows, tried } = present.length > 0 ? await captionAll(present, options) : { rows: [], tried: 0 };
  if (options.json) await printData(`${formatJson(rows, 2)}\n`);
  const failed = paths.length - present.length + tried - rows.length;
  if (failed > 0) {
    throw new SimvlmError("bad-images", `${failed} of ${paths.length} pictures could not be captioned; see above.`);
  }
}

/** Captions pictures until all are done, or nobody reads the captions any more. */
async function captionAll(
  pictures: readonly Numbered[],
  options: CaptionOptions,
): Promise<{ readonly rows: CaptionRow[]; readonly tried: number }> {
  const { model, provider } = await openModel(options);
  const captioner = createCaptioner(model, {
    provider,
    prompt: options.prompt,
    seed: options.seed,
    decoding: toDecodingSettings(options),
  });
  // In a terminal the captions themselves show how far it is.
  const progress = startProgress("captioning", options.json || !process.stdout.isTTY ? pictures.length : 0);
  const rows: CaptionRow[] = [];
  const batches: (readonly Numbered[])[] = [];
  for (let begin = 0; begin < pictures.length; begin += options.batch) {
    batches.push(pictures.slice(begin, begin + options.batch));
  }
  const paths = batches.map((batch) => batch.map(([, path]) => path));
  let done = 0;
  let tried = 0;
  let unturned = 0;
  for await (const loaded of loadAhead(paths, captioner.preparation)) {
    const batch = batches[done++]!;
    const captioned = await captionBatch(captioner, batch, loaded);
    rows.push(...captioned);
    if (!options.json && captioned.length > 0) {
      await print(captioned.map(({ image, caption }) => `${oneLine(image)}: ${oneLine(caption)}`).join("\n"));
    }
    unturned += countUnturned(loaded);
    tried += batch.length;
    progress.increment(batch.length);
    if (isOutputClosed()) break;
  }
  progress.stop();
  noteUnturned(unturned);
  return { rows, tried };
}

async function captionBatch(
  captioner: Captioner,
  pictures: readonly Numbered[],
  loaded: readonly LoadedImage[],
): Promise<CaptionRow[]> {
  for (const result of loaded) if (!result.ok) warn(result.error.message);
  const good = loaded.flatMap((result, i) => (result.ok ? [{ ...result, number: pictures[i]![0] }] : []));
  if (good.length === 0) return [];
  const captions = await captioner.caption(
    good.map(({ image }: LoadedImage & { ok: true }) => image.data),
    good.map(({ number }) => number),
  );
  return captions.map(({ text, logProbability, ids }, i) => {
    return { image: good[i]!.name, caption: text, logProbability, tokens: ids };
  });
}

function warn(message: string): void {
  tell(`simvlm: ${message}`);
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
