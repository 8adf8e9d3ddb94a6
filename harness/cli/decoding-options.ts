import { type Command, Option } from "@commander-js/extra-typings";
import { DECODING_DEFAULTS, type DecodingSettings } from "../decoding/settings.js";
import {
  type OptionsOf,
  parseCount,
  parsePositive,
  parsePositiveInteger,
  parsePositiveShare,
  withOptions,
} from "./options.js";

/** How a text is found. */
export type SearchCommandOptions = OptionsOf<typeof searchOptions>;

/** The options that say how captions are asked for and found. */
export function decodingOptions(command: Command) {
  const prompted = command.option(
    "--prompt <text>",
    'what captions are asked for with; "" for none (default: the model\'s own)',
  );
  return withOptions(prompted, searchOptions, `default: ${DECODING_DEFAULTS.maxLength}`);
}

/**
 * The options that say how a text is found.
 * @param usualLength what the help says of the length there is without `--max-length`
 */
export function searchOptions(command: Command, usualLength: string) {
  const drawing = <Flags extends string>(flags: Flags, description: string) =>
    new Option(flags, description).implies({ sample: true });
  return command
    .addOption(
      new Option("--beam <n>", `beam search with n beams (default: ${DECODING_DEFAULTS.beamSize})`)
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
  return {
    method: sample ? "sample" : greedy ? "greedy" : "beam",
    ...(beam !== undefined && { beamSize: beam }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(temperature !== undefined && { temperature }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(blockNgram !== undefined && { noRepeatNgram: blockNgram }),
  };
}
