import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { hashFile, hashText } from "../files/hash.js";
import { readJson } from "../files/json.js";
import { requireFile } from "../files/open-file.js";
import { isShallow } from "../files/schema.js";
import { readText } from "../files/text.js";
import { listIds } from "../formats/ids.js";
import type { Outcome } from "../tasks/prediction.js";
import { formatManifest, type Manifest, RUN_FILES, readManifest, Sha256 } from "./manifest.js";
import { findLaterMarks, sealsRuns } from "./unsealed.js";

/** What a run's files were when it was finished; the results need no hash, since they follow from the predictions. */
const Seal = z
  .strictObject({
    format: z.literal(1),
    /** As the manifest has it: it stands here in the clear, so that the hashes of one run made twice are the same. */
    created: z.string(),
    /** Of all else that the manifest says. */
    manifest: Sha256,
    predictions: Sha256,
    /** Absent where there are none. */
    scores: Sha256.optional(),
    /** Absent where none were shown. */
    pictures: Sha256.optional(),
  })
  .describe("the seal.json of a run");

/** Files of a run that are written with its seal. */
interface SealedTexts {
  readonly scores: string | undefined;
  readonly pictures: string | undefined;
}

/**
 * The text of a finished run's seal.
 * @param texts of the files that are written with it, where there are such
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function sealRun(folder: string, manifest: Manifest, { scores, pictures }: SealedTexts): Promise<string> {
  const seal: z.output<typeof Seal> = {
    format: 1,
    created: manifest.created,
    manifest: hashManifest(formatManifest(manifest)),
    predictions: await hashFile(join(folder, RUN_FILES.predictions)),
    ...(scores !== undefined && { scores: hashText(scores) }),
    ...(pictures !== undefined && { pictures: hashText(pictures) }),
  };
  return `${JSON.stringify(seal, null, 2)}\n`;
}

/** Of all that a manifest says, known here or not, but for the time. */
function hashManifest(text: string): string {
  const { created: _, ...sealed } = JSON.parse(text) as Manifest;
  return isShallow(sealed) ? hashText(JSON.stringify(sealed)) : "";
}

/** Whether a run has a seal. */
export function isSealed(folder: string): boolean {
  return existsSync(join(folder, RUN_FILES.seal));
}

/**
 * The files of a sealed run that are not what they were when it was finished.
 * @throws SimvlmError what `readJson` and `hashFile` throw
 */
export async function findChangedFiles(folder: string): Promise<string[]> {
  const at = (name: keyof typeof RUN_FILES) => join(folder, RUN_FILES[name]);
  await requireFile(at("seal"));
  const seal = await readJson(at("seal"), Seal);
  const { created } = await readManifest(folder);
  const now = {
    manifest: created === seal.created ? hashManifest(await readText(at("manifest"))) : undefined,
    predictions: await hashFile(at("predictions")),
    scores: existsSync(at("scores")) ? await hashFile(at("scores")) : undefined,
    // It only names what the manifest's sum finds: whoever removes it hides nothing.
    pictures:
      seal.pictures !== undefined && existsSync(at("pictures")) ? await hashFile(at("pictures")) : seal.pictures,
  };
  return (["manifest", "predictions", "scores", "pictures"] as const)
    .filter((name) => now[name] !== seal[name])
    .map((name) => RUN_FILES[name]);
}

/** A finished run as it was read. */
interface FinishedFiles {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly outcomes: readonly Outcome[];
}

/**
 * What shows that a finished run is not what it was, a sentence each without a full stop: files that its seal is not of,
 * or no seal where the version that made it wrote one. Nothing for a run that is not finished.
 * @throws SimvlmError what {@link findChangedFiles} throws
 */
export async function findSealFaults({ folder, manifest, outcomes }: FinishedFiles): Promise<string[]> {
  if (!manifest.metricSignatures) return [];
  if (isSealed(folder)) {
    return (await findChangedFiles(folder)).map((name) => `${name} was changed after the run was finished`);
  }
  const { version } = manifest.code;
  const missing = `there is no ${RUN_FILES.seal}`;
  if (sealsRuns(version)) return [missing];
  const marks = findLaterMarks(manifest, outcomes);
  if (marks.length === 0) return [];
  return [`${missing}: the run says that version ${version} made it, which wrote none, but ${listIds(marks)}`];
}

/** @throws SimvlmError `changed-run` where {@link findSealFaults} finds any, and what it throws */
export async function requireAsSealed(run: FinishedFiles): Promise<void> {
  const faults = await findSealFaults(run);
  if (faults.length === 0) return;
  throw new SimvlmError(
    "changed-run",
    `${run.folder} is not what it was when it was finished: ${faults.join("; ")}. ` +
      "Put back the files that were there, or make the run anew in another folder; `simvlm verify` says more.",
  );
}

/**
 * {@link requireAsSealed} of the run whose log is read as a file of predictions; other files are nobody's run.
 * @throws SimvlmError `changed-run`, and what reading a manifest throws
 */
export async function requireSealedLog(path: string): Promise<void> {
  if (basename(path) !== RUN_FILES.predictions) return;
  const folder = dirname(path);
  if (isSealed(folder)) return requireAsSealed({ folder, manifest: await readManifest(folder), outcomes: [] });
  // A manifest.json that is no run's says nothing of the predictions beside it.
  const manifest = await readManifest(folder).catch(() => undefined);
  if (manifest) await requireAsSealed({ folder, manifest, outcomes: [] });
}
