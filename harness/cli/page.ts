import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { PAGE_SHAPES } from "../report/model-page/page-parts.js";
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

The page is one file that opens offline, from a disk as well as from a server, and sends nothing: whoever opens it gives
it a picture of their own, reads the caption word by word, and sees where the model looked for each word.`;

/** `simvlm page` */
export function createPageCommand(): CommandUnknownOpts {
  const command = new Command("page").description("Write a model as one HTML file that runs it in a browser.");
  return withOptions(command, modelOptions)
    .requiredOption("--out <file>", "the page, .html; - for standard output")
    .option("--title <text>", "its heading (default: the model's name)")
    .option("--beams <n>", "room for so many beams", upTo(MOST_BEAMS, parsePositiveInteger), PAGE_SHAPES.beams)
    .option(
      "--prompt-length <n>",
      "room for text beside the picture, in tokens; 0 for none",
      upTo(LIMITS.tokens, parseCount),
      PAGE_SHAPES.promptLength,
    )
    .option(
      "--max-length <n>",
      "room for the text that is said, in tokens",
      upTo(LIMITS.tokens, parsePositiveInteger),
      PAGE_SHAPES.maxLength,
    )
    .addHelpText("after", EXAMPLES)
    .action(async ({ out, title, beams, promptLength, maxLength, ...options }) => {
      requirePage("--out", out);
      await checkOutputs([out]);
      const { model } = await openModel(options);
      const { renderModelPage } = await import("../report/model-page/render-model-page.js"); // --help does without the engine
      const page = await renderModelPage(model, { beams, promptLength, maxLength }, { title });
      await writeOutputs([[out, page]]);
      if (!isStandardOutput(out)) await print(out);
    });
}
