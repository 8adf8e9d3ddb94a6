import { lstat, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { judgeMaker, MARK, newMark } from "./process-mark.js";

/*
 * Whatever a process needs on its way to a file or folder NAME lies beside it, under a name that begins with a full stop
 * and says which process it belongs to:
 *   .NAME.MARK.tmp      a file that is being written
 *   .NAME.draft-MARK    a folder that is being filled, or removed
 *   .NAME.old-MARK      the folder that stood there, for the moment in which the new one takes its place
 *   .NAME.lock-MARK     see lock.ts
 * A process that is killed leaves them; whoever writes there next sweeps them.
 */

const PATTERN = new RegExp(
  `^\\.(?<name>.+)\\.(?:(?<kind>draft|old|lock)-(?<mark>${MARK})|(?<tmp>${MARK})\\.tmp)$`,
  "s",
);
/** A file's name may have 255 bytes. */
const LONGEST_NAME = 180;
/** After so long nobody of another machine is still writing. */
const DAY = 24 * 3600 * 1000;

/** What a draft's name says. */
export interface Draft {
  /** Whose draft it is: the name of the file or folder beside it. */
  readonly name: string;
  readonly kind: "tmp" | "draft" | "old" | "lock";
  /** Of the process that made it, see process-mark.ts. */
  readonly mark: string;
}

/** What the name of a draft says; undefined for any other name. */
export function parseDraft(fileName: string): Draft | undefined {
  const { name, kind, mark, tmp } = PATTERN.exec(fileName)?.groups ?? {};
  if (name === undefined) return undefined;
  return tmp === undefined ? { name, kind: kind as Draft["kind"], mark: mark! } : { name, kind: "tmp", mark: tmp };
}

/** A new name beside `path` for a file or folder on its way there, or away from there. */
export function draftOf(path: string, kind: Draft["kind"] = "tmp"): string {
  const name = basename(path);
  const short = kind === "tmp" && Buffer.byteLength(name) > LONGEST_NAME ? [...name].slice(0, 40).join("") : name;
  return join(dirname(path), kind === "tmp" ? `.${short}.${newMark()}.tmp` : `.${short}.${kind}-${newMark()}`);
}

/**
 * Removes what killed processes left in a folder, whatever they were writing there; a folder that one of them had moved
 * aside is put back. What a living process is writing stays.
 * @param name what is about to be written there: drafts of this name that say no more than a number are swept, too
 */
export async function sweepDrafts(folder: string, name?: string): Promise<void> {
  await sweep(folder, async ({ mark, ...draft }, path) => {
    const maker = judgeMaker(mark);
    if (maker === "gone") return mark.includes("-") || draft.name === name;
    return maker === "elsewhere" && draft.kind !== "lock" && (await isOlderThan(path, DAY));
  });
}

/** {@link sweepDrafts} of a folder that is all ours, and locked: what comes from elsewhere is left over, too. */
export async function sweepClaimed(folder: string): Promise<void> {
  await sweep(folder, async ({ kind, mark }) => {
    const maker = judgeMaker(mark);
    if (kind === "lock") return maker === "gone";
    return mark.includes("-") ? maker === "gone" || maker === "elsewhere" : maker !== "this";
  });
}

/** Removes a folder so that nobody finds half of it: under another name first. */
export async function removeFolder(path: string): Promise<void> {
  const draft = draftOf(path, "draft");
  await rename(path, draft);
  await rm(draft, { recursive: true, force: true });
}

/** What cannot be swept, others' files for instance, must not keep anybody from writing. */
async function sweep(folder: string, isLeft: (draft: Draft, path: string) => Promise<boolean>): Promise<void> {
  const names: string[] = await readdir(folder).catch(() => []);
  for (const each of names) {
    const draft = parseDraft(each);
    const path = join(folder, each);
    if (!draft || !(await isLeft(draft, path))) continue;
    if (draft.kind === "old" && !names.includes(draft.name))
      await rename(path, join(folder, draft.name)).catch(() => {});
    else await rm(path, { recursive: true, force: true }).catch(() => {});
  }
}

async function isOlderThan(path: string, milliseconds: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > milliseconds;
}
