import { createReadStream } from "node:fs";
import { SimvlmError } from "@simvlm/metrics";
import { extract } from "tar-stream";

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

const IMAGES = new Set(["jpg", "jpeg", "png", "webp"]);

interface Draft {
  readonly key: string;
  text?: string;
  caption?: string;
  image?: Buffer;
}

/**
 * The pairs of a WebDataset shard as img2dataset writes it: entries `KEY.jpg` with `KEY.txt` or, without one, the
 * `caption` of `KEY.json`; entries of one key stand together. The archive is read as a stream, never whole.
 *
 * @param onFault called for an entry without its partner, text that is not JSON, and an archive that breaks off
 * @throws SimvlmError `missing-file` when the shard cannot be opened
 */
export async function* readWebPairs(path: string, onFault: OnFault): AsyncGenerator<WebPair> {
  const archive = extract();
  const source = createReadStream(path);
  let missing: Error | undefined;
  source.on("error", (error) => {
    missing = error;
    archive.destroy(error);
  });
  source.pipe(archive);
  let draft: Draft | undefined;
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
      if (type !== "file" || dot < 0) {
        entry.resume();
        continue;
      }
      const [key, extension] = [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
      const content = await readAll(entry);
      if (draft && draft.key !== key) {
        const pair = finish(draft, path, onFault);
        if (pair) yield pair;
        draft = undefined;
      }
      draft ??= { key };
      take(draft, extension, content, path, onFault);
    }
  } catch (error) {
    if (missing) {
      throw new SimvlmError("missing-file", `${path} cannot be read: ${missing.message}. Check the path.`, {
        cause: missing,
      });
    }
    onFault(path, `the archive is broken after ${draft?.key ?? "its beginning"}: ${(error as Error).message}`);
    draft = undefined; // it may be half of a pair
  } finally {
    source.destroy();
  }
  const last = draft && finish(draft, path, onFault);
  if (last) yield last;
}

async function readAll(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function take(draft: Draft, extension: string, content: Buffer, path: string, onFault: OnFault): void {
  if (IMAGES.has(extension)) draft.image = content;
  else if (extension === "txt") draft.text = content.toString("utf8");
  else if (extension === "json") {
    try {
      const { caption } = JSON.parse(content.toString("utf8")) as { caption?: unknown };
      if (typeof caption === "string") draft.caption = caption;
    } catch (error) {
      onFault(`${path}: ${draft.key}.json`, `not JSON: ${(error as Error).message}`);
    }
  }
}

function finish({ key, text, caption, image }: Draft, path: string, onFault: OnFault): WebPair | undefined {
  const words = (text ?? caption)?.trim();
  if (image && words) return { id: `${path}: ${key}`, text: words, image };
  onFault(`${path}: ${key}`, image ? "an image without text" : "a text without image");
  return undefined;
}
