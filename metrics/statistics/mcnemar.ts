import { SimvlmError } from "../error.js";

/** Where one of two systems is right and the other wrong. */
export interface McNemarTest {
  /** How many examples only the first system has right. */
  readonly onlyFirst: number;
  /** How many only the second has right. */
  readonly onlySecond: number;
  /** Exact, two-sided. */
  readonly pValue: number;
}

/**
 * McNemar's exact test for accuracies: if the systems are equally good, each example that only one has right is as
 * likely the one's as the other's.
 *
 * @param first 1 where the first system is right, else 0
 * @param second the same of the second
 * @throws SimvlmError `not-paired` where the lengths differ
 */
export function mcNemar(first: Float64Array, second: Float64Array): McNemarTest {
  if (first.length !== second.length) {
    throw new SimvlmError(
      "not-paired",
      `${first.length} examples against ${second.length}: a paired test needs results on the same examples`,
    );
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let i = 0; i < first.length; i++) {
    if (first[i]! > second[i]!) onlyFirst++;
    else if (first[i]! < second[i]!) onlySecond++;
  }
  const discordant = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // twice the binomial tail, its terms in logarithms because they leave the range of numbers at about 1,000 examples
  let logTerm = -discordant * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((discordant - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}
