import type { StoredType } from "../checkpoints/index.js";
import type { Provider } from "../engine/index.js";
import type { WeightArrays } from "../layers/weights.js";
import type { Decaying } from "../models/trainable.js";
import { type BatchSource, runLoop, type StepReport } from "./loop.js";
import type { Loss } from "./step.js";
import { Trainer } from "./trainer.js";
import type { Session } from "./training-session.js";

/** How a training is carried out; except for rounding, none of it changes the weights. */
export interface TrainingOptions {
  /** What runs the compiled step; default `cpu`. */
  readonly provider?: Provider;
  /** How many threads an operator may use on the CPU; default one for each core. */
  readonly threads?: number;
  /** How many steps there are between two reports. */
  readonly reportEvery: number;
  /** How many steps there are between two saved states. */
  readonly checkpointEvery: number;
  /** How many steps there are between two looks at what was learnt. */
  readonly validateEvery: number;
  /** How the finished checkpoint is stored. */
  readonly dtype: StoredType;
  /** Once it is aborted, the current step is finished and saved, and training stops. */
  readonly signal: AbortSignal;
  /** Called every `reportEvery` steps, and after the last one. */
  readonly onReport: (report: StepReport) => void;
  /** Called with a line for the user to read: a fault, a sample. */
  readonly onMessage: (message: string) => void;
}

/** What the model says about an example, and what it should say. */
export interface Sample {
  readonly id: string;
  readonly said: string;
  readonly expected: string;
}

/** Called with each example that cannot be read: where it is and what is wrong with it. */
export type OnFault = (where: string, problem: string) => void;

/** What a training works on. */
export interface TrainingWork {
  readonly objective: Loss;
  /** Those before the first step; a training that is continued has its own. */
  readonly weights: WeightArrays;
  readonly decays?: Decaying | undefined;
  readonly recipe: {
    readonly steps: number;
    readonly learningRate: number;
    readonly clipNorm: number;
    readonly weightDecay: number;
  };
  /**
   * Opens the source of batches.
   * @param position where they continue, as the batch before gave it
   */
  openBatches(onFault: OnFault, position: unknown): Promise<BatchSource>;
  /** Looks at what was learnt. */
  sample(weights: WeightArrays): Promise<readonly Sample[]>;
}

/**
 * Trains in a session's folder, from wherever it stands.
 * @returns whether it came to its end; false if it was aborted
 */
export async function runTraining(session: Session, work: TrainingWork, options: TrainingOptions): Promise<boolean> {
  const { log, resumed } = session;
  const { steps, learningRate: peak, clipNorm, weightDecay } = work.recipe;
  const { provider, threads } = options;
  const execution = { ...(provider && { provider }), ...(threads && { threads }) };
  const start = resumed?.arrays ?? { weights: work.weights };
  const constants = { clipNorm, weightDecay, ...(work.decays && { decays: work.decays }) };
  const trainer = new Trainer(work.objective, start, { ...constants, ...execution });
  let preparing = (resumed?.progress.step ?? 0) + 1;
  const onFault: OnFault = (where, problem) => {
    log.defer({ type: "fault", step: preparing, where, problem });
    options.onMessage(`skipped: ${where}: ${problem}`);
  };
  let source: BatchSource | undefined;
  try {
    const batches = await work.openBatches(onFault, resumed?.progress.position);
    source = batches;
    const next: BatchSource["next"] = (step) => {
      preparing = step;
      return batches.next(step);
    };
    const { step } = await runLoop(resumed?.progress ?? { step: 0, position: undefined }, {
      ...options,
      trainer,
      source: { next, close: () => batches.close() },
      log,
      schedule: { peak, steps },
      save: async (progress) => {
        // Before the first step there is nothing that would be lost.
        if (progress.step > 0) await session.save(progress, trainer.arrays());
      },
      validate: async (at) => {
        for (const sample of await work.sample(trainer.arrays().weights)) {
          await log.append({ type: "sample", step: at, ...sample });
          options.onMessage(`step ${at}: ${sample.said}   (${sample.expected})`);
        }
      },
    });
    if (step < steps) return false;
    await session.finish(trainer.arrays().weights, options.dtype);
    return true;
  } catch (error) {
    // Whatever is waited for ends with the signal, such as the way to the place in the data.
    if (source || !options.signal.aborted) throw error;
    return false;
  } finally {
    await source?.close();
    await trainer.dispose();
    await log.flush();
  }
}
