import { Command, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { findPictureFault } from "../images/image-source.js";
import { formatJson } from "../terminal/json.js";
import { startProgress } from "../terminal/progress.js";
import { isOutputClosed, print, printData, tell } from "../terminal/streams.js";
import { type CaptionRow, captionByModel, captionByTransformers, type Numbered } from "./captions.js";
import { decodingOptions } from "./decoding-options.js";
import { modelOptions } from "./model-options.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, toFlag, upTo, withOptions } from "./options.js";
import { noteUnturned } from "./preprocessing-option.js";
import { refuseIgnored, TRANSFORMERS_HELP, TRANSFORMERS_OPTIONS, transformersOptions } from "./transformers-options.js";

const EXAMPLES = `
Examples:
  $ simvlm caption photo.jpg --checkpoint checkpoints/toy
  $ simvlm caption photos/*.jpg --checkpoint checkpoints/toy --beam 5 --json > captions.json
  $ simvlm caption photo.jpg --checkpoint checkpoints/toy --sample --top-p 0.9 --seed 7
  $ simvlm caption photo.jpg --transformers llava --prompt "What is the man holding?"

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
  const named = withOptions(command, modelOptions).addOption(
    new Option("--transformers <folder>", TRANSFORMERS_HELP).conflicts(["checkpoint", "preset", "weights"]),
  );
  return withOptions(withOptions(named, transformersOptions), decodingOptions)
    .option("--batch <n>", "pictures per batch", upTo(LIMITS.batch, parsePositiveInteger), 8)
    .option(
      "--json",
      'print [{"image", "caption", "logProbability", "tokens"}]; no probability with --transformers',
      false,
    )
    .addHelpText("after", EXAMPLES);
}

async function runCaption(paths: readonly string[], options: CaptionOptions): Promise<void> {
  const foreign = TRANSFORMERS_OPTIONS.find((name) => options[name] !== undefined);
  if (options.transformers !== undefined) refuseIgnored(options);
  else if (foreign)
    throw new SimvlmError("bad-option", `${toFlag(foreign)} is an option of --transformers, which was not given.`);
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
  const caption = await (options.transformers === undefined ? captionByModel : captionByTransformers)(options);
  // In a terminal the captions themselves show how far it is.
  const progress = startProgress("captioning", options.json || !process.stdout.isTTY ? pictures.length : 0);
  const rows: CaptionRow[] = [];
  const batches: (readonly Numbered[])[] = [];
  for (let begin = 0; begin < pictures.length; begin += options.batch) {
    batches.push(pictures.slice(begin, begin + options.batch));
  }
  let tried = 0;
  let unturned = 0;
  for await (const captioned of caption(batches)) {
    for (const fault of captioned.faults) warn(fault);
    rows.push(...captioned.rows);
    if (!options.json && captioned.rows.length > 0) {
      await print(captioned.rows.map(({ image, caption }) => `${oneLine(image)}: ${oneLine(caption)}`).join("\n"));
    }
    unturned += captioned.unturned;
    const count = captioned.rows.length + captioned.faults.length;
    tried += count;
    progress.increment(count);
    if (isOutputClosed()) break;
  }
  progress.stop();
  noteUnturned(unturned);
  return { rows, tried };
}

function warn(message: string): void {
  tell(`simvlm: ${message}`);
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ");
}
