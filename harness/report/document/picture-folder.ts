import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { SimvlmError } from "@simvlm/metrics";
import { findDestination } from "../../files/destination.js";
import { draftOf, sweepDrafts } from "../../files/drafts.js";
import { makeFolder } from "../../files/folders.js";
import { hashText } from "../../files/hash.js";
import { attemptWrite } from "../../files/system-error.js";
import { addressBeside, pictureFolder } from "../picture-address.js";

/** Pictures are called by their content, so that one of that name is the same. */
const PICTURE = /^[0-9a-f]{64}\.jpg$/;

/** The pictures of a page, in a folder beside it: whoever opens the page finds them there, at any time. */
export class PictureFolder {
  /** Where it lies. */
  readonly path: string;
  readonly #draft: string;
  readonly #written = new Set<string>();

  private constructor(path: string) {
    this.path = path;
    this.#draft = draftOf(path, "draft");
  }

  /**
   * Begins to write the pictures of a page: until {@link putInPlace} nothing of it is to be seen.
   * @param page its file
   * @throws SimvlmError `cannot-write` where a folder of that name holds something else
   */
  static async begin(page: string): Promise<PictureFolder> {
    const { path } = await findDestination(page);
    const folder = new PictureFolder(join(dirname(path), pictureFolder(basename(path))));
    const others = (await listFolder(folder.path)).filter((name) => !PICTURE.test(name));
    if (others.length > 0) {
      throw new SimvlmError(
        "cannot-write",
        `${folder.path} holds ${others[0]}, which is no picture of a report. Move it away, or give the report another name.`,
      );
    }
    await sweepDrafts(dirname(folder.path), basename(folder.path));
    await attemptWrite(folder.path, () => mkdir(folder.#draft));
    return folder;
  }

  /** Keeps a picture. @returns its address, seen from the page */
  async keep(jpeg: Uint8Array): Promise<string> {
    const file = `${hashText(jpeg)}.jpg`;
    if (!this.#written.has(file)) {
      this.#written.add(file);
      const path = join(this.#draft, file);
      await attemptWrite(path, () => writeFile(path, jpeg));
    }
    return addressBeside(basename(this.path), file);
  }

  /** Puts all pictures where the page looks for them, beside those of a page that stands there still. */
  async putInPlace(): Promise<void> {
    await makeFolder(this.path);
    await attemptWrite(this.path, async () => {
      for (const file of this.#written) await rename(join(this.#draft, file), join(this.path, file));
    });
  }

  /** Removes pictures that the page does not show: once it stands there, and none is left of one before it. */
  async removeOthers(): Promise<void> {
    const others = (await listFolder(this.path)).filter((name) => PICTURE.test(name) && !this.#written.has(name));
    for (const name of others) await rm(join(this.path, name), { force: true }).catch(() => {}); // in nobody's way
  }

  /** Removes what was written and not put in place. */
  async close(): Promise<void> {
    await rm(this.#draft, { recursive: true, force: true });
  }
}

/**
 * Calls `write` with the folder for a page's pictures, and leaves nothing behind that it has not put in place.
 * @throws SimvlmError what {@link PictureFolder.begin} and `write` throw
 */
export async function withPictureFolder<T>(page: string, write: (folder: PictureFolder) => Promise<T>): Promise<T> {
  const folder = await PictureFolder.begin(page);
  try {
    return await write(folder);
  } finally {
    await folder.close();
  }
}

async function listFolder(path: string): Promise<string[]> {
  return attemptWrite(path, () =>
    readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    }),
  );
}
