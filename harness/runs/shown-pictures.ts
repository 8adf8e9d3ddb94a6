import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { readText } from "../files/text.js";
import { isFailure } from "../tasks/prediction.js";
import { type Manifest, RUN_FILES } from "./manifest.js";
import { findOthers, hashPictures, type KeptPictures, nameOthers, type Shown } from "./picture-hash.js";

interface RunOfPictures extends Shown {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What a finished run keeps of the pictures that it was made with; undefined where that is nothing. */
export async function readKeptPictures({
  folder,
  manifest: { pictures },
}: Pick<RunOfPictures, "folder" | "manifest">): Promise<KeptPictures | undefined> {
  const path = join(folder, RUN_FILES.pictures);
  return pictures && { ...pictures, digits: existsSync(path) ? await readText(path) : undefined };
}

/**
 * Whoever makes a new run of the answers that a finished one holds says of the pictures that are there now that they were
 * shown. Of examples that failed they may have been mended since, and what is gone says nothing.
 * @throws SimvlmError `changed-pictures` where answered examples have others now
 */
export async function requireShownPictures(run: RunOfPictures): Promise<void> {
  const { folder, data, dataFolder, outcomes } = run;
  const kept = await readKeptPictures(run);
  if (!kept) return;
  const now = await hashPictures(run);
  const answered = new Set(outcomes.filter((outcome) => !isFailure(outcome)).map(({ id }) => id));
  const seen = new Set(data.examples.flatMap(({ id, images }) => (answered.has(id) ? images : [])));
  const others = findOthers(kept, now).filter((name) => seen.has(now.files[now.names.indexOf(name)]!));
  if (others.length === 0) return;
  throw new SimvlmError(
    "changed-pictures",
    `The pictures in ${dataFolder} are not those that ${folder} was shown: ${nameOthers(others, now.names.length)}. ` +
      "Put back those that were there, or make the run anew in another folder.",
  );
}
