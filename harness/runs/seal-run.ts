import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { hashFile, hashText } from "../files/hash.js";
import { readJson } from "../files/json.js";
import { requireFile } from "../files/open-file.js";
import { isShallow } from "../files/schema.js";
import { readText } from "../files/text.js";
import { formatManifest, type Manifest, RUN_FILES, readManifest, Sha256 } from "./manifest.js";

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
  })
  .describe("the seal.json of a run");

/**
 * The text of a finished run's seal.
 * @param scores the text of the scores' file, where there is one
 * @throws SimvlmError `missing-file`, `unreadable-file`
 */
export async function sealRun(folder: string, manifest: Manifest, scores: string | undefined): Promise<string> {
  const seal: z.output<typeof Seal> = {
    format: 1,
    created: manifest.created,
    manifest: hashManifest(formatManifest(manifest)),
    predictions: await hashFile(join(folder, RUN_FILES.predictions)),
    ...(scores !== undefined && { scores: hashText(scores) }),
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
  };
  return (["manifest", "predictions", "scores"] as const)
    .filter((name) => now[name] !== seal[name])
    .map((name) => RUN_FILES[name]);
}
