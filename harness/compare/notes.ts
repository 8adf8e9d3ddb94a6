import type { TaskData } from "../tasks/task.js";
import type { LoadedRun } from "./load.js";
import type { ScoredRun } from "./measure.js";

/** What one must know to read the numbers of a comparison. */
export function collectNotes(scored: readonly ScoredRun[], runs: readonly LoadedRun[], data: TaskData): string[] {
  const compared = runs[0]!.predictions.size;
  const limited = runs.filter(({ manifest }) => !manifest.comparable).map(({ label }) => label);
  const versions = new Set(runs.map(({ manifest }) => manifest.code.version));
  const swapped = runs.filter(({ manifest }) => manifest.settings.swapImages).map(({ label }) => label);
  const warnings = scored.flatMap(({ run, scored }) => scored.warnings.map((warning) => `${run.label}: ${warning}`));
  return [
    ...(limited.length > 0 ? [`Made with --limit, not comparable with whole runs: ${limited.join(", ")}.`] : []),
    ...(compared < data.examples.length
      ? [
          `Only ${compared} of ${data.examples.length} examples have a prediction; the others are left out of every run.`,
        ]
      : []),
    ...(swapped.length > 0 ? [`Shown other pictures than the examples' own: ${swapped.join(", ")}.`] : []),
    ...(versions.size > 1 ? [`Made by different versions: ${[...versions].join(", ")}.`] : []),
    ...(scored.length === 0 ? ["There is no text to score the completions against."] : []),
    ...warnings,
    "A p-value is that of one test by itself: among many, one in twenty falls below 0.05 by chance.",
  ];
}
