import { basename, dirname, join } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { makeFolder } from "../files/folders.js";
import { USUAL_SHAPES } from "../models/portable/portable-model.js";
import { partFolder } from "../report/model-page/page-parts.js";
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
  $ simvlm page --checkpoint checkpoints/toy --out model.html --samples dog.jpg boat.jpg --about "It knows Toybox alone."
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
    .option("--about <text>", "a sentence below the heading, such as what the model was trained on")
    .option("--samples <pictures...>", "pictures that readers who have none at hand can try with a click")
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
    .option("--beside", "put the model into a folder beside the page, for `simvlm serve`: for large models", false)
    .addHelpText("after", EXAMPLES)
    .action(async ({ out, title, about, samples, beams, promptLength, maxLength, beside, ...options }) => {
      requirePage("--out", out);
      requireCpu(options.provider);
      const folder = beside ? requireFolder(out) : undefined;
      await checkOutputs([out]);
      const { model } = await openModel(options);
      const asked = { beams, promptLength, maxLength };
      const shown = { title, about, samples };
      const { renderModelPage, renderModelPageBeside } = await import("../report/model-page/render-model-page.js"); // --help does without the engine
      if (folder === undefined) {
        await writeOutputs([[out, await renderModelPage(model, asked, shown)]]);
      } else {
        const { page, files } = await renderModelPageBeside(model, basename(folder), asked, shown);
        await makeFolder(folder);
        await writeOutputs([...files.map(([name, content]) => [join(folder, name), content] as const), [out, page]]);
      }
      if (!isStandardOutput(out)) await print(folder === undefined ? out : `${out}\nOpen it with: simvlm serve ${out}`);
    });
}

/** Where the pieces of a page go. @throws SimvlmError `bad-option` for a page without a place */
function requireFolder(out: string): string {
  if (!isStandardOutput(out)) return join(dirname(out), partFolder(basename(out)));
  throw new SimvlmError("bad-option", "--beside puts a folder beside the page: name a file with --out.");
}

/** @throws SimvlmError `provider` */
function requireCpu(provider: string): void {
  if (provider === "cpu") return;
  throw new SimvlmError(
    "provider",
    "A page computes on what its reader has, by WebGPU or on the processor: this machine does not matter. Leave --provider out.",
  );
}
