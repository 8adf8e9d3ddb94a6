import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const project = fileURLToPath(new URL("..", import.meta.url));

/** The folder of golden files and real data; it stands beside the project, and a fresh clone has none. */
export const sharedFolder = process.env.SIMVLM_SHARED ?? `${project}../shared`;

export const hasShared = existsSync(`${sharedFolder}/reference`);

if (!hasShared) {
  console.log(`The reference tests are skipped: they need the golden files in ${sharedFolder} (or $SIMVLM_SHARED).`);
}

/** A golden file, unpacked if it is packed. */
export function readGolden<T>(name: string): T {
  const bytes = readFileSync(`${sharedFolder}/reference/metrics/${name}`);
  return JSON.parse((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")) as T;
}
