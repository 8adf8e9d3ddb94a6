import sharp from "sharp";
import { expect, test } from "vitest";
import { decodeImage } from "../../../harness/images/decode.js";
import { frameAsSharp } from "../../../harness/images/frame-as-sharp.js";
import { createRandom } from "../../../harness/random.js";

async function noise(width: number, height: number) {
  const random = createRandom(1);
  const data = Uint8Array.from({ length: 3 * width * height }, () => random.integer(256));
  return {
    name: "noise",
    bytes: await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  };
}

/** The largest difference and the mean one. */
function differ(found: Uint8Array, expected: Uint8Array) {
  const differences = Array.from(found, (value, i) => Math.abs(value - expected[i]!));
  return {
    most: differences.reduce((a, b) => Math.max(a, b), 0),
    mean: differences.reduce((a, b) => a + b, 0) / differences.length,
  };
}

test.each([
  [150, 97],
  [97, 150],
  [64, 64],
  [40, 300],
  [1, 9],
])("noise of %i × %i pixels is what sharp makes of it, larger or smaller", async (width, height) => {
  const source = await noise(width, height);
  const picture = await decodeImage(source);
  for (const kind of ["stretch", "center-crop"] as const) {
    for (const size of [7, 16, 64, 96, 224]) {
      const framing = { kind, size };
      const expected = await decodeImage(source, { framing });
      const found = frameAsSharp(picture, framing, "bicubic");
      expect({ width: found.width, height: found.height }).toEqual({ width: size, height: size });
      expect(differ(found.data, expected.data), `${kind} ${size}`).toEqual({ most: 0, mean: 0 });
      const bilinear = await decodeImage(source, { framing, kernel: "bilinear" });
      expect(differ(frameAsSharp(picture, framing, "bilinear").data, bilinear.data).most).toBeLessThanOrEqual(8);
    }
  }
});

test("a JPEG is too, unless sharp decodes it at a reduced size: then it is near", async () => {
  const picture = await decodeImage("fixtures/images/beach.jpg");
  for (const [size, most, mean] of [
    [96, 0, 0],
    [224, 0, 0],
    [64, 12, 1],
  ] as const) {
    const framing = { kind: "stretch", size } as const;
    const expected = await decodeImage("fixtures/images/beach.jpg", { framing });
    const found = differ(frameAsSharp(picture, framing, "bicubic").data, expected.data);
    expect(found.most).toBeLessThanOrEqual(most);
    expect(found.mean).toBeLessThanOrEqual(mean);
  }
});
