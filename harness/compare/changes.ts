import { bootstrap, countResult, type ResamplingOptions } from "@simvlm/metrics";
import type { ChangeRow } from "./comparison.js";
import type { LoadedRun } from "./load-runs.js";

/** A run whose texts are looked at. */
type ReadRun = Pick<LoadedRun, "label" | "predictions">;

/** How many texts are not those of the first run, up to white space: whether a completion follows the picture. */
export function countChanges(
  [first, ...others]: readonly ReadRun[],
  resampling: Required<ResamplingOptions>,
): ChangeRow[] {
  const ids = [...first!.predictions.keys()];
  return others.map(({ label, predictions }) => {
    const differs = ids.map((id) => (textOf(predictions, id) === textOf(first!.predictions, id) ? 0 : 1));
    const result = countResult(
      {
        metric: "changed",
        names: ["share"],
        columns: ["differing", "examples"],
        scoresFromSums: ([differing, examples]) => [differing! / examples!],
      },
      differs.map((differing) => [differing, 1]),
    );
    const { score: share, low, high } = bootstrap(result, resampling).share;
    const differing = differs.filter(Boolean).length;
    return { run: label, against: first!.label, examples: ids.length, differing, share, low, high };
  });
}

function textOf(predictions: ReadRun["predictions"], id: string): string {
  return predictions.get(id)!.prediction.trim().replace(/\s+/g, " ");
}
