import type { Evidence, Findings } from "./findings.js";
import { RUN_FILES } from "./manifest.js";
import { describePictures, hashPictures, readsPictures } from "./picture-hash.js";
import { findSealFaults, isSealed } from "./seal-run.js";
import { readKeptPictures } from "./shown-pictures.js";
import { sealsRuns } from "./unsealed.js";

/** Whether every file is what it was when the run was finished. What other checks have named is not named once more. */
export async function checkSeal({ differences, notes }: Findings, evidence: Evidence): Promise<void> {
  const { folder, manifest } = evidence;
  const hasSeal = isSealed(folder);
  if (!hasSeal || differences.length === 0) differences.push(...(await findSealFaults(evidence)));
  if (hasSeal) return;
  const missing = `there is no ${RUN_FILES.seal}`;
  if (!manifest.metricSignatures) notes.push(`${missing}: the run is not finished`);
  else if (!sealsRuns(manifest.code.version)) {
    notes.push(
      `${missing}: the run says that version ${manifest.code.version} made it, which wrote none. If a newer one did, its seal was taken away: log-probabilities, packages, machine and times are not confirmed`,
    );
  }
}

/** Whether the pictures are those that were shown, as far as they are there. */
export async function checkPictures(
  { confirmed, differences, notes }: Findings,
  { folder, manifest, data, outcomes, dataFolder }: Evidence,
): Promise<void> {
  if (!manifest.metricSignatures || !readsPictures(manifest)) return;
  const then = await readKeptPictures({ folder, manifest });
  if (!then) {
    notes.push("the manifest has no hash of the pictures: that they are those that were shown is not confirmed");
    return;
  }
  const now = await hashPictures({ manifest, data, outcomes, dataFolder: dataFolder.path });
  const { difference, note } = describePictures(then, now, dataFolder.path);
  if (difference !== undefined) differences.push(difference);
  if (note !== undefined) notes.push(note);
  if (difference === undefined && note === undefined) confirmed.push("pictures");
}
