import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { listSitePackages } from "../python-packages.js";
import { entryOf, fileAt, isFile, type SourceFile } from "../source-file.js";
import { ZipArchive } from "../zip-archive.js";
import { WORD_LISTS } from "./word-lists.js";

/** Where METEOR's data were found. */
export interface MeteorSource {
  readonly lists: Readonly<Record<keyof typeof WORD_LISTS, SourceFile>>;
  readonly paraphrases?: SourceFile | undefined;
  close(): void;
}

const JAR = "meteor-1.5.jar";
const PARAPHRASES = "data/paraphrase-en.gz";
/** In bytes: no jar of METEOR's is larger, and no list. */
const LARGEST = 1 << 26;

/** Where METEOR lies in a folder that one would name: its own, pycocoevalcap's, that of Python's packages. */
const BELOW = ["", "meteor", "pycocoevalcap/meteor"];

/**
 * Finds METEOR's data in an installed pycocoevalcap, its wheel, a jar with `data/` beside it, or a folder with the jar's
 * files.
 * @throws SimvlmError `no-meteor-data`, `broken-zip`, `missing-file`, `unreadable-file`
 */
export async function findMeteorSource(path: string): Promise<MeteorSource> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? findInFolder(path) : findInArchive(path);
}

async function findInFolder(path: string): Promise<MeteorSource> {
  const installed = (await listSitePackages(path)).map((packages) => join(packages, "pycocoevalcap/meteor"));
  for (const folder of [...BELOW.map((below) => join(path, below)), ...installed]) {
    if (await isFile(join(folder, JAR))) return findInArchive(join(folder, JAR));
    if (await isFile(join(folder, WORD_LISTS.synsets))) return findUnpacked(folder);
  }
  throw noData(path, `it has neither a ${JAR} nor its ${WORD_LISTS.synsets}`);
}

async function findUnpacked(folder: string): Promise<MeteorSource> {
  const list = async (name: string) => {
    const found = await fileAt(join(folder, name));
    if (found) return found;
    throw noData(folder, `it has no ${name}`);
  };
  return {
    lists: await mapLists(list),
    paraphrases: (await fileAt(join(folder, PARAPHRASES))) ?? (await fileAt(join(folder, basename(PARAPHRASES)))),
    close() {},
  };
}

async function findInArchive(path: string): Promise<MeteorSource> {
  const archive = await ZipArchive.open(path);
  try {
    if (archive.find(WORD_LISTS.synsets) !== undefined) {
      const beside = await fileAt(join(dirname(path), PARAPHRASES));
      return { lists: await listsOf(archive), paraphrases: beside, close: () => archive.close() };
    }
    const name = archive.find(`meteor/${JAR}`);
    if (name === undefined) throw noData(path, `it has neither a ${JAR} nor its ${WORD_LISTS.synsets}`);
    const inside = `${path}, ${name}`;
    const content = await readWhole(entryOf(archive, name));
    const lists = await listsOf(await ZipArchive.open(inside, content));
    const table = archive.find(`meteor/${PARAPHRASES}`);
    return {
      lists,
      paraphrases: table === undefined ? undefined : entryOf(archive, table),
      close: () => archive.close(),
    };
  } catch (error) {
    archive.close();
    throw error;
  }
}

function listsOf(archive: ZipArchive): Promise<MeteorSource["lists"]> {
  return mapLists(async (wanted) => {
    const name = archive.find(wanted);
    if (name !== undefined) return entryOf(archive, name);
    throw noData(archive.path, `it has no ${wanted}`);
  });
}

async function mapLists(find: (name: string) => Promise<SourceFile>): Promise<MeteorSource["lists"]> {
  const found = Object.entries(WORD_LISTS).map(async ([key, name]) => [key, await find(name)] as const);
  return Object.fromEntries(await Promise.all(found)) as MeteorSource["lists"];
}

/** The bytes of a file that has few. @throws SimvlmError `unreadable-file`, `broken-zip` */
export async function readWhole({ path, open }: SourceFile): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST) throw new SimvlmError("unreadable-file", `${path}: no file of METEOR's is that long.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function noData(path: string, why: string): SimvlmError {
  return new SimvlmError(
    "no-meteor-data",
    `${path} is no METEOR 1.5: ${why}. Name an installed pycocoevalcap, its wheel (\`pip download pycocoevalcap==1.2\`), or a ${JAR} with ${PARAPHRASES} beside it.`,
  );
}
