import { type Command, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import type { EarlyStopping } from "../decoding/library-beam.js";
import { BEAM_SEARCHES, type DecodingSettings } from "../decoding/settings.js";
import {
  LIMITS,
  type OptionsOf,
  parseCount,
  parseNumber,
  parsePositive,
  parsePositiveInteger,
  parsePositiveShare,
  upTo,
  withOptions,
} from "./options.js";

const MODELS_OWN = "default: the model's own";

/** How a text is found. */
export type SearchCommandOptions = OptionsOf<typeof searchOptions>;

/** The options that say how captions are asked for and found. */
export function decodingOptions(command: Command) {
  const prompted = command.option(
    "--prompt <text>",
    'what captions are asked for with; "" for none (default: the model\'s own)',
  );
  return withOptions(prompted, searchOptions, MODELS_OWN);
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
      new Option("--beam <n>", `beam search with n beams (${MODELS_OWN})`)
        .argParser(upTo(1000, parsePositiveInteger))
        .conflicts(["greedy", "sample"]),
    )
    .addOption(
      new Option("--search <name>", `which beam search: ${BEAM_SEARCHES.join(", ")} (${MODELS_OWN})`)
        .choices(BEAM_SEARCHES)
        .conflicts(["greedy", "sample"]),
    )
    .addOption(
      new Option("--length-penalty <a>", `exponent of the beam search's length penalty; 0 for none (${MODELS_OWN})`)
        .argParser(parseNumber)
        .conflicts(["greedy", "sample"]),
    )
    .addOption(
      new Option("--early-stopping <when>", "when --search transformers ends: true, false or never (default: false)")
        .argParser(parseEarlyStopping)
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
    .option("--min-length <n>", "shortest text, in tokens", upTo(LIMITS.tokens, parseCount))
    .option("--max-length <n>", `longest text, in tokens (${usualLength})`, upTo(LIMITS.tokens, parsePositiveInteger))
    .option("--block-ngram <n>", "never repeat a run of n tokens", upTo(LIMITS.tokens, parsePositiveInteger))
    .option("--repetition-penalty <p>", "make what was said p times less likely; 1 for not at all", parsePositive);
}

function parseEarlyStopping(text: string): EarlyStopping {
  if (text === "never") return text;
  if (text === "true" || text === "false") return text === "true";
  throw new InvalidArgumentError("It must be true, false or never.");
}

/** What was asked for; what was not is left to the task and the model. */
export function toDecodingSettings(options: SearchCommandOptions): Partial<DecodingSettings> {
  const { beam, greedy, sample, topK, topP, temperature, minLength, maxLength, blockNgram } = options;
  const { search, lengthPenalty, earlyStopping, repetitionPenalty } = options;
  const byBeams = [beam, search, lengthPenalty, earlyStopping].some((option) => option !== undefined);
  const method = sample ? "sample" : greedy ? "greedy" : byBeams ? "beam" : undefined;
  return {
    ...(method !== undefined && { method }),
    ...(search !== undefined && { search }),
    ...(lengthPenalty !== undefined && { lengthPenalty }),
    ...(earlyStopping !== undefined && { earlyStopping }),
    ...(repetitionPenalty !== undefined && { repetitionPenalty }),
    ...(beam !== undefined && { beamSize: beam }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(temperature !== undefined && { temperature }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(blockNgram !== undefined && { noRepeatNgram: blockNgram }),
  };
}
