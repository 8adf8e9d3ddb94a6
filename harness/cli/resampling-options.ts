import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import type { Command } from "commander";
import { parseFraction, parsePositiveInteger, parseSeed } from "./options.js";

/** The options of bootstrap intervals and p-values, named as `ResamplingOptions` has them. */
export function addResamplingOptions(command: Command): Command {
  const { resamples, confidence, seed } = RESAMPLING_DEFAULTS;
  return command
    .option("--resamples <n>", "number of resampled sets", parsePositiveInteger, resamples)
    .option("--confidence <p>", "coverage of the intervals", parseFraction, confidence)
    .option("--seed <n>", "seed for resampling", parseSeed, seed);
}
