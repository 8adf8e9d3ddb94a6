import { type Command, Option } from "commander";
import { DECODING_DEFAULTS, type DecodingSettings } from "../decoding/settings.js";
import { parseCount, parsePositive, parsePositiveInteger, parsePositiveShare } from "./options.js";

/** How a text is found. */
export interface SearchCommandOptions {
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

/** How a caption is found. */
export interface DecodingOptions extends SearchCommandOptions {
  readonly prompt?: string;
}

const { beamSize, maxLength } = DECODING_DEFAULTS;

export function addDecodingOptions(command: Command): Command {
  const prompted = command.option(
    "--prompt <text>",
    'what captions are asked for with; "" for none (default: the model\'s own)',
  );
  return addSearchOptions(prompted, `default: ${maxLength}`);
}

/** @param usualLength what the help says of the length there is without `--max-length` */
export function addSearchOptions(command: Command, usualLength: string): Command {
  const drawing = (flags: string, description: string) => new Option(flags, description).implies({ sample: true });
  return command
    .addOption(
      new Option("--beam <n>", `beam search with n beams (default: ${beamSize})`)
        .argParser(parsePositiveInteger)
        .conflicts(["greedy", "sample"]),
    )
    .addOption(new Option("--greedy", "take the likeliest token at every step").conflicts("sample"))
    .option("--sample", "sample tokens by their probability")
    .addOption(drawing("--top-k <n>", "sample from the n likeliest tokens; 0 for all").argParser(parseCount))
    .addOption(
      drawing("--top-p <p>", "sample from the smallest set of tokens with this probability").argParser(
        parsePositiveShare,
      ),
    )
    .addOption(drawing("--temperature <t>", "sample with logits divided by t").argParser(parsePositive))
    .option("--min-length <n>", "shortest text, in tokens", parsePositiveInteger)
    .option("--max-length <n>", `longest text, in tokens (${usualLength})`, parsePositiveInteger)
    .option("--block-ngram <n>", "never repeat a run of n tokens", parsePositiveInteger);
}

/** What was asked for; what was not is left to the task. */
export function toDecodingSettings(options: SearchCommandOptions): Partial<DecodingSettings> {
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
