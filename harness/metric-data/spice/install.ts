import { join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { replaceFolder } from "../../checkpoints/replace-folder.js";
import { writeFileAtomic } from "../../files/atomic.js";
import { hashText } from "../../files/hash.js";
import { writeStream } from "../../files/write-stream.js";
import type { SourceFile } from "../source-file.js";
import { ZipArchive } from "../zip-archive.js";
import { findSpiceJars, type JarSources } from "./find-jars.js";
import { noNashorn, RECORD, type SpiceRecord, spiceFolder } from "./installed.js";
import { NASHORN_JARS, SCORING_JARS } from "./jars.js";
import { findJava, needsNashorn } from "./java.js";

/** What signatures call the published jars. */
const OFFICIAL = "1.0";
/** The SHA-256 of the names and hashes of the published ones: pycocoevalcap 1.2 with CoreNLP 3.6.0. */
const OFFICIAL_JARS = "69baa7ca5fbeb779009ae641575926bf32e7897c1fd26f3956e26ad8467f5a63";
/** Digits of a hash that tell others apart. */
const SHORT = 8;

/** Where SPICE is installed from. */
export interface SpiceInstallOptions {
  /** Folders with the jars of CoreNLP and of the JavaScript engine; pycocoevalcap's and Maven's are looked at, too. */
  readonly folders?: readonly string[] | undefined;
  /** Is told how many bytes there are to be copied, then how many of them have been. */
  readonly onStart?: ((bytes: number) => (bytes: number) => void) | undefined;
}

/** What was installed. */
export interface InstalledSpice {
  readonly folder: string;
  /** As signatures call it. */
  readonly name: string;
  /** Whether these are the published jars. */
  readonly official: boolean;
  readonly jars: number;
}

/**
 * Keeps SPICE's program in the user's data folder, in place of what is there: whole, or not at all.
 * @param from see {@link findSpiceJars}
 * @throws SimvlmError `no-spice-data`, `no-corenlp`, `no-nashorn`, `broken-zip`, `cannot-write`, `missing-folder`
 */
export async function installSpice(from: string, options: SpiceInstallOptions = {}): Promise<InstalledSpice> {
  const { folders = [], onStart = () => () => {} } = options;
  const sources = await findSpiceJars(from, folders);
  try {
    const names = await chooseJars(sources.jars);
    const files = names.map((name) => [name, sources.jars.get(name)!] as const);
    const onBytes = onStart(files.reduce((sum, [, { size }]) => sum + size, 0));
    const folder = spiceFolder();
    let record: SpiceRecord | undefined;
    await replaceFolder(folder, RECORD, async (draft) => {
      const jars: Record<string, SpiceRecord["jars"][string]> = {};
      for (const [name, file] of files) jars[name] = await copyJar(file, join(draft, name), onBytes);
      record = { format: 1, name: nameJars(jars), jars };
      await writeFileAtomic(join(draft, RECORD), `${JSON.stringify(record, null, 2)}\n`);
    });
    const { name } = record!;
    return { folder, name, official: name === OFFICIAL, jars: names.length };
  } finally {
    sources.close();
  }
}

/** The JavaScript engine where it was found; it may be lacking only where Java has one. */
async function chooseJars(found: JarSources): Promise<string[]> {
  if (NASHORN_JARS.every((name) => found.has(name))) return [...SCORING_JARS, ...NASHORN_JARS];
  const java = await findJava();
  if (needsNashorn(java)) throw noNashorn(java);
  return [...SCORING_JARS];
}

async function copyJar(
  file: SourceFile,
  to: string,
  onBytes: (bytes: number) => void,
): Promise<SpiceRecord["jars"][string]> {
  async function* counted() {
    for await (const chunk of (await file.open()) as AsyncIterable<Buffer>) {
      yield chunk;
      onBytes(chunk.length);
    }
  }
  const written = await writeStream(to, counted());
  const archive = await ZipArchive.open(to).catch((cause: Error) => {
    throw new SimvlmError("broken-zip", `${file.path}: as a jar it is damaged or cut off. Fetch it again.`, { cause });
  });
  archive.close();
  return written;
}

function nameJars(jars: SpiceRecord["jars"]): string {
  const hash = hashText(SCORING_JARS.map((name) => `${name} ${jars[name]!.sha256}\n`).join(""));
  return hash === OFFICIAL_JARS ? OFFICIAL : hash.slice(0, SHORT);
}
