import { countFailures } from "../runs/finish.js";
import { FLAWS, type Flaw, isFailure, type Outcome } from "../tasks/prediction.js";

/** How many of a run's examples have no answer as it should be; absent for none. */
export interface FailureCounts {
  readonly failed?: number;
  readonly leftOut?: number;
  /** Answers with a flaw, those among the failed too. */
  readonly flawed?: Readonly<Partial<Record<Flaw, number>>>;
}

/** The counts that are not 0. */
export function countFailed(outcomes: readonly Outcome[]): FailureCounts {
  const { failed = 0, leftOut, flawed } = countFailures(outcomes);
  return { ...(failed > 0 && { failed }), ...(leftOut && { leftOut }), ...(flawed && { flawed }) };
}

/** What one must know of a run's failures to read its scores, a sentence each. */
export function noteFailures(label: string, outcomes: readonly Outcome[]): string[] {
  const { failed = 0, leftOut = 0 } = countFailed(outcomes);
  const flaws = FLAWS.map((kind) => {
    const found = outcomes.filter(({ flaw }) => flaw === kind);
    return { kind, failed: found.filter(isFailure).length, scored: found.filter((one) => !isFailure(one)).length };
  });
  const kinds = flaws.filter((flaw) => flaw.failed > 0).map((flaw) => `${flaw.kind}: ${flaw.failed}`);
  const named = kinds.length > 0 ? ` (${kinds.join(", ")})` : "";
  const of = outcomes.length;
  return [
    ...(failed > 0 ? [`${label}: ${failed} of ${of} examples failed and are left out of the scores${named}.`] : []),
    ...(leftOut > 0 ? [`${label}: ${leftOut} of ${of} examples were left out for want of their pictures.`] : []),
    ...flaws
      .filter(({ scored }) => scored > 0)
      .map(({ kind, scored }) => `${label}: ${scored} of ${of} answers were scored although they are ${kind}.`),
  ];
}
