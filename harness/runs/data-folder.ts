import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { readBytes } from "../files/bytes.js";
import { hashFile } from "../files/hash.js";
import type { Task, TaskData, TaskSettings } from "../tasks/task.js";

/** A data set's folder as one command looks at it: examples are read once, and files hashed once. */
export class DataFolder {
  /** Where the data set lies, as it was given. */
  readonly path: string;
  /** The folder of the pictures, where it is another. */
  readonly images: string | undefined;
  readonly #keepsBytes: boolean;
  readonly #loaded = new Map<string, Promise<TaskData>>();
  readonly #bytes = new Map<string, Promise<Buffer>>();
  readonly #hashes = new Map<string, Promise<string>>();

  /**
   * @param path where the data set lies
   * @param options `keepsBytes`: whether files stay in memory once they have been hashed, because they will be embedded;
   *   `images`: where the pictures lie, if that was said
   */
  constructor(
    path: string,
    { keepsBytes = false, images }: { keepsBytes?: boolean; images?: string | undefined } = {},
  ) {
    this.path = path;
    this.images = images;
    this.#keepsBytes = keepsBytes;
  }

  /** What {@link Task.load} gives; for the same settings it is asked once. */
  load(task: Task, settings: TaskSettings): Promise<TaskData> {
    const given = Object.entries(settings).filter(([, value]) => value !== undefined);
    return remember(this.#loaded, JSON.stringify([task.name, given.sort()]), () =>
      task.load(this.path, { ...settings, images: this.images }),
    );
  }

  /**
   * SHA-256 of a file, in hex.
   * @throws SimvlmError `unreadable-file`
   */
  hash(file: string): Promise<string> {
    return remember(this.#hashes, file, async () => {
      if (this.#keepsBytes && (await isShort(file)))
        return createHash("sha256")
          .update(await this.read(file))
          .digest("hex");
      return hashFile(file).catch(refuseUnreadable);
    });
  }

  /**
   * A file's bytes.
   * @throws SimvlmError `unreadable-file`, `too-long` for one that is not to be embedded
   */
  read(file: string): Promise<Buffer> {
    const read = async () => {
      if (this.#keepsBytes && !(await isShort(file))) throw tooLong(file);
      return readBytes(file).catch(refuseUnreadable);
    };
    return this.#keepsBytes ? remember(this.#bytes, file, read) : read();
  }
}

/** In bytes: a report that embeds longer files could not be opened. */
const LONGEST_KEPT = 2 ** 28;

async function isShort(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined); // whoever reads it says what is wrong
  return !found || found.size <= LONGEST_KEPT;
}

function tooLong(file: string): SimvlmError {
  return new SimvlmError(
    "too-long",
    `${file} has more than ${LONGEST_KEPT} bytes: a report holds its data files, and none that is so long. ` +
      "Compare the runs without a report, or make them of smaller files.",
  );
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Data that are not there, or no files: for a run, both are data that it cannot read. */
function refuseUnreadable(cause: Error): never {
  throw new SimvlmError("unreadable-file", cause.message, { cause }); // which begins with the path
}
