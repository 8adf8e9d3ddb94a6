import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/*
 * A mark is a part of a file's name that says which process made it: PID-STARTED-BOOT-HOST-RANDOM. The time at which the
 * process started tells it from another one that was given the same number later, in a container that was started
 * again for instance; the boot tells what was left before the machine was switched off.
 */

/** What a mark looks like. Versions up to 0.2 wrote the number of the process only. */
export const MARK: string = String.raw`\d+(?:-\w+-\w+-[0-9a-f]{6}-[0-9a-f]{6})?`;

/** What is known of the process that made a mark. */
export type Maker = "this" | "alive" | "gone" | "elsewhere";

const UNKNOWN = "0";
let own: string | undefined;

/** A mark of this process that has never been given before. */
export function newMark(): string {
  own ??= [process.pid, startOf(process.pid) ?? UNKNOWN, bootId(), hashHost(hostname())].join("-");
  return `${own}-${randomBytes(3).toString("hex")}`;
}

/** Whether the process that made a mark still runs; "elsewhere" for one of another machine, of which nobody can tell. */
export function judgeMaker(mark: string): Maker {
  const [pid, started, boot, host] = mark.split("-");
  const [, ownStart, ownBoot, ownHost] = newMark().split("-");
  if (host !== undefined && host !== ownHost) return "elsewhere";
  if (boot !== undefined && boot !== ownBoot) return "gone";
  if (Number(pid) === process.pid) return started === ownStart ? "this" : "gone";
  return isAlive(Number(pid), started) ? "alive" : "gone";
}

/** Whether a process runs on this machine. @param started as marks say it; absent: any of this number will do */
export function isAlive(pid: number, started?: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const start = startOf(pid);
  return start !== ENDED && (start === undefined || started === undefined || start === started);
}

/** This boot of the machine, short; where the system does not tell, all are the same. */
export function bootId(): string {
  return readSystem("/proc/sys/kernel/random/boot_id")?.slice(0, 8) ?? UNKNOWN;
}

const ENDED = "ended";

/** When a process started, in ticks since the boot; undefined where the system does not tell. */
function startOf(pid: number): string | undefined {
  // The second field is the program's name in brackets, which may hold brackets and spaces.
  const fields = readSystem(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, "")
    .split(" ");
  if (fields === undefined) return undefined;
  const isEnded = fields[0] === "Z" || fields[0] === "X"; // nobody has asked for its exit code yet
  return isEnded ? ENDED : fields[19];
}

function readSystem(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function hashHost(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 6);
}
