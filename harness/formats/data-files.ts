import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { fileInside } from "../files/inside.js";
import { describeShape, type FileShape, readShape } from "./file-shape.js";
import { listIds } from "./ids.js";
import { splitNames } from "./split-rows.js";

/** Where in a data set's folder its files lie: right there, or as the official archives unpack. */
const PLACES = ["", "annotations", "Annotations", "annotation", "questions", "Questions", "data"];
/** Of files that may hold a data set. */
const DATA_ENDING = /\.(?:jsonl?|csv|tsv|txt|token|parquet)(?:\.gz)?$/i;
/** Shards as the Hugging Face hub names them, and its converted `SPLIT/0000.parquet`. */
const PARQUET = /^(?:.*[-_/])?SPLIT(?:-\d{5}-of-\d{5}.*|[-_]\d+)?\.parquet$|^(?:.*\/)?SPLIT\/\d{4}\.parquet$/;
const SPLIT_WORD =
  "(?:train|val|valid|validation|dev|test|testdev|minival|trainval|restval)(?:\\d{4})?(?:-dev|-std|-heldout)?";
/** So many files are looked into where none has a name that is known. */
const MOST_LOOKED = 50;

const MOST_NAMED = 8;

/** How a task's files are called. */
export interface DataFileNames {
  /** Names, with `SPLIT` where the split's name stands; the first that exists is taken. */
  readonly names: readonly string[];
  /** What else is taken, by its content, where it is the only such file and names no split. */
  readonly matches?: (shape: FileShape) => boolean;
  /** Whether the hub's Parquet files are taken. */
  readonly parquet?: boolean;
}

/**
 * Finds a split's data in a data set's folder: one file, packed (.gz) or not, or the shards of a set in their order.
 * @throws SimvlmError `unsafe-path` for a split that leads elsewhere, `missing-file` that says what was looked for and
 *   what is there
 */
export async function findDataFiles(folder: string, split: string, wanted: DataFileNames): Promise<string[]> {
  const named = findOptionalDataFile(folder, split, wanted.names);
  if (named !== undefined) return [named];
  const files = await listDataFiles(folder);
  const shards = wanted.parquet ? findShards(files, split) : [];
  if (shards.length > 0) return shards.map((name) => join(folder, name));
  // What lies in any other folder may be of another data set, and without the files that belong to it.
  const own = files.filter(liesInPlace);
  const shapes: FileShape[] = [];
  for (const some of [own.filter((name) => nameSplit(name, split)), own.filter((name) => !nameSplit(name))]) {
    const looked = await Promise.all(some.slice(0, MOST_LOOKED).map((name) => lookAt(join(folder, name))));
    shapes.push(...looked.filter((shape) => shape !== undefined));
    const found = looked.filter((shape) => shape !== undefined && wanted.matches?.(shape));
    if (found.length === 1) return [found[0]!.path];
  }
  throw await missingFile(folder, split, wanted, files, shapes);
}

const liesInPlace = (file: string) => PLACES.includes(dirname(file).replace(/^\.$/, ""));

/** Whether a file's name has a split's name in it: this one's or, if none is given, any. */
function nameSplit(file: string, split?: string): boolean {
  const words = split === undefined ? SPLIT_WORD : splitNames(split).map(escapePattern).join("|");
  return new RegExp(`(?:^|[^a-z])(?:${words})(?:[^a-z]|$)`, "i").test(basename(file));
}

const escapePattern = (name: string) => name.replace(/[^\w-]/g, "\\$&");

/** A file of one of the names, undefined where there is none. */
export function findOptionalDataFile(folder: string, split: string, names: readonly string[]): string | undefined {
  const called = splitNames(split);
  return names
    .flatMap((name) => called.map((one) => name.replace("SPLIT", () => one)))
    .flatMap((name) => PLACES.flatMap((place) => [name, `${name}.gz`].map((file) => join(place, file))))
    .map((name) => fileInside(folder, name, "the split", folder))
    .find((path) => existsSync(path));
}

/** The splits whose files lie in a folder, by their names; with the year where there are files of several. */
export async function listSplits(folder: string, { names, parquet }: DataFileNames): Promise<string[]> {
  const files = await listDataFiles(folder);
  const own = files.filter(liesInPlace).map((name) => basename(name));
  const patterns = [
    ...names
      .filter((name) => name.includes("SPLIT"))
      .map((name) => ({ pattern: new RegExp(`^${toSource(name)}(?:\\.gz)?$`), year: YEAR.exec(name)?.[1] ?? "" })),
    ...(parquet ? [{ pattern: new RegExp(toSource(PARQUET.source, false)), year: "" }] : []),
  ];
  const years = new Map<string, Set<string>>();
  for (const name of [...own, ...files]) {
    const found = patterns.flatMap(({ pattern, year }) => {
      const split = pattern.exec(name)?.slice(1).find(Boolean);
      return split === undefined ? [] : [{ split, year }];
    });
    const [first] = found;
    if (first) years.set(first.split, (years.get(first.split) ?? new Set()).add(first.year));
  }
  return [...years].flatMap(([split, of]) => (of.size === 1 ? [split] : [...of].map((year) => split + year))).sort();
}

/** Of files that are called by their year as well. */
const YEAR = /SPLIT(\d{4})/;

/** A pattern whose `SPLIT` is a split's name, caught. */
function toSource(name: string, isPlain = true): string {
  const source = isPlain ? name.replace(/[.+]/g, "\\$&") : name;
  return source.replaceAll("SPLIT", `(${SPLIT_WORD})`);
}

/** The shards of the first of the folder's sets that has the split. */
function findShards(files: readonly string[], split: string): string[] {
  for (const name of splitNames(split)) {
    const pattern = new RegExp(PARQUET.source.replaceAll("SPLIT", escapePattern(name)));
    const shards = files.filter((file) => pattern.test(file));
    const [first] = shards;
    if (first !== undefined) return shards.filter((file) => setOf(file) === setOf(first)).sort();
  }
  return [];
}

/** What the shards of one set share. */
const setOf = (file: string) => file.replace(/(?:-\d{5}-of-\d{5}.*|[-_]?\d+)?\.parquet$/, "");

/** The data files of a folder and the folders in it, two deep for the hub's configurations. */
async function listDataFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (place: string, deep: number): Promise<void> => {
    const entries = await readdir(join(folder, place), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = place === "" ? entry.name : `${place}/${entry.name}`;
      if (entry.isDirectory() ? false : DATA_ENDING.test(entry.name)) found.push(name);
      else if (entry.isDirectory() && deep > 0) await look(name, deep - 1);
    }
  };
  await look("", 2);
  return found;
}

async function lookAt(path: string): Promise<FileShape | undefined> {
  try {
    return await readShape(path);
  } catch (error) {
    if (error instanceof SimvlmError) return undefined; // its reader would say what is wrong with it
    throw error;
  }
}

/** The folders, other than those that are looked into, with a file called as the task's are. */
function listFoldersBelow(files: readonly string[], split: string, { names }: DataFileNames): string[] {
  const wanted = new Set(names.flatMap((name) => splitNames(split).map((one) => name.replace("SPLIT", () => one))));
  const below = files.filter((file) => !liesInPlace(file) && wanted.has(basename(file).replace(/\.gz$/, "")));
  return [...new Set(below.map((file) => dirname(file)))];
}

async function missingFile(
  folder: string,
  split: string,
  wanted: DataFileNames,
  files: readonly string[],
  shapes: readonly FileShape[],
): Promise<SimvlmError> {
  const looked = listIds(
    wanted.names
      .filter((name) => !(/\d$/.test(split) && /SPLIT\d/.test(name))) // val2014 has its year
      .map((name) => name.replace("SPLIT", () => split)),
    MOST_NAMED,
  );
  const found = await describeFound(folder, split, wanted, files, shapes);
  const parquet = wanted.parquet ? ", SPLIT-00000-of-00001.parquet".replace("SPLIT", split) : "";
  return new SimvlmError(
    "missing-file",
    `${folder} has no file of the split ${split}: looked for ${looked}${parquet} (or .gz), there and in annotations and data. ` +
      `${found}. Check the folder and the name of the split.`,
  );
}

async function describeFound(...[folder, split, wanted, files, shapes]: Parameters<typeof missingFile>) {
  if (!existsSync(folder)) return "There is no such folder";
  const below = listFoldersBelow(files, split, wanted).slice(0, MOST_NAMED);
  if (below.length > 0) return `Below it, ${below.join(", ")} ${below.length > 1 ? "have" : "has"} such a file`;
  const splits = await listSplits(folder, wanted);
  if (splits.length > 0) return `It has the split${splits.length > 1 ? "s" : ""} ${splits.join(", ")}`;
  const described = shapes.slice(0, 3).map((shape) => `${basename(shape.path)} (${describeShape(shape)})`);
  if (described.length > 0) return `It holds ${described.join("; ")}`;
  return files.length > 0 ? `It holds ${listIds(files)}` : "It holds no data files";
}
