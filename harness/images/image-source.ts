import { stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";
import { readBytes, readStart } from "../files/bytes.js";
import { requireFile } from "../files/open-file.js";
import { holdingFile, parseCellPlace, readCell } from "../files/parquet-cells.js";
import { FORMAT_START, requireFormat } from "./image-format.js";

/** The path of a picture file, or the place of one in Parquet (`test.parquet#image[12]`); or its bytes and the name that messages call them by. */
export type ImageSource = string | { readonly name: string; readonly bytes: Uint8Array };

/** What messages call a picture: its path, or the name given with its bytes. */
export function imageName(source: ImageSource): string {
  return typeof source === "string" ? source : source.name;
}

/** In bytes: no photograph is longer, unpacked bitmaps of 64 million pixels included. */
const LONGEST = 1 << 28;

/** @throws SimvlmError `missing-image`, `lfs-pointer` */
export async function readImage(source: ImageSource): Promise<Uint8Array> {
  if (typeof source !== "string") return source.bytes;
  const place = parseCellPlace(source);
  try {
    return await (place ? readCell(place) : readBytes(source, LONGEST));
  } catch (cause) {
    if (cause instanceof SimvlmError && cause.code === "lfs-pointer") throw cause;
    // Errors of ours begin with the path.
    const fault = (await findPathFault(source)) ?? (cause instanceof SimvlmError ? cause : undefined);
    const message = fault?.message ?? `${source} cannot be read: ${(cause as Error).message}`;
    throw new SimvlmError("missing-image", message, { cause });
  }
}

/**
 * As many bytes of a picture as show of what kind it is.
 * @throws SimvlmError `missing-file`, `unreadable-file`, `lfs-pointer`, and what `readCell` throws
 */
export async function readImageStart(path: string): Promise<Uint8Array> {
  const place = parseCellPlace(path);
  return place ? (await readCell(place)).subarray(0, FORMAT_START) : readStart(path, FORMAT_START);
}

/** What is wrong with a picture, as far as its path and its first bytes show: before anything is loaded. */
export async function findPictureFault(path: string): Promise<SimvlmError | undefined> {
  try {
    const fault = await findPathFault(path);
    if (!fault) requireFormat(await readImageStart(path), path);
    return fault;
  } catch (error) {
    if (error instanceof SimvlmError) return error;
    throw error;
  }
}

async function findPathFault(path: string): Promise<SimvlmError | undefined> {
  const found = await stat(holdingFile(path)).catch(() => undefined);
  if (found?.isDirectory()) {
    return new SimvlmError("image-is-folder", `${path} is a folder: name the pictures in it, such as ${path}/*.jpg`);
  }
  const fault = await requireFile(holdingFile(path)).then(
    () => undefined,
    (error: SimvlmError) => error,
  );
  if (fault?.code === "missing-file") {
    return new SimvlmError("missing-image", `${path}: there is no such picture. Check the path.`);
  }
  return fault && new SimvlmError("missing-image", fault.message, { cause: fault });
}
