import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LoadedImage } from "../../../harness/images/load-image.js";
import { createRandom } from "../../../harness/random.js";
import { TrainingPictures } from "../../../harness/training/training-pictures.js";

const preparation = { framing: { kind: "stretch", size: 24 } } as const;
const PICTURES = ["fixtures/images/beach.jpg", "fixtures/images/street.png"];
const ONE = 4 * 3 * 24 * 24;

const pixels = (loaded: readonly LoadedImage[]) => loaded.map((each) => (each.ok ? each.image.data : each.error.code));

describe("the pictures of a training", () => {
  it("are kept where no crop is left to chance, and are what they would be anew", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pictures-"));
    const file = join(folder, "a.jpg");
    await copyFile(PICTURES[0]!, file);
    const pictures = new TrainingPictures(preparation, 1);
    const first = pixels(await pictures.load([file, PICTURES[1]!, file], createRandom(1)));
    await rm(file);
    const second = pixels(await pictures.load([PICTURES[1]!, file], createRandom(2)));
    expect(second).toEqual([first[1], first[0]]);
    const anew = new TrainingPictures(preparation, 1);
    expect(pixels(await anew.load([PICTURES[0]!], createRandom(3)))).toEqual([first[0]]);
  });

  it("are known by their bytes, not by a name that another has, too", async () => {
    const [a, b] = await Promise.all(PICTURES.map((path) => readFile(path)));
    const pictures = new TrainingPictures(preparation, 1);
    const [one] = pixels(await pictures.load([{ name: "key", bytes: a! }], createRandom(1)));
    const [other] = pixels(await pictures.load([{ name: "key", bytes: b! }], createRandom(1)));
    expect(other).not.toEqual(one);
  });

  it("are kept as far as there is room", async () => {
    const folder = await mkdtemp(join(tmpdir(), "pictures-"));
    const files = [join(folder, "a.jpg"), join(folder, "b.png")];
    for (const [i, path] of PICTURES.entries()) await copyFile(path, files[i]!);
    const pictures = new TrainingPictures(preparation, 1, ONE + 1);
    const before = pixels([
      ...(await pictures.load([files[0]!], createRandom(1))),
      ...(await pictures.load([files[1]!], createRandom(1))),
    ]);
    for (const path of files) await rm(path);
    expect(pixels(await pictures.load(files, createRandom(1)))).toEqual([before[0], "missing-image"]);
  });

  it("are cropped anew each time where crops are smaller than they", async () => {
    const pictures = new TrainingPictures(preparation, 0.5);
    const [one] = pixels(await pictures.load([PICTURES[0]!], createRandom(1)));
    const [other] = pixels(await pictures.load([PICTURES[0]!], createRandom(2)));
    expect(other).not.toEqual(one);
  });
});
