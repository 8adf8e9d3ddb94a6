import { mkdirSync } from "node:fs";
import { holm } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { type CompareOptions, compareRuns } from "../../../harness/compare/compare-runs.js";
import { binNumbers } from "../../../harness/compare/slices/bin-numbers.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, idOf, makeRun, writeCaptionData } from "./runs.js";

const FEW = { resamples: 100, paper: false };
const IDS = CAPTIONS.map((_, place) => idOf(place));
const table = (columns: Readonly<Record<string, readonly string[]>>, ids: readonly string[] = IDS) => ({
  name: "some.csv",
  ids,
  columns,
});
const half = IDS.map((_, place) => (place < 7 ? "first" : "second"));

let folders: string[];
const compare = (slices: CompareOptions["slices"], options: CompareOptions = {}) =>
  compareRuns(folders, { ...FEW, slices, ...options });

beforeAll(async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  folders = [
    await makeRun(scratch, "good", (_, place) => CAPTIONS[place]),
    await makeRun(scratch, "poor", (_, place) => CAPTIONS[place < 7 ? (place + 1) % 7 : place]),
  ];
});

test("a slicing by domain gives the numbers that the groups of the data have", async () => {
  const { slices, scores, differences } = await compare({ by: ["domain"] });
  expect(slices!.by).toMatchObject([
    { slicing: "domain", without: 0, slices: ["in", "near", "out"].map((name) => ({ name: `${name}-domain` })) },
  ]);
  const groups = <Row extends { subset: string }>(rows: readonly Row[]) =>
    rows.filter(({ subset }) => subset !== "all");
  const sliced = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ slicing: "domain", ...row }));
  expect(slices!.scores).toEqual(sliced(groups(scores)));
  expect(slices!.differences).toEqual(sliced(groups(differences)));
});

test("slices do not depend on each other, nor on their order or the rest of the table", async () => {
  const alone = await compare({ tables: [table({ half })] });
  const { slices } = await compare({
    by: ["word:sand", "caption-length"],
    tables: [table({ other: [...IDS], half: [...half].reverse() }, [...IDS].reverse())].map((one) => ({
      ...one,
      columns: { half: one.columns.half!, other: one.columns.other!.map((id) => String(Number(id) % 3)) },
    })),
  });
  const ofHalf = <Row extends { slicing: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.slicing === "half");
  expect(slices!.by.map(({ slicing }) => slicing)).toEqual(["word:sand", "caption-length", "half", "other"]);
  expect(ofHalf(slices!.scores)).toEqual(alone.slices!.scores);
  expect(ofHalf(slices!.differences)).toEqual(alone.slices!.differences);
});

test("on the slice where runs say the same there is no difference, on the other there is", async () => {
  const { slices } = await compare({ tables: [table({ half })] });
  const of = (subset: string) => slices!.differences.find((row) => row.subset === subset && row.score === "CIDEr")!;
  expect(of("second")).toMatchObject({ run: "poor", against: "good", examples: 7, difference: 0, low: 0, high: 0 });
  expect(of("second").pPermutation).toBe(1);
  expect(of("first").high).toBeLessThan(0);
});

describe("words and lengths", () => {
  test("a word is whole, in whatever case; several stand one after the other", async () => {
    const { slices } = await compare({ by: ["word:CAR", "word:the sand", "word:cat"].slice(0, 2) });
    expect(slices!.by.map(({ slices }) => slices)).toEqual([
      [
        { name: "with CAR", examples: 1 },
        { name: "without CAR", examples: 13 },
      ],
      [
        { name: "with the sand", examples: 3 },
        { name: "without the sand", examples: 11 },
      ],
    ]);
    await expect(compare({ by: ["word:cat"] })).rejects.toMatchObject({ code: "no-slices" }); // there are cats
  });

  test("lengths are means over the references, in quartiles or by bounds", async () => {
    // references are the caption and the caption with a word more
    const { slices } = await compare({ by: ["caption-length", "caption-length:4.5,6"] });
    const [quartiles, bounds] = slices!.by;
    expect(quartiles!.slices.reduce((sum, { examples }) => sum + examples, 0)).toBe(14);
    expect(bounds!.slices).toEqual([
      { name: "up to 4.5", examples: CAPTIONS.filter((text) => text.split(" ").length <= 4).length },
      { name: "above 4.5 to 6", examples: CAPTIONS.filter((text) => text.split(" ").length === 5).length },
      { name: "above 6", examples: CAPTIONS.filter((text) => text.split(" ").length >= 6).length },
    ]);
  });
});

describe("tables", () => {
  test("ids may be written otherwise; those that fit none are counted, and so are examples without a row", async () => {
    const ids = ["000101", "102.0", "COCO_val2014_000000000103.jpg", "104.jpg", "999", "later"];
    const { slices, notes } = await compare({
      tables: [table({ sky: ["blue", "blue", "grey", "", "blue", "grey"] }, ids)],
    });
    expect(slices!.by).toEqual([
      {
        slicing: "sky",
        about: "column sky of some.csv",
        slices: [
          { name: "blue", examples: 2 },
          { name: "grey", examples: 1 },
        ],
        without: 11,
      },
    ]);
    expect(notes).toContain("some.csv: 2 of 6 ids fit no example of the data: 999, later.");
  });

  test("numbers with many values are quartiles named by their bounds, few are by themselves", async () => {
    const many = IDS.map((_, place) => String(place * 1.5));
    const few = IDS.map((_, place) => String((place % 3) * 10));
    const { slices } = await compare({ tables: [table({ many, few })] });
    expect(slices!.by.map(({ slices }) => slices.map(({ name }) => name))).toEqual([
      ["0 to 4.5", "6 to 9", "10.5 to 15", "16.5 to 19.5"],
      ["0", "10", "20"],
    ]);
  });

  test("a column that says nothing of these examples is left out, and that is said", async () => {
    const { slices, notes } = await compare({ tables: [table({ half, none: IDS.map(() => "") })] });
    expect(slices!.by.map(({ slicing }) => slicing)).toEqual(["half"]);
    expect(notes).toContain("Not sliced by none, which says nothing of these examples.");
  });

  test("slices may be called as all examples are", async () => {
    const { slices } = await compare({
      tables: [table({ kind: half.map((name) => (name === "first" ? "all" : "entire")) })],
    });
    expect(slices!.by[0]!.slices.map(({ name }) => name)).toEqual(["all", "entire"]);
  });

  test.each([
    [
      "unknown-examples",
      table(
        { half },
        IDS.map((id) => `x${id}`),
      ),
      /none of its ids .* is one of the data; theirs are 101, 102/,
    ],
    ["duplicate-id", table({ half: ["a", "b"] }, ["101", "0101"]), /more than one row is of example 101/],
    ["twice-sliced", table({ domain: half }), /sliced by domain twice/],
  ])("%s", async (code, one, message) => {
    await expect(compare({ by: ["domain"], tables: [one] })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test("a column of texts has too many slices", async () => {
    const captions = Array.from({ length: 51 }, (_, i) => `picture ${i}`);
    const scratch = new Scratch();
    writeCaptionData(scratch, { captions });
    const runs = [await makeRun(scratch, "one", () => "a"), await makeRun(scratch, "two", () => "b")];
    const texts = table(
      { text: captions },
      captions.map((_, place) => idOf(place)),
    );
    await expect(compareRuns(runs, { ...FEW, slices: { tables: [texts] } })).rejects.toMatchObject({
      code: "too-many-slices",
    });
  });
});

test.each([
  ["unknown-slicing", "nonsense", /Choose one of domain, caption-length, objects/],
  ["unknown-slicing", "domain:x", /cannot be sliced by "domain:x"/],
  ["unknown-slicing", "caption-length:8,4", /ascending order/],
  ["unknown-slicing", "caption-length:", /ascending order/],
  ["unknown-slicing", "word: ", /write the word behind a colon/],
  ["unknown-slicing", "__proto__", /cannot be sliced/],
  ["no-slices", "objects", /nothing to slice by objects/],
  ["no-slices", "word:zebra", /no reference has it/],
])("%s: %s", async (code, what, message) => {
  await expect(compare({ by: [what] })).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test("small slices are warned of, and Holm's correction takes all slices for one family of their own", async () => {
  const { slices, warnings, notes, differences } = await compare({ by: ["domain", "word:sand"] }, { correct: "holm" });
  expect(warnings).toEqual([
    "Slices of fewer than 6 examples say nothing, and neither do their intervals and p-values: domain in-domain (5), domain near-domain (5), domain out-domain (4), word:sand with sand (3).",
  ]);
  const rows = slices!.differences;
  expect(rows.map((row) => row.holm!.pPermutation)).toEqual(holm(rows.map(({ pPermutation }) => pPermutation)));
  expect(differences.map((row) => row.holm!.pPermutation)).toEqual(
    holm(differences.map(({ pPermutation }) => pPermutation)),
  );
  expect(notes.join("\n")).toMatch(/Holm's correction on slices: .* all 30 differences are a family of their own/);
  expect(notes).toContain("CIDEr on slices has the document frequencies of all 14 examples.");
});

describe("objects", () => {
  const captions = CAPTIONS.slice(0, 4);
  const instances = {
    images: captions.map((_, i) => ({ id: 101 + i })),
    annotations: captions.flatMap((_, i) =>
      [...Array(i).keys()].map((category) => ({ id: 10 * i + category, image_id: 101 + i, category_id: category })),
    ),
    categories: [0, 1, 2].map((id) => ({ id, name: `thing ${id}` })),
  };
  const world = async (task: string) => {
    const scratch = new Scratch();
    mkdirSync(scratch.at("data"), { recursive: true });
    writeCaptionData(scratch, { captions });
    scratch.write("data/instances.json", instances);
    const options = { task };
    return [
      await makeRun(scratch, "one", (_, place) => captions[place], options),
      await makeRun(scratch, "two", () => "a dog", options),
    ];
  };

  test.each(["caption", "chair"])("are counted from the instances beside the data: %s", async (task) => {
    const { slices } = await compareRuns(await world(task), { ...FEW, slices: { by: ["objects"] } });
    expect(slices!.by).toEqual([
      {
        slicing: "objects",
        about: "kinds of objects in the picture, each by itself",
        slices: ["0", "1", "2", "3"].map((name) => ({ name, examples: 1 })),
        without: 0,
      },
    ]);
    for (const { value } of slices!.scores) expect(Number.isFinite(value)).toBe(true);
  });

  test("or from a table, whose column is then no slicing by itself", async () => {
    const tables = [table({ objects: IDS.map((_, place) => String(place % 5)) })];
    const { slices } = await compare({ by: ["objects:2"], tables });
    expect(slices!.by.map(({ slicing, slices }) => [slicing, ...slices.map(({ name }) => name)])).toEqual([
      ["objects:2", "up to 2", "above 2"],
    ]);
  });
});

test("the baseline stands first, whether it is named by its folder, the folder's name or its label", async () => {
  const plain = await compareRuns([...folders].reverse(), FEW);
  expect(plain.runs.map(({ label }) => label)).toEqual(["poor", "good"]);
  for (const baseline of [folders[1]!, `${folders[1]}/`, "poor"]) {
    const prices = [{ input: 1, output: 1 }, undefined];
    expect(await compareRuns(folders, { ...FEW, baseline })).toEqual(plain);
    await expect(compareRuns(folders, { ...FEW, baseline, prices })).rejects.toMatchObject({
      code: "nothing-to-price",
    });
  }
  await expect(compareRuns(folders, { ...FEW, baseline: "none" })).rejects.toMatchObject({
    code: "unknown-baseline",
    message: `None of the runs is called none. Name the baseline by its folder: ${folders.join(", ")}.`,
  });
});

test("bins never part equal numbers, and tell close ones apart", () => {
  const tied = binNumbers([1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(tied.order).toEqual(["1", "2 to 5", "6 to 9"]);
  expect(tied.kinds.slice(6, 9)).toEqual(["1", "1", "2 to 5"]);
  const close = binNumbers(Array.from({ length: 12 }, (_, i) => 100_000 + i / 10));
  expect(new Set(close.order).size).toBe(4);
  expect(binNumbers([undefined, -2, 3], [0]).kinds).toEqual([undefined, "up to 0", "above 0"]);
});
