import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { isFolder } from "../files/folders.js";
import { isJobFolder } from "../files/job-folders.js";
import { nameFolders } from "../report/document/names.js";
import { RUN_FILES } from "../runs/manifest.js";

/** A folder that has a manifest, or a seal that has lost its own. */
export interface FoundRun {
  /** Where it lies, without links. */
  readonly path: string;
  /** What it is called: its way from what is served, with `/` on every system. */
  readonly name: string;
}

/** What lies in the folders that are served. */
export interface FoundRuns {
  /** By name. */
  readonly runs: readonly FoundRun[];
  /** What was not looked at, and why, a sentence each. */
  readonly remarks: readonly string[];
  /** The folders themselves, without links: nothing that leads out of them is read. */
  readonly inside: readonly string[];
}

/** More are a disk's, not an experiment's. */
const MOST_FOLDERS = 100_000;
const PASSED_OVER = "node_modules";
/** By which a run is known. */
const MARKS: ReadonlySet<string> = new Set([RUN_FILES.manifest, RUN_FILES.seal]);

/**
 * Every run in some folders, however deep, and each of them that is a run itself. Links to folders are not followed: one
 * that stays inside leads to what is found anyway, and any other out of what is served.
 */
export async function findRuns(roots: readonly string[]): Promise<FoundRuns> {
  const places = await Promise.all(roots.map(withoutLinks));
  const search = new Search(places.filter((place) => place !== undefined));
  const names = roots.length === 1 ? [""] : nameFolders(roots);
  for (const [i, place] of places.entries()) {
    if (place === undefined) search.remarks.push(`${roots[i]} is not there, or cannot be read.`);
    else await search.look(place, names[i]!);
  }
  return search.result();
}

/** Where a path leads; undefined where that cannot be told, as of a link to nothing. */
async function withoutLinks(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

/** Whether a path without links is one of some folders, or lies in one. */
export function liesIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep));
}

class Search {
  readonly remarks: string[] = [];
  readonly #inside: readonly string[];
  readonly #seen = new Set<string>();
  readonly #runs: FoundRun[] = [];
  #leadingOut = 0;

  constructor(inside: readonly string[]) {
    this.#inside = inside;
  }

  /** @param path without links */
  async look(path: string, name: string): Promise<void> {
    if (this.#seen.has(path) || this.#seen.size >= MOST_FOLDERS) return;
    this.#seen.add(path);
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      this.remarks.push(`${path} cannot be read.`);
      return;
    }
    const isRun = entries.some((entry) => MARKS.has(entry.name));
    if (isRun) this.#runs.push({ path, name: name || basename(path) });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      // Of a run that stands there, its shards tell nothing more.
      if (entry.name.startsWith(".") || entry.name === PASSED_OVER || (isRun && isJobFolder(entry.name))) continue;
      const below = join(path, entry.name);
      if (entry.isDirectory()) await this.look(below, name === "" ? entry.name : `${name}/${entry.name}`);
      // Where it leads inside, that folder is come by anyway.
      else if (entry.isSymbolicLink() && (await this.#leadsOut(below))) this.#leadingOut += 1;
    }
  }

  async #leadsOut(link: string): Promise<boolean> {
    const place = await withoutLinks(link);
    return place !== undefined && !liesIn(this.#inside, place) && (await isFolder(place));
  }

  result(): FoundRuns {
    const count = this.#leadingOut;
    const links =
      count === 1 ? "1 link leads out of what is served and is" : `${count} links lead out of what is served and are`;
    const remarks = [
      ...this.remarks,
      ...(count > 0 ? [`${links} not followed.`] : []),
      ...(this.#seen.size >= MOST_FOLDERS ? [`Only ${MOST_FOLDERS} folders were looked at.`] : []),
    ];
    return { runs: this.#runs.sort((a, b) => (a.name < b.name ? -1 : 1)), remarks, inside: this.#inside };
  }
}

/**
 * What shows whether a run's files are others than before: sizes, times and places on the disk.
 * @param path of the run
 * @param inside where links may lead
 * @returns undefined where a file is a link that leads elsewhere
 */
export async function stampRun(path: string, inside: readonly string[]): Promise<string | undefined> {
  const parts: string[] = [];
  for (const file of Object.values(RUN_FILES)) {
    const own = await lstat(join(path, file)).catch(() => undefined);
    const isLink = own?.isSymbolicLink() === true;
    if (isLink && !liesIn(inside, (await withoutLinks(join(path, file))) ?? "")) return undefined;
    const found = isLink ? await stat(join(path, file)).catch(() => undefined) : own;
    parts.push(found ? `${found.size}-${found.mtimeMs}-${found.ino}` : "none");
  }
  return parts.join(" ");
}
