import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { explore } from "../../../harness/attention/explore.js";
import { averageAttention, poolWords } from "../../../harness/attention/word-attention.js";
import { loadImage } from "../../../harness/images/load-image.js";
import { openCheckpoint } from "../../../harness/models/family-registry.js";
import { withPreprocessing } from "../../../harness/models/preprocessing.js";
import { ownCaptioners } from "../../captioners/golden.js";

/** Wide and high photographs, and one that lies on its side until it is turned as its file says. */
async function makePictures(): Promise<ReadonlyMap<string, Uint8Array>> {
  const cut = (width: number, height: number) =>
    sharp("fixtures/images/beach.jpg").extract({ left: 20, top: 5, width, height });
  return new Map([
    ["wide", await cut(100, 60).png().toBuffer()],
    ["high", await cut(50, 90).png().toBuffer()],
    ["turned", await cut(100, 60).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer()],
  ]);
}

const pictures = makePictures();
const captioners = ownCaptioners().filter((captioner) => captioner.cases().length > 0);
const quick = { methods: [], control: false, decoding: { maxLength: 6 } } as const;

describe.each(captioners.map(({ name, checkpoint }) => [name, checkpoint] as const))("%s", (name, checkpoint) => {
  const prompt = name.endsWith("vqa") ? "is there a boat?" : "";

  test.each(["reference", "upright"] as const)("what is shown is what the model saw: %s", async (preprocessing) => {
    const model = withPreprocessing(await openCheckpoint(checkpoint), preprocessing);
    for (const [kind, bytes] of await pictures) {
      const source = { name: kind, bytes };
      const { picture } = await explore(model, source, { ...quick, prompt });
      const side = model.preparation.framing.size;
      const { data: pixels } = await loadImage(source, model.preparation);
      const { data: shown } = await sharp(picture.data, {
        raw: { width: picture.width, height: picture.height, channels: 3 },
      })
        .resize({ width: side, height: side, fit: "fill" })
        .raw()
        .toBuffer({ resolveWithObject: true });
      // Pixels are compared by how they go together: whatever they are normalised by, and another filter may enlarge them.
      expect(correlate(pixels, shown), kind).toBeGreaterThan(0.97);
    }
  });

  test("a word's shares on picture, class token, prompt and own text add up to 1", async () => {
    const model = await openCheckpoint(checkpoint);
    const { attention, words } = await explore(model, "fixtures/images/beach.jpg", { ...quick, prompt });
    const pooled = poolWords(averageAttention(attention), attention, words);
    expect(pooled.length).toBeGreaterThan(0);
    for (const { image, prompt: onPrompt, suffix, classToken, map } of pooled) {
      expect(image + onPrompt + suffix + classToken!).toBeCloseTo(1, 5);
      expect(map.reduce((sum, share) => sum + share, 0)).toBeCloseTo(image, 5);
      expect([onPrompt > 0, suffix > 0]).toEqual([name === "git-vqa", name.startsWith("git")]);
    }
  });
});

/** Pearson's coefficient. */
function correlate(a: Float32Array, b: Uint8Array): number {
  const mean = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0) / a.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  a.forEach((value, at) => {
    ab += (value - ma) * (b[at]! - mb);
    aa += (value - ma) ** 2;
    bb += (b[at]! - mb) ** 2;
  });
  return ab / Math.sqrt(aa * bb);
}
