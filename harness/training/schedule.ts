/** Share of the steps in which the learning rate rises (paper, §4.1). */
export const WARM_UP = 0.02;

/** How the learning rate goes from the first step to the last. */
export interface Schedule {
  /** The highest learning rate. */
  readonly peak: number;
  /** Steps in all. */
  readonly steps: number;
  /** Share of the steps in which the rate rises from 0. */
  readonly warmUp?: number;
}

/** The learning rate of a step, 1 being the first: linear up to the peak, then linear down to 0 after the last step. */
export function learningRate(step: number, { peak, steps, warmUp = WARM_UP }: Schedule): number {
  const rising = Math.max(1, Math.round(warmUp * steps));
  if (step <= rising) return (peak * step) / rising;
  return (peak * (steps + 1 - step)) / (steps + 1 - rising);
}
