import { existsSync } from "node:fs";
import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { writeFileAtomic } from "../files/atomic.js";
import { hashFile } from "../files/hash.js";
import { readText } from "../files/text.js";
import { nameIn } from "../runs/place.js";
import { STUDY_FILES } from "./study-files.js";

/**
 * Sees to it that all cells of a study are of the same data, wherever it is continued: writes down what its files hold, as
 * `sha256sum` does, or compares them with what was written. Studies that have none of it go on with what there is.
 * @param files what the study reads; of pictures, those in shards
 * @throws SimvlmError `changed-data` with the first file that is another one
 */
export async function requireSameData(out: string, files: readonly string[], data: string): Promise<void> {
  const lines: string[] = [];
  for (const path of [...new Set(files)].sort()) lines.push(`${await hashFile(path)}  ${nameIn(data, path)}\n`);
  const place = join(out, STUDY_FILES.data);
  if (!existsSync(place)) return writeFileAtomic(place, lines.join(""));
  const kept = new Set((await readText(place)).match(/^.*\n/gm));
  const other = lines.find((line) => !kept.has(line)) ?? [...kept].find((line) => !lines.includes(line));
  if (other === undefined) return;
  throw new SimvlmError(
    "changed-data",
    `${out} has a study of other data: ${JSON.stringify(other.slice(66).trimEnd())} in ${data} is not as ${place} says. Put its data there, ` +
      "drawn or unpacked as they were, or begin in another folder.",
  );
}
