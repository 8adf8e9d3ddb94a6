import { relative, resolve } from "node:path";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { SimvlmError } from "@simvlm/metrics";
import { EXPORT_DEFAULTS } from "../models/vision-language-model.js";
import { print } from "../terminal/streams.js";
import { openModel, resolveModel } from "./model-options.js";
import {
  LIMITS,
  parseCount,
  parseFolder,
  parsePositiveInteger,
  parseSeed,
  providerOption,
  upTo,
  withOptions,
} from "./options.js";
import { refusedWeights } from "./weights-option.js";

const EXAMPLES = `
Examples:
  $ simvlm export checkpoints/toy --out exported
  $ simvlm export checkpoints/toy --out exported --batch 8 --prompt-length 4

The folder will hold encoder.onnx and decoder-step.onnx, one model.safetensors with the weights of both, config.json,
tokenizer.json, interface.json (names, shapes, special tokens) and a README.md. It appears once the files, run by
themselves on ONNX Runtime, agree with the model to 1e-4. With a preset's name, the weights are random.`;

/** `simvlm export` */
export function createExportCommand(): CommandUnknownOpts {
  const { batch, promptLength, maxLength } = EXPORT_DEFAULTS;
  const command = new Command("export")
    .description("Write a model as ONNX files: the encoder, and one step of the decoder.")
    .argument("<checkpoint>", "a checkpoint's folder, or a preset's name")
    .requiredOption("--out <folder>", "the folder to create; an earlier export in its place is replaced", parseFolder)
    .option("--batch <n>", "pictures per batch", upTo(LIMITS.batch, parsePositiveInteger), batch)
    .option(
      "--prompt-length <n>",
      "room for text beside the picture, in tokens; 0 for none",
      upTo(LIMITS.tokens, parseCount),
      promptLength,
    )
    .option(
      "--max-length <n>",
      `longest text to generate, in tokens (default: ${maxLength}, or what the model has places for)`,
      upTo(LIMITS.tokens, parsePositiveInteger),
    )
    .option("--seed <n>", "seed for random weights", parseSeed, 1);
  return withOptions(withOptions(command, providerOption), refusedWeights("Exports have their weights in 32 bits"))
    .addHelpText("after", EXAMPLES)
    .action(async (name, options) => {
      const { out, batch, promptLength, maxLength } = options;
      const from = await resolveModel(name);
      if ("checkpoint" in from) checkOut(from.checkpoint, out);
      const { model, provider } = await openModel(
        { ...options, ...from },
        "Name a trained model's folder instead of the preset.",
      );
      if (!model.export) {
        throw new SimvlmError("not-exportable", `${name} cannot be exported: its family does not say how.`);
      }
      const { graphs, maxDifference } = await model.export(out, {
        batch,
        promptLength,
        ...(maxLength !== undefined && { maxLength }),
        provider,
      });
      await print(
        `${out}: ${graphs.join(" and ")} agree with the model (largest difference ${maxDifference.toExponential(1)})`,
      );
    });
}

function checkOut(checkpoint: string, out: string): void {
  const path = relative(resolve(checkpoint), resolve(out));
  if (path === "" || !path.startsWith("..")) {
    throw new SimvlmError("bad-option", `--out ${out} is inside the checkpoint ${checkpoint}: choose another folder.`);
  }
}
