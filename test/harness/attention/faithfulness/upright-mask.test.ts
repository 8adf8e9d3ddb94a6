import { Buffer } from "node:buffer";
import sharp from "sharp";
import { expect, test } from "vitest";
import { findMaskTurn, turnMask } from "../../../../harness/attention/faithfulness/upright-mask.js";

const pixels = Uint8Array.of(1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0); // 4 × 3, no two turns the same
const mask = { width: 4, height: 3, pixels };

const photo = async (width: number, height: number, orientation = 1) => ({
  name: "photo.jpg",
  bytes: await sharp({ create: { width, height, channels: 3, background: "red" } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer(),
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("orientation %i turns a mask as it turns a picture", async (orientation) => {
  const grey = Buffer.from(pixels.map((one) => 255 * one));
  const bytes = await sharp(grey, { raw: { width: 4, height: 3, channels: 1 } })
    .withMetadata({ orientation })
    .tiff({ compression: "none" })
    .toBuffer();
  const { data, info } = await sharp(bytes).autoOrient().extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  const turned = turnMask(mask, orientation);
  expect([turned.width, turned.height]).toEqual([info.width, info.height]);
  expect([...turned.pixels]).toEqual([...data].map((value) => Number(value > 127)));
});

test("masks of the stored picture are turned where it is turned, and those of the upright one are left", async () => {
  const stored = { width: 64, height: 48 };
  const upright = { width: 48, height: 64 };
  const sideways = await photo(64, 48, 6);
  expect(await findMaskTurn(sideways, stored, {})).toBe(6);
  expect(await findMaskTurn(sideways, upright, {})).toBe(1);
  expect(await findMaskTurn(sideways, stored, { preprocessing: "upright" })).toBe(6);
  expect(await findMaskTurn(sideways, stored, { preprocessing: "reference" })).toBe(1);
  expect(await findMaskTurn(await photo(64, 48), { width: 640, height: 480 }, {})).toBe(1);
});

test("masks of a picture in other proportions are refused", async () => {
  const tall = { width: 48, height: 64 };
  const message = /photo\.jpg are for a picture of 48 × 64 pixels, but it has 64 × 48/;
  await expect(findMaskTurn(await photo(64, 48), tall, {})).rejects.toThrow(message);
  const reference = { preprocessing: "reference" } as const;
  await expect(findMaskTurn(await photo(64, 48, 6), tall, reference)).rejects.toMatchObject({ code: "wrong-schema" });
});
