import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { homeFolder } from "../../files/home.js";
import { listSitePackages } from "../python-packages.js";
import { entryOf, fileAt, isFile, type SourceFile } from "../source-file.js";
import { ZipArchive } from "../zip-archive.js";
import { CORENLP, jarName, LIBRARIES, type MavenJar, NASHORN, repositoryPath, SPICE_JAR } from "./jars.js";

/** Jars by their names, wherever they lie. */
export type JarSources = ReadonlyMap<string, SourceFile>;

/** SPICE's jars, the libraries beside them and CoreNLP, as far as they were found; and what gives an archive free. */
export interface SpiceSources {
  readonly jars: JarSources;
  close(): void;
}

/** Where SPICE lies in a folder that one would name: its own, pycocoevalcap's, that of Python's packages. */
const BELOW = ["", "spice", "pycocoevalcap/spice"];

/**
 * Finds SPICE in an installed pycocoevalcap, the environment it is installed in, its wheel, or a folder with its jar and
 * `lib`; and what it needs beside that in the given folders, in that `lib`, and in Maven's local repository.
 * @param folders with the jars of CoreNLP and of the JavaScript engine, side by side or as Maven keeps them
 * @throws SimvlmError `no-spice-data`, `no-corenlp`, `missing-folder`, `broken-zip`, `missing-file`
 */
export async function findSpiceJars(from: string, folders: readonly string[]): Promise<SpiceSources> {
  for (const folder of folders) await requireFolder(folder);
  const place = await findSpice(from);
  try {
    const jars = new Map<string, SourceFile>();
    for (const name of [SPICE_JAR, ...LIBRARIES]) {
      const found = await place.find(name);
      if (!found) throw noSpice(from, name);
      jars.set(name, found);
    }
    const places = [...folders.map(folderPlace), place, folderPlace(join(homeFolder(), ".m2"))];
    for (const jar of [...CORENLP, ...NASHORN]) {
      const found = await firstOf(places, jar);
      if (found) jars.set(jarName(jar), found);
    }
    const missing = CORENLP.map(jarName).find((name) => !jars.has(name));
    if (missing !== undefined) throw noCorenlp(missing, [...folders, from]);
    return { jars, close: () => place.close() };
  } catch (error) {
    place.close();
    throw error;
  }
}

/** Where jars may lie. */
interface Place {
  /** @param repository where Maven would have put it */
  find(name: string, repository?: string): Promise<SourceFile | undefined>;
  close(): void;
}

/** A folder of jars, or one of Maven's. */
function folderPlace(folder: string): Place {
  return {
    async find(name, repository) {
      const deep = repository === undefined ? [] : [repository, join("repository", repository)];
      for (const each of [name, join("lib", name), ...deep]) {
        const found = await fileAt(join(folder, each));
        if (found) return found;
      }
      return undefined;
    },
    close() {},
  };
}

function archivePlace(archive: ZipArchive): Place {
  return {
    async find(name) {
      const entry = archive.find(`spice/${name}`) ?? archive.find(`spice/lib/${name}`);
      return entry === undefined ? undefined : entryOf(archive, entry);
    },
    close: () => archive.close(),
  };
}

async function findSpice(path: string): Promise<Place> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) {
    const installed = (await listSitePackages(path)).map((packages) => join(packages, "pycocoevalcap/spice"));
    for (const folder of [...BELOW.map((below) => join(path, below)), ...installed]) {
      if (await isFile(join(folder, SPICE_JAR))) return folderPlace(folder);
    }
    throw noSpice(path, SPICE_JAR);
  }
  const archive = await ZipArchive.open(path);
  if (archive.find(`spice/${SPICE_JAR}`) !== undefined) return archivePlace(archive);
  archive.close();
  const beside = folderPlace(dirname(path)); // the jar itself was named
  if (path.endsWith(SPICE_JAR)) return beside;
  throw noSpice(path, SPICE_JAR);
}

async function firstOf(places: readonly Place[], jar: MavenJar): Promise<SourceFile | undefined> {
  for (const place of places) {
    const found = await place.find(jarName(jar), repositoryPath(jar));
    if (found) return found;
  }
  return undefined;
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new SimvlmError(
    "missing-folder",
    `${folder} is no folder: name one that has the jars of CoreNLP, or Maven's repository.`,
  );
}

function noSpice(path: string, name: string): SimvlmError {
  return new SimvlmError(
    "no-spice-data",
    `${path} is no SPICE: it has no ${name}. Name an installed pycocoevalcap or its wheel (\`pip download pycocoevalcap==1.2\`).`,
  );
}

function noCorenlp(name: string, looked: readonly string[]): SimvlmError {
  return new SimvlmError(
    "no-corenlp",
    `SPICE needs Stanford CoreNLP 3.6.0 and its models, and ${name} is neither in ${looked.join(", ")} nor in Maven's repository in your home folder. Maven fetches it (edu.stanford.nlp:stanford-corenlp:3.6.0, and the same with the classifier models; 385 MB), pycocoevalcap does when it is first used.`,
  );
}
