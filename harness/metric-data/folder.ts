import { join } from "node:path";
import { absoluteFolder, homeFolder } from "../files/home.js";

/**
 * Where data of a metric are kept that do not come with this program: below the user's data folder, as the XDG
 * specification has it.
 * @throws SimvlmError `no-home`
 */
export function metricDataFolder(metric: string, environment = process.env): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = environment;
  const data =
    absoluteFolder(XDG_DATA_HOME) ??
    (process.platform === "win32" ? absoluteFolder(LOCALAPPDATA) : undefined) ??
    join(homeFolder(environment), ".local", "share");
  return join(data, "simvlm", "metrics", metric);
}
