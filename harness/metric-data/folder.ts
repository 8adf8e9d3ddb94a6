import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { absoluteFolder, cacheFolder, homeFolder, windowsFolder } from "../files/home.js";

/**
 * Where data of a metric are kept that do not come with this program: below the user's data folder, as the XDG
 * specification has it.
 * @throws SimvlmError `no-home`
 */
export function metricDataFolder(metric: string, environment = process.env): string {
  const data = absoluteFolder(environment.XDG_DATA_HOME) ?? windowsFolder(environment);
  return join(data ?? join(homeFolder(environment), ".local", "share"), "simvlm", "metrics", metric);
}

/**
 * Where what a metric has computed is kept, to be found the next time, see {@link cacheFolder}.
 * @throws SimvlmError `no-home`
 */
export function metricCacheFolder(metric: string, environment = process.env): string {
  return join(cacheFolder(environment), "metrics", metric);
}

/** The bytes of all files below a folder, on the disk; 0 where there is none. */
export async function measureFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await measureFolder(path);
    else bytes += await lstat(path).then(lengthOf, () => 0);
  }
  return bytes;
}

/** What it takes on the disk: the program's own cache has a file with holes. */
const lengthOf = ({ size, blocks }: { readonly size: number; readonly blocks: number }): number =>
  process.platform === "win32" ? size : Math.min(size, 512 * blocks);
