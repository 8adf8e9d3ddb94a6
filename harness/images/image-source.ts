import { stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { openFile } from "../files/open-file.js";

/** The path of a picture file, or its bytes and the name that messages call them by. */
export type ImageSource = string | { readonly name: string; readonly bytes: Uint8Array };

/** What messages call a picture: its path, or the name given with its bytes. */
export function imageName(source: ImageSource): string {
  return typeof source === "string" ? source : source.name;
}

/** In bytes: no photograph is longer, unpacked bitmaps of 64 million pixels included. */
const LONGEST = 1 << 28;

/** @throws SimvlmError `missing-image` */
export async function readImage(source: ImageSource): Promise<Uint8Array> {
  if (typeof source !== "string") return source.bytes;
  try {
    const file = await openFile(source, LONGEST);
    try {
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SimvlmError("missing-image", `Cannot read the image ${source}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * What is wrong with a picture's path, before anything is loaded; undefined when there is a file.
 */
export async function findPathFault(path: string): Promise<SimvlmError | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return undefined;
  if (found?.isDirectory()) {
    return new SimvlmError("image-is-folder", `${path} is a folder: name the pictures in it, such as ${path}/*.jpg`);
  }
  return new SimvlmError("missing-image", `${path}: there is no such picture. Check the path.`);
}
