import { expect, test } from "vitest";
import { listExamples } from "../../../../harness/report/examples/example-table.js";

const REPORT = {
  runs: [
    {
      label: "first",
      outcomes: [
        { id: "b", prediction: "a dog" },
        { id: "a", prediction: "a cat" },
        { id: "c", error: "no picture" },
      ],
    },
    {
      label: "other",
      outcomes: [
        { id: "b", prediction: "dogs" },
        { id: "a", prediction: "a cat" },
        { id: "c", prediction: "x" },
      ],
    },
  ],
  examples: {
    score: "CIDEr",
    ids: ["b", "a"],
    values: [
      [1, 2],
      [0.5, 2],
    ],
  },
  listing: {
    images: [["b.jpg"], ["a.jpg"], ["c.jpg"]],
    asked: ["what?", null, "who?"],
    kinds: { domain: ["in-domain", "out-domain", null] },
  },
  pictures: { "a.jpg": "data:image/jpeg;base64,AAAA" },
} as const;

test("a row for each example, in the order of the data, with what each run says and how it compares with the first", () => {
  const { columns, rows, ids } = listExamples(REPORT);
  expect(ids).toEqual(["b", "a", "c"]);
  expect(columns.map(({ title }) => title)).toEqual([
    ...["picture", "id", "domain", "asked", "first", "other"],
    ...["CIDEr, first", "CIDEr, other", "Δ other", "other is"],
  ]);
  expect(rows).toEqual([
    [[], "b", "in-domain", "what?", "a dog", "dogs", 1, 0.5, -0.5, "worse"],
    [[0], "a", "out-domain", null, "a cat", "a cat", 2, 2, 0, "equal"],
    [[], "c", null, "who?", null, "x", null, null, null, null],
  ]);
});

test("runs that nothing is scored against have neither scores nor differences", () => {
  const { columns } = listExamples({ runs: REPORT.runs.slice(0, 1), pictures: {} });
  expect(columns.map(({ title }) => title)).toEqual(["id", "first"]);
});

test("references stand before the scores, empty while they are not known", () => {
  const texts = (references: ReadonlyMap<string, readonly string[]>) => {
    const { columns, rows } = listExamples(REPORT, references);
    const column = columns.findIndex(({ shows }) => shows === "reference");
    expect(columns[column + 1]!.shows).toBe("score");
    return rows.map((row) => row[column]);
  };
  expect(texts(new Map())).toEqual([null, null, null]);
  expect(texts(new Map([["a", ["a cat", "one cat"]]]))).toEqual([null, "a cat · one cat", null]);
});
