import { SimvlmError } from "@simvlm/metrics";
import { type Bound, type Condition, holds, tellMeant } from "./conditions.js";

/** A score or a difference that conditions are held against. */
export interface Measurement {
  /** Whose: a run's label, `b minus a`. */
  readonly of: string;
  readonly subset: string;
  readonly score: string;
  readonly value: number;
  /** The ends of its interval; absent where none was computed. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** What came of a condition; JSON. */
export interface Verdict extends Measurement {
  readonly condition: string;
  /** Whether the condition holds, so that the gate lets nothing pass. */
  readonly failed: boolean;
  /** Why, as a sentence without a full stop. */
  readonly reason: string;
}

/**
 * Holds conditions against all that was measured of their score and subset. Of a whole interval a condition holds only
 * where it does of its farther end: `<` looks at the upper one, `>` at the lower. What is not a number fails.
 * @param confidence of the intervals
 * @throws SimvlmError `unknown-score`, `unknown-subset` with the one that may be meant, `no-interval`
 */
export function judge(
  conditions: readonly Condition[],
  measured: readonly Measurement[],
  confidence: number,
): Verdict[] {
  return conditions.flatMap((condition) => {
    const own = measured.filter(({ score }) => score === condition.score);
    if (own.length === 0) {
      const names = [...new Set(measured.map(({ score }) => score))];
      throw new SimvlmError(
        "unknown-score",
        `There is no score ${condition.score} here${tellMeant(condition.score, names)}.`,
      );
    }
    const rows = own.filter(({ subset }) => subset === condition.subset);
    if (rows.length > 0) return rows.map((row) => judgeOne(condition, row, confidence));
    const subsets = [...new Set(own.map(({ subset }) => subset))];
    throw new SimvlmError(
      "unknown-subset",
      `There is no part ${condition.subset} of the examples with ${condition.score}${tellMeant(condition.subset, subsets)}.`,
    );
  });
}

function judgeOne(condition: Condition, row: Measurement, confidence: number): Verdict {
  const { text, score, subset, operator, limit } = condition;
  const end = endOf(condition);
  const found = end === "mean" ? row.value : row[end];
  if (found === undefined) {
    throw new SimvlmError(
      "no-interval",
      `${text}: there is no interval of ${score} of ${subset}, of which this is asked.`,
    );
  }
  const failed = Number.isNaN(found) || holds(operator, found, limit);
  const what = `${row.of}: ${score}${subset === "all" ? "" : ` (${subset})`} is ${show(row.value, limit)}`;
  const { low, high } = row;
  const bounds =
    end === "mean" || low === undefined || high === undefined ? "" : ` [${show(low, limit)}, ${show(high, limit)}]`;
  const side = `${failed ? "" : "not "}${SIDES[operator]} ${limit}`;
  const percent = `${Number((100 * confidence).toPrecision(6))} % interval`;
  const reason = Number.isNaN(found) ? "which is not a number" : `${NAMES[condition.bound](percent)} is ${side}`;
  return { ...row, condition: text, failed, reason: `${what}${bounds}, ${reason}` };
}

function endOf({ bound, operator }: Condition): Exclude<Bound, "interval"> {
  if (bound !== "interval") return bound;
  return operator.startsWith("<") ? "high" : "low";
}

const SIDES: Readonly<Record<Condition["operator"], string>> = {
  "<": "below",
  "<=": "at most",
  ">": "above",
  ">=": "at least",
};

const NAMES: Readonly<Record<Bound, (percent: string) => string>> = {
  interval: (percent) => `whose whole ${percent}`,
  low: (percent) => `whose ${percent}'s lower end`,
  mean: () => "which",
  high: (percent) => `whose ${percent}'s upper end`,
};

/** Digits after the point, as in tables; fewer of numbers of 10 and more. */
const [DECIMALS, FEWER_DECIMALS, MOST_DECIMALS] = [4, 2, 12];

/** A number as tables show it; one that would then look like the limit, and is not, with as many digits as tell it. */
function show(value: number, limit: number): string {
  let decimals = Math.abs(value) >= 10 ? FEWER_DECIMALS : DECIMALS;
  const looksSame = () => Number(value.toFixed(decimals)) === limit && value !== limit;
  while (looksSame() && decimals < MOST_DECIMALS) decimals++;
  return value.toFixed(decimals);
}
