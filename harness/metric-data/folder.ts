import { join } from "node:path";
import { absoluteFolder, homeFolder } from "../files/home.js";

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
 * Where what a metric has computed is kept, to be found the next time: below the user's cache folder. Whoever needs the
 * room may remove it at any time.
 * @throws SimvlmError `no-home`
 */
export function metricCacheFolder(metric: string, environment = process.env): string {
  const cache = absoluteFolder(environment.XDG_CACHE_HOME) ?? windowsFolder(environment);
  return join(cache ?? join(homeFolder(environment), ".cache"), "simvlm", "metrics", metric);
}

function windowsFolder({ LOCALAPPDATA }: NodeJS.ProcessEnv): string | undefined {
  return process.platform === "win32" ? absoluteFolder(LOCALAPPDATA) : undefined;
}
