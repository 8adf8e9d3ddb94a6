import { type Command, Option } from "commander";
import { CAPTION_PROMPTS } from "../tasks/caption.js";
import { DECODING_DEFAULTS, type DecodingSettings } from "../tasks/decoding.js";
import { parseCount, parsePositive, parsePositiveInteger, parsePositiveShare } from "./options.js";

/** How a caption is found. */
export interface DecodingOptions {
  readonly prompt: string;
  readonly beam?: number;
  readonly greedy?: boolean;
  readonly sample?: boolean;
  readonly topK?: number;
  readonly topP?: number;
  readonly temperature?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly blockNgram?: number;
}

const { beamSize, maxLength } = DECODING_DEFAULTS;

export function addDecodingOptions(command: Command): Command {
  const drawing = (flags: string, description: string) => new Option(flags, description).implies({ sample: true });
  return command
    .option("--prompt <text>", 'text beside the picture in the encoder; "" for none', CAPTION_PROMPTS.en)
    .addOption(
      new Option("--beam <n>", `beam search with so many beams (default: ${beamSize})`)
        .argParser(parsePositiveInteger)
        .conflicts(["greedy", "sample"]),
    )
    .addOption(new Option("--greedy", "always the likeliest token").conflicts("sample"))
    .option("--sample", "draw tokens by their probability")
    .addOption(drawing("--top-k <n>", "sample from the n likeliest tokens; 0 for all").argParser(parseCount))
    .addOption(
      drawing("--top-p <p>", "sample from the fewest tokens of this probability").argParser(parsePositiveShare),
    )
    .addOption(drawing("--temperature <t>", "sample with logits divided by t").argParser(parsePositive))
    .option("--min-length <n>", "fewest tokens of a caption", parsePositiveInteger)
    .option("--max-length <n>", `most tokens of a caption (default: ${maxLength})`, parsePositiveInteger)
    .option("--block-ngram <n>", "no run of n tokens twice", parsePositiveInteger);
}

/** What was asked for; what was not is left to the task. */
export function toDecodingSettings(options: DecodingOptions): Partial<DecodingSettings> {
  const { beam, greedy, sample, topK, topP, temperature, minLength, maxLength, blockNgram } = options;
  const settings = {
    method: sample ? "sample" : greedy ? "greedy" : "beam",
    beamSize: beam,
    topK,
    topP,
    temperature,
    minLength,
    maxLength,
    noRepeatNgram: blockNgram,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
