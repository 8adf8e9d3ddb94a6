import { SimvlmError } from "@simvlm/metrics";
import { learningRate, type Schedule } from "./schedule.js";
import type { BatchPart, Trainer } from "./trainer.js";
import type { TrainingLog } from "./training-log.js";

/** A batch, with what is needed to say where it came from and to continue after it. */
export interface SourcedBatch {
  readonly parts: readonly BatchPart[];
  readonly ids: readonly string[];
  /** Where the source is after this batch, as JSON. */
  readonly position: unknown;
  /** How many examples could not be read so far. */
  readonly faults: number;
}

/** An endless sequence of batches. */
export interface BatchSource {
  /**
   * The next batch.
   * @param step 1 for the first; all that is random in the batch depends only on this and on the seed
   */
  next(step: number): Promise<SourcedBatch>;
  close(): Promise<void>;
}

/** Where a training continues. */
export interface Progress {
  /** Steps done. */
  readonly step: number;
  /** Where the source of batches is. */
  readonly position: unknown;
  /** The sum of the losses since the last report, and of how many steps; absent: none. */
  readonly sinceReport?: { readonly losses: number; readonly steps: number } | undefined;
}

/** How a training stands after a step. Loss and speed are means since the last report. */
export interface StepReport {
  readonly step: number;
  readonly loss: number;
  readonly learningRate: number;
  /** Of this step, over all weights, before clipping. */
  readonly gradientNorm: number;
  readonly examplesPerSecond: number;
  readonly secondsLeft: number;
  /** How many examples could not be read so far. */
  readonly faults: number;
}

/** What is trained, on what, and who is told about it. */
export interface LoopOptions {
  readonly trainer: Trainer;
  readonly source: BatchSource;
  readonly schedule: Schedule;
  readonly log: TrainingLog;
  /** How many steps there are between two reports; the losses in between are averaged. */
  readonly reportEvery: number;
  readonly checkpointEvery: number;
  readonly save: (progress: Progress) => Promise<void>;
  /** How many steps there are between two looks at what the model has learnt. */
  readonly validateEvery: number;
  readonly validate: (step: number) => Promise<void>;
  readonly onReport: (report: StepReport) => void;
  /** Once it is aborted, the current step is finished and saved, and training stops. */
  readonly signal: AbortSignal;
}

/**
 * Trains from `start` to the last step of the schedule; the next batch is prepared while a step runs.
 * @returns where it stopped: before the last step only if it was aborted
 * @throws what `source` does, when what was done is saved; SimvlmError `not-finite` with the step and the ids of its batch; the weights before that step are saved
 */
export async function runLoop(start: Progress, options: LoopOptions): Promise<Progress> {
  const { trainer, source, schedule, log, reportEvery, checkpointEvery, validateEvery, save, signal } = options;
  let progress = start;
  if (progress.step >= schedule.steps) return progress;
  const meter = new Meter(start.sinceReport);
  let following = prepare(source, progress.step + 1);
  while (progress.step < schedule.steps && !signal.aborted) {
    const step = progress.step + 1;
    const batch = await following.catch(async (error: unknown) => {
      await save(progress); // what was done is not lost by what cannot be read now
      if (!signal.aborted) throw error;
    });
    if (!batch) return progress;
    const rate = learningRate(step, schedule);
    if (step < schedule.steps) following = prepare(source, step + 1);
    const { loss, gradientNorm } = await trainer.step(batch.parts, step, rate);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      await save(progress);
      throw notFinite(step, loss, gradientNorm, batch.ids);
    }
    meter.add(loss, batch.ids.length);
    if (step % reportEvery === 0 || step === schedule.steps) {
      const { secondsPerStep, ...means } = meter.read();
      const line = { step, ...means, learningRate: rate, gradientNorm, faults: batch.faults };
      await log.append({ type: "step", ...line });
      options.onReport({ ...line, secondsLeft: secondsPerStep * (schedule.steps - step) });
    }
    progress = { step, position: batch.position, sinceReport: meter.sinceReport };
    const last = step === schedule.steps;
    if (step % validateEvery === 0 || last) await options.validate(step);
    if (step % checkpointEvery === 0 || last) await save(progress);
  }
  if (signal.aborted && progress.step < schedule.steps) await save(progress);
  return progress;
}

/** A failure is kept until the batch is wanted: it must not bring the process down in between. */
function prepare(source: BatchSource, step: number): Promise<SourcedBatch> {
  const batch = source.next(step);
  batch.catch(() => {});
  return batch;
}

function notFinite(step: number, loss: number, norm: number, ids: readonly string[]): SimvlmError {
  return new SimvlmError(
    "not-finite",
    `Step ${step} gave a loss of ${loss} and gradients of norm ${norm}, and training cannot continue from there. The weights ` +
      `before it are saved. Its batch: ${ids.join("; ")}. Lower the learning rate, or look at these examples.`,
  );
}

/** Mean loss since the last look, and the speed, as far as this process has seen it. */
class Meter {
  #losses: number;
  #steps: number;
  #seen = { steps: 0, examples: 0, since: performance.now() };

  constructor({ losses, steps }: NonNullable<Progress["sinceReport"]> = { losses: 0, steps: 0 }) {
    this.#losses = losses;
    this.#steps = steps;
  }

  get sinceReport(): NonNullable<Progress["sinceReport"]> {
    return { losses: this.#losses, steps: this.#steps };
  }

  add(loss: number, examples: number): void {
    this.#losses += loss;
    this.#steps++;
    this.#seen.steps++;
    this.#seen.examples += examples;
  }

  read(): { loss: number; examplesPerSecond: number; secondsPerStep: number } {
    const { steps, examples, since } = this.#seen;
    const now = performance.now();
    const seconds = (now - since) / 1000;
    const loss = this.#losses / this.#steps;
    [this.#losses, this.#steps, this.#seen] = [0, 0, { steps: 0, examples: 0, since: now }];
    return { loss, examplesPerSecond: examples / seconds, secondsPerStep: seconds / steps };
  }
}
