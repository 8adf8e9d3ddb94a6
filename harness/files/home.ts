import { homedir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The user's home folder, as `HOME` names it, or else the system. An empty or relative `HOME` names none: what is kept
 * there would land in whatever folder one is in.
 * @throws SimvlmError `no-home`
 */
export function homeFolder(environment: Environment = process.env): string {
  if (environment.HOME && isAbsolute(environment.HOME)) return environment.HOME;
  const own = [() => (process.platform === "win32" ? homedir() : ""), () => userInfo().homedir];
  for (const find of own) {
    const found = attempt(find);
    if (found && isAbsolute(found)) return found;
  }
  throw new SimvlmError("no-home", "There is no home folder: set the variable HOME to one.");
}

/** The system knows nothing of users that have no entry, as in some containers. */
function attempt(find: () => string): string | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

/** A folder that a variable names by its whole path; anything else is passed over, as the XDG specification has it. */
export function absoluteFolder(name: string | undefined): string | undefined {
  return name && isAbsolute(name) ? name : undefined;
}

/**
 * Where this program keeps what it can fetch or compute again: below the user's cache folder. Whoever needs the room may
 * remove it at any time.
 * @throws SimvlmError `no-home`
 */
export function cacheFolder(environment: Environment = process.env): string {
  const cache = absoluteFolder(environment.XDG_CACHE_HOME) ?? windowsFolder(environment);
  return join(cache ?? join(homeFolder(environment), ".cache"), "simvlm");
}

/** Where Windows has what programs keep for a user; undefined elsewhere. */
export function windowsFolder({ LOCALAPPDATA }: Environment): string | undefined {
  return process.platform === "win32" ? absoluteFolder(LOCALAPPDATA) : undefined;
}

/** Folders of users, whoever they are. */
const HOMES = /^(?:\/(?:home|Users)\/[^/]+|[A-Za-z]:\\Users\\[^\\]+|\/root)(?=[/\\]|$)/;

/** A path without the name of whose home it lies in, `~/data`; any other text as it is. */
export function hideHome(text: string): string {
  const own = process.env.HOME;
  const isOwn = own && isAbsolute(own) && own.length > 1 && (text === own || text.startsWith(`${own}/`));
  return isOwn ? `~${text.slice(own.length)}` : text.replace(HOMES, "~");
}

/** What JSON holds, with {@link hideHome} of every text in it: for files that are passed on. */
export function withoutHomes<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) =>
    typeof each === "string" ? hideHome(each) : each,
  ) as T;
}
