import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_FILES, readManifest } from "../../../harness/runs/manifest.js";
import { sealRun } from "../../../harness/runs/seal-run.js";

/** Gives a run whose files were changed the seal that fits them, as somebody would who wants it not to be seen. */
export async function sealAnew(folder: string): Promise<void> {
  const read = (name: string) => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const texts = { scores: read(RUN_FILES.scores), pictures: read(RUN_FILES.pictures) };
  writeFileSync(join(folder, RUN_FILES.seal), await sealRun(folder, await readManifest(folder), texts));
}
