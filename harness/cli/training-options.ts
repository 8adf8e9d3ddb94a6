import { type Command, Option } from "@commander-js/extra-typings";
import { STORED_TYPES } from "../checkpoints/storage-types.js";
import { tell, tellLines } from "../terminal/streams.js";
import type { TrainingOptions } from "../training/run-training.js";
import { LIMITS, type OptionsOf, parsePositiveInteger, providerOption, upTo } from "./options.js";

/** How a training is run, whatever it trains; none of it changes the weights. */
export type TrainingCommandOptions = OptionsOf<typeof trainingOptions>;

const EXIT_INTERRUPTED = 130;

/** The options that say how a training is run. */
export function trainingOptions(command: Command) {
  return providerOption(command)
    .option("--threads <n>", "threads on the CPU (default: one per core)", upTo(LIMITS.threads, parsePositiveInteger))
    .option("--report-every <n>", "steps between lines of the log", parsePositiveInteger, 10)
    .option("--checkpoint-every <n>", "steps between saved states to continue from", parsePositiveInteger, 200)
    .option("--validate-every <n>", "steps between looks at what has been learnt", parsePositiveInteger, 500)
    .addOption(
      new Option("--dtype <type>", "how the finished checkpoint is stored").choices(STORED_TYPES).default("F32"),
    );
}

/**
 * Runs a training with progress on stderr; Ctrl-C stops it after the step, saved, with exit code 130.
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
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    tellLines("\nsimvlm: stopping after this step; press Ctrl-C again to stop at once");
    interruption.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const finished = await train({
      provider,
      ...(threads !== undefined && { threads }),
      reportEvery,
      checkpointEvery,
      validateEvery,
      dtype,
      signal: interruption.signal,
      onMessage: tell,
      onReport: ({ step, loss, learningRate, examplesPerSecond, secondsLeft }) =>
        tell(
          `step ${step}/${steps}  loss ${loss.toFixed(4)}  rate ${learningRate.toExponential(2)}  ` +
            `${examplesPerSecond.toFixed(0)} examples/s  ${formatDuration(secondsLeft)} left`,
        ),
    });
    if (!finished) {
      tell("simvlm: stopped and saved; the same command continues from here");
      process.exitCode = EXIT_INTERRUPTED;
    }
    return finished;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function formatDuration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
