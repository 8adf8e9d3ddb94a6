import { describe, expect, test } from "vitest";
import { readRatings } from "../../../harness/formats/ratings.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();
const read = (name: string, content: unknown, ...columns: string[]) => {
  const [image, caption, ...ratings] = columns;
  const path = scratch.write(name, content);
  return readRatings(path, image === undefined ? undefined : [image, caption!, ...ratings]);
};
const refusal = (name: string, content: unknown) =>
  read(name, content).then(
    () => expect.fail("it was read"),
    (error) => error as { code: string; message: string },
  );

const TWO = [
  { image: "1.jpg", caption: "a dog", ratings: [4, 3] },
  { image: "1.jpg", caption: "a cat", ratings: [1, 2] },
];

describe.each<[string, string, unknown]>([
  ["several columns", "a.csv", "image,caption,rating1,rating2\n1.jpg,a dog,4,3\n1.jpg,a cat,1,2\n"],
  [
    "columns of experts, with tabs",
    "b.tsv",
    "Image\tCaption\tExpert 1\tExpert 2\n1.jpg\ta dog\t4\t3\n1.jpg\ta cat\t1\t2\n",
  ],
  [
    "several rows",
    "c.csv",
    "image_id,candidate,human_score\n1.jpg,a dog,4\n1.jpg,a cat,1\n1.jpg,a dog,3\n1.jpg,a cat,2\n",
  ],
  ["a list", "d.json", TWO],
  [
    "JSON lines",
    "e.jsonl",
    TWO.map((row) => `${JSON.stringify({ ...row, ratings: undefined, scores: row.ratings })}\n`).join(""),
  ],
  ["a list inside an object", "f.json", { data: TWO }],
  ["a list in a cell", "g.tsv", 'image\tcaption\tratings\n1.jpg\ta dog\t"[4, 3]"\n1.jpg\ta cat\t"[1, 2]"\n'],
  ["a person who did not rate", "h.csv", "image,caption,rating1,rating2,rating3\n1.jpg,a dog,4,,3\n1.jpg,a cat,1,2,\n"],
])("the ratings of several people in %s", (_, name, content) => {
  test("are those of each caption", async () => {
    const { captions, preferences, isByNumber } = await read(name, content);
    expect(captions.map(({ where: _, ...rest }) => rest)).toEqual(TWO);
    expect([preferences, isByNumber]).toEqual([[], false]);
  });
});

test("columns of other names are read when they are named", async () => {
  const { captions } = await read(
    "thumb.jsonl",
    '{"img": "1.jpg", "hyp": "a dog", "P": 4, "R": 5}\n',
    "img",
    "hyp",
    "P",
    "R",
  );
  expect(captions).toMatchObject([{ image: "1.jpg", caption: "a dog", ratings: [4, 5] }]);
});

test("references may stand beside the captions", async () => {
  const { captions } = await read("r.json", [{ image: 7, caption: "a dog", rating: 2, references: ["one", "two"] }]);
  expect(captions).toMatchObject([{ image: "7", references: ["one", "two"] }]);
  const table = await read("r.csv", "id,caption,score,reference1,reference2\n7,a dog,2,one,two\n");
  expect(table.captions).toMatchObject([{ image: "7", ratings: [2], references: ["one", "two"] }]);
});

test("which of two captions was preferred, in whichever words", async () => {
  const said = ["a", "B", "2", "caption_a", "tie", ""].map((word, i) => `${i},one,two,${word}\n`);
  const { captions, preferences } = await read("p.csv", `image,caption_a,caption_b,preferred\n${said.join("")}`);
  expect(preferences.map(({ better, worse }) => [captions[better]!.caption, captions[worse]!.caption])).toEqual([
    ["one", "two"],
    ["two", "one"],
    ["two", "one"],
    ["one", "two"],
  ]);
  expect(captions[0]!.ratings).toEqual([]);
});

test("Flickr8k's annotations of experts, and CrowdFlower's shares", async () => {
  const expert = await read("ExpertAnnotations.txt", "1_a.jpg\t2_b.jpg#2\t1\t1\t2\n1_a.jpg\t1_a.jpg#0\t4\t4\t3\n");
  expect(expert).toMatchObject({
    isByNumber: true,
    captions: [
      { image: "1_a.jpg", caption: "2_b.jpg#2", ratings: [1, 1, 2] },
      { image: "1_a.jpg", caption: "1_a.jpg#0", ratings: [4, 4, 3] },
    ],
  });
  const crowd = await read(
    "CrowdFlowerAnnotations.txt",
    "1_a.jpg\t2_b.jpg#2\t0.3333\t1\t2\n1_a.jpg\t1_a.jpg#0\t1\t3\t0\n",
  );
  expect(crowd.captions.map(({ ratings }) => ratings)).toEqual([[0.3333], [1]]);
});

test.each<[string, string, unknown, string, RegExp]>([
  [
    "no picture",
    "x1.csv",
    "caption,rating\na dog,1\n",
    "ambiguous-columns",
    /no column for the picture .*"caption", "rating"/,
  ],
  ["no caption", "x2.csv", "image,rating\n1,1\n", "ambiguous-columns", /no column for the caption/],
  ["no rating", "x3.csv", "image,caption\n1,a dog\n", "ambiguous-columns", /no column for the rating/],
  [
    "two kinds of ratings",
    "x4.csv",
    "image,caption,rating,mean_score\n1,a dog,1,2\n",
    "ambiguous-columns",
    /rating and mean_score/,
  ],
  [
    "a word for a rating",
    "x5.csv",
    "image,caption,rating\n1,a dog,1\n1,a cat,good\n",
    "wrong-schema",
    /row 2: rating: expected a number, found "good"/,
  ],
  ["nobody's rating", "x6.csv", "image,caption,rating\n1,a dog,\n", "wrong-schema", /row 1: rating: expected a number/],
  [
    "a preference of neither",
    "x7.csv",
    "image,caption1,caption2,better\n1,a,b,x\n",
    "wrong-schema",
    /better: expected a or b, or tie/,
  ],
  ["no rows", "x8.csv", "image,caption,rating\n", "empty-file", /has no ratings/],
  ["no table", "x9.txt", "hello\n", "wrong-schema", /should be a table or records/],
  ["a line that is another", "xa.txt", "1.jpg\t2.jpg#2\t1\nhello\n", "bad-line", /line 2: found "hello"/],
])("%s is an error that says where", async (_, name, content, code, message) => {
  expect(await refusal(name, content)).toMatchObject({ code, message: expect.stringMatching(message) });
});
