import { pow } from "../../statistics/exact.js";
import { type Match, MODULES } from "./find-matches.js";
import type { MeteorText, Span } from "./meteor-text.js";

/** What METEOR counts of a hypothesis and a reference, in the order of its `SCORE` command. */
export const STATISTIC_NAMES: readonly string[] = [
  "hypothesis words",
  "reference words",
  "hypothesis function words",
  "reference function words",
  ...MODULES.flatMap((module) => [
    `${module} hypothesis content words`,
    `${module} reference content words`,
    `${module} hypothesis function words`,
    `${module} reference function words`,
  ]),
  "chunks",
  "matched hypothesis words",
  "matched reference words",
];

/** Where the numbers of the modules begin, how many each has, and where those of the alignment are. */
const [MODULE, PER_MODULE, CHUNKS, MATCHED] = [4, 4, 20, 21];

/** METEOR 1.5's task "rank". */
const [ALPHA, BETA, GAMMA, DELTA] = [0.85, 0.2, 0.6, 0.75];
/** What a word weighs that matches by each of the modules. */
const WEIGHTS = [1, 0.6, 0.8, 0.6];

/** The statistics of an alignment, in the order of {@link STATISTIC_NAMES}. */
export function meteorStatistics(
  hypothesis: MeteorText,
  reference: MeteorText,
  matches: readonly Match[],
): Float64Array {
  const row = new Float64Array(STATISTIC_NAMES.length);
  countWords(hypothesis, 0, row);
  countWords(reference, 1, row);
  let next = { hypothesis: -1, reference: -1 };
  for (const match of matches) {
    countMatched(hypothesis, 0, match.module, match.hypothesis, row);
    countMatched(reference, 1, match.module, match.reference, row);
    const isContinued = next.hypothesis === match.hypothesis.start && next.reference === match.reference.start;
    if (!isContinued) row[CHUNKS]! += 1;
    next = {
      hypothesis: match.hypothesis.start + match.hypothesis.length,
      reference: match.reference.start + match.reference.length,
    };
  }
  return row;
}

function countWords({ words }: MeteorText, side: number, row: Float64Array): void {
  row[side] = words.length;
  for (const { isFunctionWord } of words) if (isFunctionWord) row[2 + side]! += 1;
}

function countMatched({ words }: MeteorText, side: number, module: number, span: Span, row: Float64Array): void {
  const at = MODULE + PER_MODULE * module + side;
  for (let word = span.start; word < span.start + span.length; word++) {
    row[words[word]!.isFunctionWord ? at + 2 : at]! += 1;
  }
  row[MATCHED + side]! += span.length;
}

/** A pair that matches whole, in one chunk, counts as none: it is not torn, and adds no chunk to a corpus. */
export function withoutWholeChunk(row: Float64Array): Float64Array {
  if (isWhole(row)) row[CHUNKS] = 0;
  return row;
}

const isWhole = (row: ArrayLike<number>): boolean =>
  row[CHUNKS] === 1 && row[MATCHED] === row[0] && row[MATCHED + 1] === row[1];

/** What a score is made of. */
export interface MeteorMeasures {
  /** Of words by their weights, NaN where there are none. */
  readonly precision: number;
  readonly recall: number;
  readonly chunks: number;
  /** Matched words, the mean of both sides. */
  readonly matched: number;
  readonly score: number;
}

/** The score of statistics, of one pair or summed over many, each {@link withoutWholeChunk}; 0 where nothing matches. */
export function scoreMeteorStatistics(row: ArrayLike<number>): number {
  return measureMeteor(row).score;
}

/** {@link scoreMeteorStatistics} with what it is made of. */
export function measureMeteor(row: ArrayLike<number>): MeteorMeasures {
  // The order of the sums is METEOR's, so that scores are equal to the last bit.
  const length = (side: number) => DELTA * (row[side]! - row[2 + side]!) + (1 - DELTA) * row[2 + side]!;
  const matched = (side: number) => {
    const place = (module: number) => MODULE + PER_MODULE * module + side;
    const content = WEIGHTS.reduce((sum, weight, module) => sum + row[place(module)]! * weight * DELTA, 0);
    return WEIGHTS.reduce((sum, weight, module) => sum + row[place(module) + 2]! * weight * (1 - DELTA), content);
  };
  const precision = matched(0) / length(0);
  const recall = matched(1) / length(1);
  const mean = 1 / ((1 - ALPHA) / precision + ALPHA / recall);
  const chunks = row[CHUNKS]!;
  const matchedWords = (row[MATCHED]! + row[MATCHED + 1]!) / 2;
  const fragmentation = isWhole(row) ? 0 : chunks / matchedWords;
  const score = mean * (1 - GAMMA * toBeta(fragmentation));
  return { precision, recall, chunks, matched: matchedWords, score: score > 0 ? score : 0 };
}

const powers = new Map<number, number>();

/** The exact power takes a microsecond, and few fractions occur. */
function toBeta(fragmentation: number): number {
  const known = powers.get(fragmentation);
  if (known !== undefined) return known;
  const power = pow(fragmentation, BETA);
  if (powers.size < 1 << 16) powers.set(fragmentation, power);
  return power;
}
