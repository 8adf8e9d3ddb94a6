import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { PRETRAINING_OBJECTIVES } from "../training/pretraining-recipe.js";
import {
  LIMITS,
  type OptionsOf,
  parseCount,
  parseCounts,
  parsePositiveInteger,
  parsePositiveShare,
  parseShare,
  upTo,
} from "./options.js";

const WIDEST = 16_384;

/** The options that change a preset, by the names that commander gives them. */
export const MODEL_CHANGES = ["layout", "convBlocks", "width", "layers"] as const;

/** What of the recipe an ablation takes apart (paper, table of ablations), in `pretrain`. */
export function variantOptions(command: Command) {
  return command
    .addOption(
      new Option(
        "--objective <name>",
        "what is learnt from a text: to continue its beginning, to tell spans taken out of it, or to tell all of it",
      )
        .choices(PRETRAINING_OBJECTIVES)
        .default("prefix-lm" as const),
    )
    .option(
      "--fixed-prefix <n>",
      "of prefix-lm, tokens of each text that are read (default: a number drawn anew)",
      upTo(LIMITS.tokens, parseCount),
    )
    .option(
      "--pair-share <share>",
      "share of the pairs to use, drawn once by the seed (default: all)",
      parsePositiveShare,
    )
    .option(
      "--wrong-pairs <share>",
      "share of the pairs whose picture is given another one's text, drawn once by the seed (default: none)",
      parseShare,
    )
    .addOption(
      new Option("--layout <name>", "one stack or two (default: the preset's)").choices([
        "encoder-decoder",
        "decoder-only",
      ] as const),
    )
    .option(
      "--conv-blocks <counts>",
      "blocks in each stage of the conv stage, such as 1,1,1; 0 for linear patches (default: the preset's)",
      parseStages,
    )
    .option("--width <n>", "width of the model (default: the preset's)", upTo(WIDEST, parsePositiveInteger))
    .option("--layers <encoder,decoder>", "layers of each (default: the preset's)", parseLayers);
}

/** The fields of a config that the options change; undefined for none. */
export function pickChanges({
  layout,
  convBlocks,
  width,
  layers,
}: Pick<OptionsOf<typeof variantOptions>, (typeof MODEL_CHANGES)[number]>):
  | Readonly<Record<string, unknown>>
  | undefined {
  const changes = {
    ...(layout && { layout }),
    ...(convBlocks && { convBlocks }),
    ...(width !== undefined && { width }),
    ...(layers && { encoderLayers: layers[0], decoderLayers: layers[1] }),
  };
  return Object.keys(changes).length > 0 ? changes : undefined;
}

function parseStages(text: string): number[] {
  return text.trim() === "0" ? [] : parseCounts(text);
}

function parseLayers(text: string): [encoder: number, decoder: number] {
  const [encoder, decoder, ...more] = parseCounts(text);
  if (encoder !== undefined && decoder !== undefined && more.length === 0) return [encoder, decoder];
  throw new InvalidArgumentError("It must be two whole numbers with a comma between them, such as 4,2.");
}
