import { describeOtherSignature } from "../tasks/other-signature.js";
import { collectSignatures } from "../tasks/score-predictions.js";
import { warnOfFew } from "../tasks/uncertainty.js";
import type { ScoredRun } from "./measure.js";

/** Which numbers of a comparison should not be believed or not be compared, and why, a sentence each. */
export function warnOfScores(scored: readonly ScoredRun[]): string[] {
  return [
    ...scored.flatMap(({ run, scored }) => scored.caveats.map((caveat) => `${run.label}: ${caveat}.`)),
    ...(scored.length > 1 ? warnOfFew(scored[0]!.scored.ids.length) : []),
    ...scored.slice(1).flatMap((other) => warnOfUnpaired(scored[0]!, other)),
    ...scored.flatMap(warnOfKept),
  ];
}

/** Metrics that the two are scored with differently here: there is no difference of the runs in their numbers. */
function warnOfUnpaired(first: ScoredRun, other: ScoredRun): string[] {
  return first.scored.results.flatMap(({ metric, signature }, i) => {
    const fields = describeOtherSignature(signature, other.scored.results[i]!.signature);
    if (fields === undefined) return [];
    return [
      `${metric} of ${first.run.label} and of ${other.run.label} are not comparable (${fields}): no difference is told unless both are scored alike.`,
    ];
  });
}

/** Numbers that a run was kept with, and that are others here. */
function warnOfKept({ run, scored }: ScoredRun): string[] {
  const signatures = collectSignatures(scored.results, scored);
  return Object.entries(run.manifest.metricSignatures ?? {}).flatMap(([metric, kept]) => {
    const fields = signatures[metric] === undefined ? undefined : describeOtherSignature(kept, signatures[metric]);
    if (fields === undefined) return [];
    return [
      `${run.label} was scored otherwise when it was made (${metric}: ${fields} here): its own ${metric} is not comparable with the numbers here.`,
    ];
  });
}
