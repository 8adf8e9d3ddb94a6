import { VERSION } from "@simvlm/metrics";
import type { Outcome } from "../tasks/prediction.js";
import type { Manifest } from "./manifest.js";

/** The first version that sealed its finished runs. */
const FIRST_SEALED = "0.2.0";

/** What no version before that wrote. */
const LATER_FIELDS = ["leftOut", "flawed", "pictures", "plugins"] as const satisfies readonly (keyof Manifest)[];
const LATER_OUTCOMES = ["leftOut", "flaw", "reply"] as const;
const SIGNED_VERSION = /\bversion:simvlm-(\d+\.\d+\.\d+)/g;

/** Whether a version seals its runs; what is no version is taken for one that does. */
export function sealsRuns(version: string): boolean {
  return isAtLeast(version, FIRST_SEALED);
}

function isAtLeast(version: string, other: string): boolean {
  const [own, least] = [version, other].map(toNumbers);
  if (!own || !least) return true;
  const at = own.findIndex((number, i) => number !== least[i]);
  return at < 0 || own[at]! > least[at]!;
}

function toNumbers(version: string): readonly number[] | undefined {
  const match = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?![\d.])/.exec(version);
  return match?.slice(1).map(Number);
}

/**
 * What in a run without a seal shows that a version made it which would have sealed it, whatever version it says: whoever
 * takes a seal away may forget these. Nothing for a run that an old version may have made.
 */
export function findLaterMarks(manifest: Manifest, outcomes: readonly Outcome[]): string[] {
  const fields = LATER_FIELDS.filter((name) => manifest[name] !== undefined);
  const kept = LATER_OUTCOMES.filter((name) => outcomes.some((outcome) => name in outcome));
  const signed = Object.values(manifest.metricSignatures ?? {}).flatMap((signature) =>
    [...signature.matchAll(SIGNED_VERSION)].map(([, version]) => version!),
  );
  // What is newer than this version is a plug-in's own affair.
  const later = [...new Set(signed)].filter((version) => sealsRuns(version) && isAtLeast(VERSION, version));
  return [
    ...fields.map((name) => `its manifest has "${name}"`),
    ...kept.map((name) => `its predictions have "${name}"`),
    ...later.map((version) => `its metrics are those of version ${version}`),
  ];
}
