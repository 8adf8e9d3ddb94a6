import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import type { Command } from "commander";
import { parseFraction, parsePositiveInteger, parseSeed } from "./options.js";

/** The options of bootstrap intervals and p-values, named as `ResamplingOptions` has them. */
export function addResamplingOptions(command: Command): Command {
  const { resamples, confidence, seed } = RESAMPLING_DEFAULTS;
  return command
    .option("--resamples <n>", "resampled sets", parsePositiveInteger, resamples)
    .option("--confidence <p>", "coverage of intervals", parseFraction, confidence)
    .option("--seed <n>", "seed of the resampling", parseSeed, seed);
}
