import { DOMAINS } from "../formats/nocaps.js";
import { precisionOf } from "../models/weight-precision.js";
import type { Manifest } from "../runs/manifest.js";
import type { LoadedRun } from "./load-runs.js";

const NOCAPS =
  "NoCaps' domains go by the things that COCO's captions name: in-domain pictures show no others, near-domain pictures " +
  "others as well, out-domain pictures only others. What a model learnt from COCO helps it least out-domain.";

/**
 * What the models of runs had learnt before they were asked, a sentence each; nothing where no run says it.
 * @param domains of the pictures, as far as they have any
 */
export function notePretraining(
  runs: readonly { readonly label: string; readonly manifest: Pick<Manifest, "source"> }[],
  domains: readonly (string | undefined)[],
): string[] {
  const told = runs.flatMap(({ label, manifest: { source } }) =>
    typeof source.pretraining === "string" ? [`${label}: ${source.pretraining}`] : [],
  );
  const isNocaps = domains.some((domain) => DOMAINS.some((known) => known === domain));
  return told.length > 0 && isNocaps ? [...told, NOCAPS] : told;
}

/** Which runs computed with weights in eight bits: the same checkpoint without is another model. A sentence, or none. */
export function noteWeights(runs: readonly Pick<LoadedRun, "label" | "manifest">[]): string[] {
  const inEightBits = runs.filter(({ manifest }) => precisionOf(manifest.source) === "int8").map(({ label }) => label);
  if (inEightBits.length === 0) return [];
  const mixed = inEightBits.length < runs.length ? " With its own weights, a checkpoint is another model." : "";
  return [`Computed with weights in eight bits: ${inEightBits.join(", ")}.${mixed}`];
}
