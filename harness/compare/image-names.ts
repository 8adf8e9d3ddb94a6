import { join, relative } from "node:path";
import { parseCellPlace } from "../files/parquet-cells.js";
import { findImageRoot } from "../formats/picture-folder.js";
import type { DataFolder } from "../runs/data-folder.js";
import { nameIn } from "../runs/place.js";
import type { TaskData } from "../tasks/task.js";

/** What pictures are called where neither the data's folder nor other folders of this machine are known. */
export interface ImageNames {
  /** The name of the folder that they are named by, seen from the data's. */
  readonly folder: string;
  nameOf(path: string): string;
  pathOf(name: string): string;
}

/** What stands for a folder of pictures that the data's own folder does not give away, wherever it is. */
const ELSEWHERE = "images";

/** Pictures by their places in the data's folder; by those in `images` where they lie where nobody would look. */
export function nameImages(
  { path: folder }: Pick<DataFolder, "path">,
  split: string,
  { imageRoot }: TaskData,
): ImageNames {
  const usual = findImageRoot(folder, split);
  if (imageRoot === undefined || imageRoot === usual) {
    const pathOf = (name: string) => join(folder, name);
    return { folder: nameIn(folder, usual), nameOf: (path) => nameIn(folder, path), pathOf };
  }
  const isInData = (path: string) => parseCellPlace(path) !== undefined;
  return {
    folder: ELSEWHERE,
    nameOf: (path) => (isInData(path) ? nameIn(folder, path) : `${ELSEWHERE}/${nameIn(imageRoot, path)}`),
    pathOf: (name) => (isInData(name) ? join(folder, name) : join(imageRoot, relative(ELSEWHERE, name))),
  };
}
