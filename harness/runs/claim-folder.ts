import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import { parseDraft, sweepClaimed } from "../files/drafts.js";
import { makeFolder } from "../files/folders.js";
import { isJobFolder } from "../files/job-folders.js";
import { isLock, type Lock, takeLock } from "../files/lock.js";
import { cannotWrite } from "../files/system-error.js";
import { isFailure } from "../tasks/prediction.js";
import { compareManifests, listDifferences } from "./differences.js";
import { formatManifest, type Manifest, RUN_FILES, readManifest } from "./manifest.js";
import { readLog } from "./predictions-log.js";

/** A run's folder that this process alone writes to. */
export interface ClaimedFolder {
  /** The one that stands there, or else the new one. */
  readonly manifest: Manifest;
  /** Others are kept from it. */
  readonly lock: Lock;
}

/**
 * Makes the folder of a run, or takes up the run that stands there. One that was asked and had no answer at all is begun
 * anew where its settings were others.
 * @throws SimvlmError `not-a-run` when the folder has something else in it, `other-run` when the run that stands there
 *   would predict something else, `run-in-use`, `cannot-write`
 */
export async function claimFolder(folder: string, manifest: Manifest): Promise<ClaimedFolder> {
  await prepareFolder(folder);
  const lock = await takeLock({ folder, name: "run", kind: "run", place: folder });
  try {
    await sweepClaimed(folder);
    return { manifest: await settleManifest(folder, manifest), lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    if (existsSync(join(folder, RUN_FILES.manifest))) return;
    const foreign = (await readdir(folder)).find((name) => !isLock(name) && !parseDraft(name) && !isJobFolder(name));
    if (foreign !== undefined) {
      throw new SimvlmError(
        "not-a-run",
        `${folder} is not a run: it has no ${RUN_FILES.manifest}, but it holds ${foreign}. Choose another folder.`,
      );
    }
  } catch (cause) {
    if (cause instanceof SimvlmError) throw cause;
    throw cannotWrite(folder, cause as Error);
  }
}

/** Whether there is a run in the folder that has at least one prediction. */
export async function hasAnswers(folder: string): Promise<boolean> {
  if (!existsSync(join(folder, RUN_FILES.manifest))) return false;
  return (await readLog(folder)).outcomes.some((outcome) => !isFailure(outcome));
}

async function settleManifest(folder: string, manifest: Manifest): Promise<Manifest> {
  const path = join(folder, RUN_FILES.manifest);
  if (!existsSync(path)) {
    await writeFileAtomic(path, formatManifest(manifest));
    return manifest;
  }
  const begun = await readManifest(folder);
  const differences = compareManifests(begun, manifest);
  if (differences.length === 0) return begun;
  const log = join(folder, RUN_FILES.predictions);
  if (existsSync(log) && !(await hasAnswers(folder))) {
    // Nobody has answered: whoever mends the settings need not choose another folder.
    await writeFileAtomic(log, "");
    await writeFileAtomic(path, formatManifest(manifest));
    return manifest;
  }
  throw new SimvlmError(
    "other-run",
    `${folder} is a run that was begun with other settings (${listDifferences(differences, "now")}). ` +
      "Continue it with the settings that it was begun with, or choose another folder.",
  );
}
