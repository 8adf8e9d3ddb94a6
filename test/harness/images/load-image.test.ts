import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type ImageSource, loadImage, loadImages, normalizeImage } from "../../../harness/images/index.js";
import { createRandom } from "../../../harness/random.js";
import { plain, pngBomb, quarters } from "./samples.js";

describe("normalizeImage", () => {
  const image = { width: 2, height: 1, data: Uint8Array.of(0, 255, 51, 102, 204, 153) };

  it("maps to [-1, 1] by default", () => {
    expect(normalizeImage(image)).toEqual({
      width: 2,
      height: 1,
      data: Float32Array.of(-1, 1, -0.6, -0.2, 0.6, 0.2),
    });
  });

  it("takes away the mean of each channel and divides by its deviation", () => {
    const { data } = normalizeImage(image, { mean: [0, 0.5, 0.2], std: [1, 0.25, 0.1] });
    expect(data).toEqual(Float32Array.of(0, 2, 0, 0.4, 1.2, 4));
  });
});

describe("loadImage", () => {
  it("decodes, frames and normalises", async () => {
    const bytes = await plain(255, 0, 51).png().toBuffer();
    const image = await loadImage({ name: "plain", bytes }, { framing: { kind: "stretch", size: 3 } });
    expect([image.width, image.height, image.data.length]).toEqual([3, 3, 27]);
    expect(image.data.slice(12, 15)).toEqual(Float32Array.of(1, -1, -0.6));
  });
});

describe("loadImages", () => {
  let sources: ImageSource[];
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "images-"));
    const jpeg = await quarters().jpeg().toBuffer();
    await writeFile(join(folder, "good.jpg"), jpeg);
    await writeFile(join(folder, "cut.jpg"), jpeg.subarray(0, jpeg.length / 2));
    await writeFile(join(folder, "text.jpg"), "not a picture");
    await writeFile(join(folder, "bomb.png"), await pngBomb(50_000, 50_000));
    const files = ["good.jpg", "cut.jpg", "missing.jpg", "text.jpg", "bomb.png", "good.jpg"];
    sources = [...files.map((file) => join(folder, file)), { name: "shard.tar/00001", bytes: jpeg }];
  });

  it("gives each picture or its error, in order", async () => {
    const results = await loadImages(sources);
    expect(results.map((result) => (result.ok ? "ok" : result.error.code))).toEqual([
      "ok",
      "broken-image",
      "missing-image",
      "broken-image",
      "image-too-large",
      "ok",
      "ok",
    ]);
    for (const [i, result] of results.entries()) {
      const source = sources[i]!;
      expect(result.name).toBe(typeof source === "string" ? source : source.name);
      if (!result.ok) expect(result.error.message).toContain(result.name);
    }
    const pictures = results.flatMap((result) => (result.ok ? [result.image] : []));
    expect(pictures[1]).toEqual(pictures[0]);
    expect(pictures[2]).toEqual(pictures[0]);
  });

  it("gives the same crops whatever the concurrency and its neighbours, and others for another seed", async () => {
    const crops = async (from: readonly ImageSource[], seed: number, concurrency: number) => {
      const framing = { kind: "random-crop", size: 16, random: createRandom(seed) } as const;
      const results = await loadImages(from, { framing, concurrency });
      return results.map((result) => (result.ok ? [...result.image.data] : result.error.code));
    };
    const one = await crops(sources, 1, 1);
    expect(await crops(sources, 1, 5)).toEqual(one);
    expect(one[5]).not.toEqual(one[0]);
    expect(await crops(sources, 2, 1)).not.toEqual(one);
    expect(await crops(sources.slice(0, 3), 1, 2)).toEqual(one.slice(0, 3));
  });

  it("gives nothing for nothing", async () => {
    expect(await loadImages([])).toEqual([]);
  });

  it("throws for a wrong option, which is no picture's fault", async () => {
    await expect(loadImages(sources, { concurrency: 0 })).rejects.toMatchObject({ code: "bad-option" });
    const framing = { kind: "stretch", size: 0 } as const;
    await expect(loadImages(sources, { framing })).rejects.toMatchObject({ code: "bad-option" });
  });
});
