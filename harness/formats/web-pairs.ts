import type { Readable } from "node:stream";
import { SimvlmError } from "@simvlm/metrics";
import { streamFile } from "../files/open-file.js";
import { isParquet } from "../files/parquet.js";
import type { RemoteVersion } from "../network/remote-request.js";
import type { GeneralFormat } from "./format.js";
import { PairDrafts } from "./pair-drafts.js";
import { type PairColumns, readParquetPairs } from "./parquet-pairs.js";
import { readTar } from "./tar-entries.js";
import type { OnFault, WebPair } from "./web-pair.js";

const IMAGES = new Set(["jpg", "jpeg", "png", "webp"]);
const TEXTS = new Set(["txt", "json"]);

/** In bytes: no photograph of the web is longer. */
const LONGEST_IMAGE = 1 << 27;
/** In bytes: what img2dataset writes beside an image, EXIF included. */
const LONGEST_TEXT = 1 << 24;

/** See {@link GeneralFormat}. */
export const TAR_PAIRS_FORMAT: GeneralFormat = {
  name: "WebDataset's tars, as img2dataset writes them",
  recognisedBy: "entries `KEY.jpg` (or png, webp) with `KEY.txt`, or a `caption` in `KEY.json`",
  example: "00000.tar, or train-{00000..00012}.tar.gz",
};

/** Shards that lie elsewhere. */
export interface RemoteShards {
  /** Whether a name is that of one of them. */
  has(name: string): boolean;
  /** Its bytes, from the first on. */
  open(name: string): Readable;
  /** What its server says that it is; undefined of one that has not been read. What has no length may be cut off unnoticed. */
  versionOf(name: string): RemoteVersion | undefined;
  /** The same, whose reading a signal ends: it throws; so does what `onVersion` throws, which is called before each first byte. */
  until(signal: AbortSignal, onVersion?: (name: string, version: RemoteVersion) => void): RemoteShards;
}

/**
 * The pairs of a shard, read as a stream, never whole: WebDataset's tar as img2dataset writes it, packed or not, or Parquet
 * as the Hugging Face hub serves it. In a tar they are entries `KEY.jpg` with `KEY.txt` or, without one, the `caption` of
 * `KEY.json`; entries of one key may lie apart, as far as they are found within a window.
 *
 * @param onFault called for an entry without its partner or too long, text that is not JSON, and an archive that breaks
 *   off; what it throws ends the reading
 * @param columns of Parquet, where they are not the only ones that can be meant
 * @param remote shards that are no files of this machine: tars
 * @throws SimvlmError `missing-file`, `unreadable-file` when the shard cannot be opened, `unsorted-shard` when entries of
 *   one key lie farther apart than the window, and what {@link readParquetPairs} and `remote` throw;
 *   `storage-unavailable` when a remote shard breaks off that may be whole at another time
 */
export async function* readWebPairs(
  path: string,
  onFault: OnFault,
  columns?: PairColumns,
  remote?: RemoteShards,
): AsyncGenerator<WebPair> {
  if (remote?.has(path))
    yield* readTarPairs(path, remote.open(path), onFault, () => isUnmeasured(remote.versionOf(path)));
  else if (path.endsWith(".parquet") || (await isParquet(path))) yield* readParquetPairs(path, onFault, columns);
  else yield* readTarPairs(path, await streamFile(path), onFault);
}

const isUnmeasured = (version: RemoteVersion | undefined): boolean =>
  version !== undefined && version.length === undefined;

/** @param mayBeCut whether an archive that breaks off may be whole at another time */
async function* readTarPairs(
  path: string,
  source: Readable,
  onFault: OnFault,
  mayBeCut = () => false,
): AsyncGenerator<WebPair> {
  const drafts = new PairDrafts(path, onFault);
  for await (const entry of readTar(source, mostBytes, mayBeCut)) {
    if ("broken" in entry) {
      if (mayBeCut()) throw brokenOff(path, entry.broken);
      drafts.dropNewest(); // it may be half of a pair
      onFault(path, entry.broken);
      continue;
    }
    const { key, extension, isDoubtful } = splitName(entry.name);
    const pair = isDoubtful ? undefined : drafts.begin(key);
    if (pair) yield pair;
    const where = `${path}: ${entry.name}`;
    if (!entry.content) onFault(where, `it has ${entry.size} bytes, more than such a file may have`);
    else if (IMAGES.has(extension)) drafts.add(key, { image: entry.content });
    else if (extension === "txt") drafts.add(key, { text: entry.content.toString("utf8") });
    else if (!isDoubtful) drafts.add(key, { caption: readCaption(entry.content, where, onFault) });
    else {
      const caption = readCaption(entry.content, where, () => {});
      if (caption !== undefined) drafts.add(key, { caption, isDoubtful });
    }
  }
  const last = drafts.end();
  if (last) yield last;
}

function brokenOff(path: string, problem: string): SimvlmError {
  return new SimvlmError(
    "storage-unavailable",
    `${path} broke off, or is damaged: ${problem}. Its server does not say how long it is, so nobody can tell. Try again: what was ` +
      "done so far is kept. If it is the same each time, fetch the file and look at it.",
  );
}

/** How long an entry of this name may be; undefined for one that is part of no pair. */
function mostBytes(name: string): number | undefined {
  if (isSystemFile(name)) return undefined;
  const { extension } = splitName(name);
  if (IMAGES.has(extension)) return LONGEST_IMAGE;
  return TEXTS.has(extension) ? LONGEST_TEXT : undefined;
}

/** What macOS puts beside every file that it packs. */
function isSystemFile(name: string): boolean {
  return /(?:^|\/)(?:\._[^/]*|__MACOSX\/.*)$/.test(name);
}

/** Of an entry's name; a key has no leading `./`. */
interface EntryName {
  readonly key: string;
  readonly extension: string;
  /** Whether it is a JSON file that may belong to the key, or be somebody else's. */
  readonly isDoubtful: boolean;
}

/**
 * The key goes up to the last dot: `photo.v2.jpg`, `photo.v2.txt`. Of a JSON file with more dots it may do so, or the file
 * may be something else about a picture, such as `photo.boxes.json`.
 */
function splitName(name: string): EntryName {
  const path = name.replace(/^(?:\.\/)+/, "");
  const start = path.lastIndexOf("/") + 1;
  const last = path.lastIndexOf(".");
  if (last < start) return { key: path, extension: "", isDoubtful: false };
  const extension = path.slice(last + 1).toLowerCase();
  return { key: path.slice(0, last), extension, isDoubtful: extension === "json" && path.indexOf(".", start) < last };
}

/** The fields in which data sets keep what is said of a picture. */
const CAPTION_FIELDS = ["caption", "text", "TEXT", "alt_text"];

function readCaption(content: Buffer, where: string, onFault: OnFault): string | undefined {
  let fields: Readonly<Record<string, unknown>> | null = null;
  try {
    fields = JSON.parse(content.toString("utf8")) as Readonly<Record<string, unknown>> | null;
  } catch (error) {
    onFault(where, `not JSON: ${(error as Error).message}`);
  }
  return CAPTION_FIELDS.map((name) => fields?.[name]).find((value) => typeof value === "string");
}
