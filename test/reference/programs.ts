import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

/** Where programs.sh has METEOR's data and SPICE's program installed: what XDG_DATA_HOME names to a user. */
const data =
  process.env.SIMVLM_PROGRAMS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "simvlm-programs");

/** Whether what a metric needs is installed there. */
export function isInstalled(metric: "meteor" | "spice"): boolean {
  const isThere = existsSync(join(data, "simvlm/metrics", metric));
  if (!isThere) console.log(`Tests are skipped: \`sh test/reference/programs.sh\` installs what ${metric} needs.`);
  return isThere;
}

/** Has the tests of a group use what is installed there. */
export function useInstalled(): void {
  const before = process.env.XDG_DATA_HOME;
  beforeAll(() => {
    process.env.XDG_DATA_HOME = data;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.XDG_DATA_HOME;
    else process.env.XDG_DATA_HOME = before;
  });
}
