import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readCocoCaptions } from "../../../harness/formats/coco.js";
import { readFlickr } from "../../../harness/formats/flickr.js";
import { readNocaps } from "../../../harness/formats/nocaps.js";
import { temporaryFiles } from "../files/temporary.js";
import { fixture } from "./fixture.js";

const write = temporaryFiles();

const coco = [
  {
    id: "7",
    file: join("images", "000000000007.jpg"),
    references: ["Two cups\u2028and a spoon.", "half an emoji \ud83d, a tab\t, a\vvertical tab and a\r\nline end"],
  },
  {
    id: "3",
    file: join("images", "000000000003.jpg"),
    references: ["A kite above a grey beach.", "Someone flies a kite 😀 near the sea "],
  },
  { id: "12", file: join("images", "sub", "000000000012.jpg"), references: [""] },
];

test("COCO: images in the file's order, their captions untouched", async () => {
  expect(await readCocoCaptions(fixture("coco.json"), { imageRoot: "images" })).toEqual(coco);
});

test("COCO: gzip and a byte order mark change nothing; without a root files are named as in the file", async () => {
  const bytes = readFileSync(fixture("coco.json"));
  const packed = gzipSync(Buffer.concat([Buffer.from("\uFEFF"), bytes]));
  expect(await readCocoCaptions(write("coco.json", packed), { imageRoot: "images" })).toEqual(coco);
  expect((await readCocoCaptions(fixture("coco.json")))[2]!.file).toBe("sub/000000000012.jpg");
});

test("COCO: an id may be a number in one place and a string in another", async () => {
  const path = write(
    "coco.json",
    JSON.stringify({ images: [{ id: 5, file_name: "5.jpg" }], annotations: [{ image_id: "5", caption: "a" }] }),
  );
  expect(await readCocoCaptions(path)).toEqual([{ id: "5", file: "5.jpg", references: ["a"] }]);
});

test("COCO: images need no file name to be scored; an id too large to be exact is refused", async () => {
  const bare = '{"images": [{"id": 5}], "annotations": [{"image_id": 5, "caption": "a"}]}';
  expect(await readCocoCaptions(write("coco.json", bare))).toEqual([{ id: "5", references: ["a"] }]);
  const path = write("coco.json", bare.replaceAll("5", "12345678901234567890"));
  await expect(readCocoCaptions(path)).rejects.toThrow("coco.json: images[0].id: Too big");
});

const image = { id: 5, file_name: "5.jpg" };
const caption = { image_id: 5, caption: "a" };

test.each([
  ["not an object", [], "wrong-schema", "coco.json: expected object, received array"],
  ["no images", { annotations: [caption] }, "wrong-schema", "coco.json: images: expected array"],
  [
    "a caption that is no text",
    { images: [image], annotations: [caption, { image_id: 5, caption: 3 }] },
    "wrong-schema",
    "coco.json: annotations[1].caption: expected string, received number",
  ],
  ["an id that is none", { images: [{ ...image, id: {} }] }, "wrong-schema", "coco.json: images[0].id: expected an id"],
  [
    "a caption of an image that is not there",
    { images: [image], annotations: [caption, { ...caption, image_id: 6 }] },
    "unknown-image",
    "coco.json: annotations[1].image_id: 6 is not among the images",
  ],
  [
    "an image without captions",
    { images: [image, { ...image, id: 6 }], annotations: [caption] },
    "image-without-references",
    "coco.json: no reference captions for image 6.",
  ],
  [
    "no captions at all",
    { images: [image] },
    "image-without-references",
    "coco.json: no reference captions for image 5.",
  ],
  [
    "the same image twice",
    { images: [image, image], annotations: [caption] },
    "duplicate-id",
    "coco.json: more than one example with id 5.",
  ],
  ["no examples", { images: [], annotations: [] }, "empty-file", "coco.json has no examples"],
  [
    "a file name that leaves the folder",
    { images: [{ id: 5, file_name: "../5.jpg" }], annotations: [caption] },
    "unsafe-path",
    'coco.json: images[0].file_name: the file name "../5.jpg"',
  ],
])("COCO: %s is refused", async (_, content, code, message) => {
  const reading = readCocoCaptions(write("coco.json", JSON.stringify(content)));
  await expect(reading).rejects.toMatchObject({ name: "SimvlmError", code });
  await expect(reading).rejects.toThrow(message);
});

test("NoCaps: the domain and the Open Images id are kept where there are any", async () => {
  expect(await readNocaps(fixture("nocaps.json"), { imageRoot: "val" })).toEqual([
    {
      id: "0",
      file: join("val", "00aa.jpg"),
      references: ["A red kettle.", "The kettle on a stove is red."],
      domain: "near-domain",
      openImagesId: "00aa",
    },
    {
      id: "1",
      file: join("val", "00bb.jpg"),
      references: ["A dog.", "A dog asleep."],
      domain: "in-domain",
      openImagesId: "00bb",
    },
    {
      id: "2",
      file: join("val", "00cc.jpg"),
      references: ["An otter.", "An otter on its back."],
      openImagesId: "00cc",
    },
  ]);
  expect(await readNocaps(fixture("coco.json"), { imageRoot: "images" })).toEqual(coco);
  const path = write("nocaps.json", JSON.stringify({ images: [{ ...image, domain: "far" }], annotations: [caption] }));
  await expect(readNocaps(path)).rejects.toThrow(/nocaps\.json: images\[0\]\.domain: expected one of "in-domain"/);
});

test("NoCaps: the test set, which has no captions, is read for captioning only", async () => {
  expect(await readNocaps(fixture("nocaps-test.json"), { references: "optional" })).toEqual([
    { id: "0", file: "00dd.jpg", references: [], openImagesId: "00dd" },
  ]);
  await expect(readNocaps(fixture("nocaps-test.json"))).rejects.toMatchObject({ code: "image-without-references" });
});

const goats = { id: "2002_cd.jpg.1", file: join("images", "2002_cd.jpg.1"), references: ["Two goats\tand a # sign ."] };

test("Flickr: captions of one image are gathered, whatever stands between them", async () => {
  expect(await readFlickr(fixture("flickr.token"), { imageRoot: "images" })).toEqual([
    {
      id: "1001_ab.jpg",
      file: join("images", "1001_ab.jpg"),
      references: ["A boy jumps off a low wall .", "A child in the air .", "Jumping \u2028 boy ."],
    },
    goats,
  ]);
});

test("Flickr: a split is a list of images", async () => {
  const path = fixture("flickr.token");
  expect(await readFlickr(path, { imageRoot: "images", split: fixture("flickr-split.txt") })).toEqual([goats]);
  const split = write("split.txt", "2002_cd.jpg.1\n3003_ef.jpg\n");
  await expect(readFlickr(path, { split })).rejects.toMatchObject({
    code: "image-without-references",
    message: expect.stringContaining("no reference captions for image 3003_ef.jpg."),
  });
});

test.each([
  ["no tab", "a.jpg#0\tfine\na.jpg#1 A cat", "bad-line", 'tokens, line 2: found "a.jpg#1 A cat"'],
  ["no number", "a.jpg\tA cat", "bad-line", "tokens, line 1"],
  ["an image elsewhere", "../a.jpg#0\tA cat", "unsafe-path", '"../a.jpg"'],
  ["nothing", "\n", "empty-file", "tokens has no examples"],
])("Flickr: %s is refused", async (_, text, code, message) => {
  const reading = readFlickr(write("tokens", text));
  await expect(reading).rejects.toMatchObject({ code });
  await expect(reading).rejects.toThrow(message);
});
