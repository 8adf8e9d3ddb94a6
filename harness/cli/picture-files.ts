import { stat } from "node:fs/promises";
import { SimvlmError } from "@simvlm/metrics";

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
