import { precisionOf } from "../models/weight-precision.js";
import type { LoadedRun } from "./load-runs.js";

/** Which runs computed with weights in eight bits: the same checkpoint without is another model. A sentence, or none. */
export function noteWeights(runs: readonly Pick<LoadedRun, "label" | "manifest">[]): string[] {
  const inEightBits = runs.filter(({ manifest }) => precisionOf(manifest.source) === "int8").map(({ label }) => label);
  if (inEightBits.length === 0) return [];
  const mixed = inEightBits.length < runs.length ? " With its own weights, a checkpoint is another model." : "";
  return [`Computed with weights in eight bits: ${inEightBits.join(", ")}.${mixed}`];
}
