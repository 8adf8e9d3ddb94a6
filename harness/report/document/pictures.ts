import { existsSync } from "node:fs";
import { listIds } from "../../datasets/list-ids.js";
import { fileInside } from "../../files/inside.js";

/** Thumbnails by the pictures' names, and which of them there are none of. */
export async function collectPictures(
  names: readonly string[],
  folder: string,
): Promise<{ pictures: Record<string, string>; remarks: string[] }> {
  const { default: sharp } = await import("sharp");
  const pictures: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const path = fileInside(folder, name, "the data");
    const bytes = existsSync(path)
      ? await sharp(path)
          .rotate()
          .resize(96, 96, { fit: "inside" })
          .jpeg({ quality: 80 })
          .toBuffer()
          .catch(() => undefined)
      : undefined;
    if (bytes) pictures[name] = `data:image/jpeg;base64,${bytes.toString("base64")}`;
    else missing.push(name);
  }
  const remarks =
    missing.length > 0 ? [`Not shown, because they are not there or cannot be read: ${listIds(missing)}.`] : [];
  return { pictures, remarks };
}
