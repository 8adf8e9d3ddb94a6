import { PairDrafts } from "./pair-drafts.js";
import { readTar } from "./tar-entries.js";

/** An image with the text beside it on a web page. */
export interface WebPair {
  /** The shard and the key in it. */
  readonly id: string;
  readonly text: string;
  /** The image file's bytes. */
  readonly image: Buffer;
}

/** Something that could not be read and is passed over: what, and why. */
export type OnFault = (where: string, problem: string) => void;

/** What an error says that begins with its place, for one who names the place: `a.jpg: cut short` of `a.jpg`. */
export function withoutPlace(message: string, place: string): string {
  return message.startsWith(place) ? message.slice(place.length).replace(/^[:,]?\s+/, "") : message;
}

const IMAGES = new Set(["jpg", "jpeg", "png", "webp"]);
const TEXTS = new Set(["txt", "json"]);

/** In bytes: no photograph of the web is longer. */
const LONGEST_IMAGE = 1 << 27;
/** In bytes: what img2dataset writes beside an image, EXIF included. */
const LONGEST_TEXT = 1 << 24;

/**
 * The pairs of a WebDataset shard as img2dataset writes it: entries `KEY.jpg` with `KEY.txt` or, without one, the
 * `caption` of `KEY.json`. Entries of one key may lie apart, as far as they are found within a window. The archive is
 * read as a stream, never whole.
 *
 * @param onFault called for an entry without its partner or too long, text that is not JSON, and an archive that breaks
 *   off; what it throws ends the reading
 * @throws SimvlmError `missing-file`, `unreadable-file` when the shard cannot be opened, `unsorted-shard` when entries of
 *   one key lie farther apart than the window
 */
export async function* readWebPairs(path: string, onFault: OnFault): AsyncGenerator<WebPair> {
  const drafts = new PairDrafts(path, onFault);
  for await (const entry of readTar(path, mostBytes)) {
    if ("broken" in entry) {
      drafts.dropNewest(); // it may be half of a pair
      onFault(path, `the archive is broken after ${entry.after ?? "its beginning"}: ${entry.broken}`);
      continue;
    }
    const { key, extension } = splitName(entry.name);
    const pair = drafts.begin(key);
    if (pair) yield pair;
    if (!entry.content) onFault(`${path}: ${entry.name}`, `it has ${entry.size} bytes, more than such a file may have`);
    else if (IMAGES.has(extension)) drafts.add(key, { image: entry.content });
    else if (extension === "txt") drafts.add(key, { text: entry.content.toString("utf8") });
    else drafts.add(key, { caption: readCaption(entry.content, `${path}: ${entry.name}`, onFault) });
  }
  const last = drafts.end();
  if (last) yield last;
}

/** How long an entry of this name may be; undefined for one that is part of no pair. */
function mostBytes(name: string): number | undefined {
  const { extension } = splitName(name);
  if (IMAGES.has(extension)) return LONGEST_IMAGE;
  return TEXTS.has(extension) ? LONGEST_TEXT : undefined;
}

/**
 * The key goes up to the first dot of the file's own name; to the last where that alone makes an image or a text of it, as
 * in `photo.v2.jpg`. Others' files, such as `photo.boxes.json`, are none of ours.
 */
function splitName(name: string): { key: string; extension: string } {
  const first = name.indexOf(".", name.lastIndexOf("/") + 1);
  if (first < 0) return { key: name, extension: "" };
  const splitAt = (dot: number) => ({ key: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() });
  const atLast = splitAt(name.lastIndexOf("."));
  return IMAGES.has(atLast.extension) || atLast.extension === "txt" ? atLast : splitAt(first);
}

function readCaption(content: Buffer, where: string, onFault: OnFault): string | undefined {
  let caption: unknown;
  try {
    caption = (JSON.parse(content.toString("utf8")) as { caption?: unknown } | null)?.caption;
  } catch (error) {
    onFault(where, `not JSON: ${(error as Error).message}`);
  }
  return typeof caption === "string" ? caption : undefined;
}
