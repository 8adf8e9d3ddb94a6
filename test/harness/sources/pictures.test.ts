import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { toDataUrls } from "../../../harness/sources/endpoint-pictures.js";
import { Scratch } from "../cli/run-cli.js";
import { pngBomb } from "../images/samples.js";

const scratch = new Scratch();

/** Red to the left, blue to the right. */
function drawHalves(width = 40, height = 20) {
  const half = { create: { width: width / 2, height, channels: 3 as const, background: "blue" } };
  return sharp({ create: { width, height, channels: 3, background: "red" } }).composite([
    { input: half, left: width / 2, top: 0 },
  ]);
}

async function open(url: string) {
  const [, type, data] = /^data:([^;]+);base64,(.*)$/.exec(url)!;
  const bytes = Buffer.from(data!, "base64");
  const { data: pixels, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...pixels.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)];
  const metadata = await sharp(bytes).metadata();
  return { type, bytes, width: info.width, height: info.height, at, metadata };
}

const isRed = ([red = 0, , blue = 0]: number[]) => red > 200 && blue < 60;
const isBlue = ([red = 0, , blue = 0]: number[]) => blue > 200 && red < 60;

test("JPEG and PNG that stand upright are sent to the byte", async () => {
  for (const [name, bytes] of [
    ["a.jpg", await drawHalves().jpeg().toBuffer()],
    ["a.png", await drawHalves().png().toBuffer()],
  ] as const) {
    const [url] = await toDataUrls([scratch.write(name, bytes)], {});
    expect((await open(url!)).bytes.equals(bytes)).toBe(true);
  }
});

test("what EXIF says is to be turned is turned, and no longer says so; reference sends the file", async () => {
  const bytes = await drawHalves().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const path = scratch.write("turned.jpg", bytes);
  const [upright] = await toDataUrls([path], {});
  const { type, width, height, at, metadata } = await open(upright!);
  expect([type, width, height]).toEqual(["image/jpeg", 20, 40]);
  expect(isRed(at(10, 5)) && isBlue(at(10, 35))).toBe(true);
  expect(metadata.orientation ?? 1).toBe(1);
  const [stored] = await toDataUrls([path], { preprocessing: "reference" });
  expect((await open(stored!)).bytes.equals(bytes)).toBe(true);
});

test.each([
  ["webp", "image/jpeg"],
  ["avif", "image/jpeg"],
  ["tiff", "image/png"],
  ["gif", "image/png"],
] as const)("%s is sent as %s", async (format, type) => {
  const path = scratch.write(`a.${format}`, await drawHalves().toFormat(format).toBuffer());
  const [url] = await toDataUrls([path], {});
  const sent = await open(url!);
  expect(sent).toMatchObject({ type, width: 40, height: 20 });
  expect(isRed(sent.at(5, 10)) && isBlue(sent.at(35, 10))).toBe(true);
});

test("of an animation the first frame is sent, of a bitmap its pixels, of transparency white", async () => {
  const frames = await Promise.all(["red", "blue"].map((background) => plain(background).png().toBuffer()));
  const animation = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const [first] = await toDataUrls([scratch.write("b.gif", animation)], {});
  expect(isRed((await open(first!)).at(2, 2))).toBe(true);
  const clear = await sharp({ create: { width: 8, height: 8, channels: 4, background: "#00000000" } })
    .webp()
    .toBuffer();
  const [white] = await toDataUrls([scratch.write("clear.webp", clear)], {});
  expect((await open(white!)).at(2, 2).every((value) => value > 250)).toBe(true);
});

function plain(background: string) {
  return sharp({ create: { width: 8, height: 8, channels: 3, background } });
}

test("larger pictures are made smaller, smaller ones left as they are", async () => {
  const bytes = await drawHalves(400, 200).jpeg().toBuffer();
  const path = scratch.write("large.jpg", bytes);
  const [small] = await toDataUrls([path], { maxSide: 100 });
  expect(await open(small!)).toMatchObject({ width: 100, height: 50 });
  const [same] = await toDataUrls([path], { maxSide: 400 });
  expect((await open(same!)).bytes.equals(bytes)).toBe(true);
});

test("several pictures become one, side by side, each as high as the lowest", async () => {
  const left = scratch.write("l.png", await plain("red").resize(40, 40).png().toBuffer());
  const right = scratch.write("r.webp", await plain("blue").resize(30, 20).webp().toBuffer());
  const urls = await toDataUrls([left, right], { joined: true });
  expect(urls).toHaveLength(1);
  const { width, height, at } = await open(urls[0]!);
  expect([width, height]).toEqual([20 + 16 + 30, 20]);
  expect(isRed(at(10, 10)) && isBlue(at(50, 10))).toBe(true);
  expect(at(28, 10).every((value) => value > 240)).toBe(true);
  expect(await toDataUrls([left, right], {})).toHaveLength(2);
});

test("what is no photograph is refused; an address is no file", async () => {
  const svg = scratch.write("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await expect(toDataUrls([svg], {})).rejects.toMatchObject({ code: "broken-image" });
  await expect(toDataUrls(["http://127.0.0.1:1/a.jpg"], {})).rejects.toMatchObject({ code: "missing-image" });
});

/** Noise, which no format makes short: half of a file is half of a picture. */
const noisy = () =>
  sharp(
    Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * i * 7919) >> 5),
    { raw: { width: 64, height: 48, channels: 3 } },
  );

describe.each(["upright", "reference"] as const)("as %s", (preprocessing) => {
  test.each(["jpeg", "png", "webp", "gif"] as const)("a %s that is cut or damaged is never sent", async (format) => {
    const whole = await noisy().toFormat(format).toBuffer();
    expect(await toDataUrls([scratch.write(`whole.${format}`, whole)], { preprocessing })).toHaveLength(1);
    for (const share of [0.05, 0.5, 0.95]) {
      const cut = scratch.write(`cut.${format}`, whole.subarray(0, whole.length * share));
      await expect(toDataUrls([cut], { preprocessing }), `${share}`).rejects.toMatchObject({ code: "broken-image" });
      await expect(toDataUrls([cut], { preprocessing, maxSide: 10 })).rejects.toMatchObject({ code: "broken-image" });
    }
    const begun = scratch.write(`begun.${format}`, whole.subarray(0, 16));
    await expect(toDataUrls([begun], { preprocessing })).rejects.toMatchObject({ code: "broken-image" });
  });

  test("a picture that promises 60,000 × 60,000 pixels is never sent", async () => {
    const bomb = scratch.write("bomb.png", await pngBomb(60_000, 60_000));
    await expect(toDataUrls([bomb], { preprocessing })).rejects.toMatchObject({
      code: "image-too-large",
      message: expect.stringContaining("bomb.png is 60000 × 60000 pixels"),
    });
  });
});

test.each(["gif", "webp"] as const)("of an animated %s only the first picture is read, and sent", async (format) => {
  const frames = await Promise.all(["red", "blue"].map((background) => plain(background).png().toBuffer()));
  const animation = await sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
  const path = scratch.write(`moving.${format}`, animation);
  const [first] = await toDataUrls([path], { preprocessing: "reference" });
  const { bytes, at } = await open(first!);
  expect(bytes.equals(animation)).toBe(false);
  expect(isRed(at(2, 2))).toBe(true);
});
