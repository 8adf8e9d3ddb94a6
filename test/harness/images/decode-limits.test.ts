import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { decodePixels } from "../../../harness/images/open-image.js";

test("a picture that takes too long to decode is given up, and the message says so", async () => {
  // Of noise, so that nothing can be taken over from a neighbour: several seconds on any machine.
  const noise = { type: "gaussian", mean: 128, sigma: 30 } as const;
  const picture = sharp({ create: { width: 4000, height: 4000, channels: 3, background: "white", noise } });
  await expect(decodePixels("slow.jpg", picture.median(41), 1)).rejects.toMatchObject({
    code: "slow-image",
    message: "slow.jpg takes more than 1 s to decode. Make it smaller, or convert it to a plain JPEG.",
  });
});

test("a second is enough for a small one", async () => {
  const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: "white" } });
  expect(await decodePixels("small.jpg", picture, 1)).toMatchObject({ width: 8, height: 8 });
});

test("a picture during which the process was stopped is decoded again, and only once", async () => {
  let attempts = 0;
  const late = (times: number) => {
    attempts = 0;
    const image = {
      timeout: () => image,
      raw: () => image,
      toBuffer: async () => {
        if (attempts++ < times) throw new Error("timeout: 40% complete");
        return { data: Buffer.alloc(3), info: { width: 1, height: 1 } };
      },
    };
    return image as unknown as Sharp;
  };
  expect(await decodePixels("a.jpg", late(1), 1)).toMatchObject({ width: 1, height: 1 });
  await expect(decodePixels("a.jpg", late(9), 1)).rejects.toMatchObject({ code: "slow-image" });
  expect(attempts).toBe(2);
});
