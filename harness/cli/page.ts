import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { USUAL_SHAPES } from "../models/portable/portable-model.js";
import { print } from "../terminal/streams.js";
import { modelOptions, openModel } from "./model-options.js";
import { LIMITS, parseCount, parsePositiveInteger, upTo, withOptions } from "./options.js";
import { checkOutputs, isStandardOutput, requirePage, writeOutputs } from "./output.js";

/** Each is a row of the step's graph. */
const MOST_BEAMS = 64;

const EXAMPLES = `
Examples:
  $ simvlm page --checkpoint checkpoints/toy --out model.html
  $ simvlm page --checkpoint checkpoints/toy --out model.html --title "Ask the toy" --beams 8
  $ simvlm page --checkpoint Salesforce/blip-vqa-base --weights int8 --out ask.html

The page is one file that opens offline, from a disk as well as from a server, and sends nothing: whoever opens it gives
it a picture of their own, reads the caption word by word, and sees where the model looked for each word.`;

const usual = (room: keyof typeof USUAL_SHAPES): string =>
  ` (default: ${USUAL_SHAPES[room]}, or as the model is published)`;

/** `simvlm page` */
export function createPageCommand(): CommandUnknownOpts {
  const command = new Command("page").description("Write a model as one HTML file that runs it in a browser.");
  return withOptions(command, modelOptions)
    .requiredOption("--out <file>", "the page, .html; - for standard output")
    .option("--title <text>", "its heading (default: the model's name)")
    .option("--beams <n>", `room for so many beams${usual("beams")}`, upTo(MOST_BEAMS, parsePositiveInteger))
    .option(
      "--prompt-length <n>",
      `room for a prompt, in tokens; 0 for none${usual("promptLength")}`,
      upTo(LIMITS.tokens, parseCount),
    )
    .option(
      "--max-length <n>",
      `room for the text that is said, in tokens${usual("maxLength")}`,
      upTo(LIMITS.tokens, parsePositiveInteger),
    )
    .addHelpText("after", EXAMPLES)
    .action(async ({ out, title, beams, promptLength, maxLength, ...options }) => {
      requirePage("--out", out);
      requireCpu(options.provider);
      await checkOutputs([out]);
      const { model } = await openModel(options);
      const { renderModelPage } = await import("../report/model-page/render-model-page.js"); // --help does without the engine
      const page = await renderModelPage(model, { beams, promptLength, maxLength }, { title });
      await writeOutputs([[out, page]]);
      if (!isStandardOutput(out)) await print(out);
    });
}

/** @throws SimvlmError `provider` */
function requireCpu(provider: string): void {
  if (provider === "cpu") return;
  throw new SimvlmError(
    "provider",
    `A page computes on the processor of whoever opens it; the program in it knows no ${provider}. Leave --provider out.`,
  );
}
