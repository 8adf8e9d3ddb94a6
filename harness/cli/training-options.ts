import { type Command, Option } from "@commander-js/extra-typings";
import { STORED_TYPES } from "../checkpoints/storage-types.js";
import { tell } from "../terminal/streams.js";
import type { TrainingOptions } from "../training/run-training.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, providerOption, upTo, withOptions } from "./options.js";
import { listenToStops } from "./stop-requests.js";
import { NEEDS_ALL_BITS, refusedWeights } from "./weights-option.js";

/** How a training is run, whatever it trains; none of it changes the weights. */
export type TrainingCommandOptions = OptionsOf<typeof trainingOptions>;

/** The options that say how a training is run. */
export function trainingOptions(command: Command) {
  return withOptions(providerOption(command), refusedWeights(NEEDS_ALL_BITS))
    .option("--threads <n>", "threads on the CPU (default: one per core)", upTo(LIMITS.threads, parsePositiveInteger))
    .option("--report-every <n>", "steps between lines of the log", parsePositiveInteger, 10)
    .option("--checkpoint-every <n>", "steps between saved states to continue from", parsePositiveInteger, 200)
    .option("--validate-every <n>", "steps between looks at what has been learnt", parsePositiveInteger, 500)
    .addOption(
      new Option("--dtype <type>", "how the finished checkpoint is stored").choices(STORED_TYPES).default("F32"),
    );
}

/**
 * Runs a training with progress on stderr; Ctrl-C, TERM or USR2 stops it after the step, saved, with exit code 130 or 75.
 * @param train says whether it came to its end
 */
export async function runTrainingCommand(
  command: TrainingCommandOptions,
  steps: number,
  train: (options: TrainingOptions) => Promise<boolean>,
): Promise<boolean> {
  const { requireProvider } = await import("../engine/providers.js"); // --help does without the engine
  const provider = requireProvider(command.provider);
  const { threads, reportEvery, checkpointEvery, validateEvery, dtype } = command;
  const stops = listenToStops("this step");
  try {
    const finished = await train({
      provider,
      ...(threads !== undefined && { threads }),
      reportEvery,
      checkpointEvery,
      validateEvery,
      dtype,
      signal: stops.signal,
      onMessage: tell,
      onReport: ({ step, loss, learningRate, examplesPerSecond, secondsLeft }) =>
        tell(
          `step ${step}/${steps}  loss ${loss.toFixed(4)}  rate ${learningRate.toExponential(2)}  ` +
            `${examplesPerSecond.toFixed(0)} examples/s  ${formatDuration(secondsLeft)} left`,
        ),
    });
    if (!finished) {
      tell("simvlm: stopped and saved; the same command continues from here");
      process.exitCode = stops.exitCode();
    }
    return finished;
  } finally {
    stops.release();
  }
}

function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
