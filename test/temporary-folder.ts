import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Everything that tests and the commands they run put into the system's temporary folder goes when they end. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-tests-"));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
