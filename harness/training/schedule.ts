/** The share of the steps during which the learning rate rises (paper, §4.1). */
export const WARM_UP = 0.02;

/** How the learning rate changes from the first step to the last. */
export interface Schedule {
  /** The highest learning rate. */
  readonly peak: number;
  /** The number of all steps. */
  readonly steps: number;
  /** The share of the steps during which the rate rises from 0; default {@link WARM_UP}. */
  readonly warmUp?: number;
}

/**
 * The learning rate of a step: it rises linearly to the peak, then falls linearly, to 0 after the last step.
 * @param step 1 for the first
 */
export function learningRate(step: number, { peak, steps, warmUp = WARM_UP }: Schedule): number {
  const rising = Math.max(1, Math.round(warmUp * steps));
  if (step <= rising) return (peak * step) / rising;
  return (peak * (steps + 1 - step)) / (steps + 1 - rising);
}
