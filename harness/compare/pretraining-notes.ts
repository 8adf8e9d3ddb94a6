import { DOMAINS } from "../formats/nocaps.js";
import type { Manifest } from "../runs/manifest.js";
import type { TaskData } from "../tasks/task.js";
import type { LoadedRun } from "./load-runs.js";

const NOCAPS =
  "NoCaps' domains go by the things that COCO's captions name: in-domain pictures show no others, near-domain pictures " +
  "others as well, out-domain pictures only others. What a model learnt from COCO helps it least out-domain.";

/** What a run says of its model's pretraining, as far as its manifest has it. */
export function pretrainingOf({ source: { pretraining } }: Pick<Manifest, "source">): string | undefined {
  return typeof pretraining === "string" ? pretraining : undefined;
}

/** What the models of runs had learnt before they were asked, a sentence each; nothing where no run says it. */
export function notePretraining(runs: readonly LoadedRun[], { examples }: TaskData): string[] {
  const told = runs.flatMap(({ label, manifest }) => {
    const pretraining = pretrainingOf(manifest);
    return pretraining === undefined ? [] : [`${label}: ${pretraining}`];
  });
  const hasDomains = examples.some(({ groups }) => DOMAINS.some((domain) => domain === groups?.domain));
  return told.length > 0 && hasDomains ? [...told, NOCAPS] : told;
}
