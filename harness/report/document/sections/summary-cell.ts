import type { DifferenceRow, ScoreRow } from "../../../compare/comparison.js";
import { formatProbability, formatScore, formatSigned } from "../../../terminal/numbers.js";

/*
 * Nothing here needs Node.js: the page's script says what a cell should say.
 */

/** What a cell of the first table says. */
export interface SummaryTexts {
  readonly value: string;
  readonly interval: string | undefined;
  /** From the first run. */
  readonly difference?: string;
}

/**
 * A score with its interval, and its difference from the first run.
 * @param least the smallest p-value that resamples can tell
 */
export function summaryTexts(
  score: ScoreRow | undefined,
  difference: DifferenceRow | undefined,
  least: number | undefined,
): SummaryTexts | undefined {
  if (!score) return undefined;
  const [value = "", interval] = formatScore(score.value, score).split("\n");
  if (!difference) return { value, interval };
  const { difference: by, low, high, pBootstrap } = difference;
  const bounds = `[${formatSigned(low)}, ${formatSigned(high)}]`;
  return {
    ...{ value, interval },
    difference: `Δ ${formatSigned(by)} ${bounds}, p ${formatProbability(pBootstrap, least)}`,
  };
}
