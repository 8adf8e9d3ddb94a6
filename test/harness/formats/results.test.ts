import { expect, test } from "vitest";
import { alignPredictions } from "../../../harness/formats/align.js";
import {
  readCaptionResults,
  readNlvr2Results,
  readSnliVeResults,
  readVqaResults,
} from "../../../harness/formats/results.js";
import { temporaryFiles } from "../files/temporary.js";
import { fixture } from "./fixture.js";

const write = temporaryFiles();

test.each(["coco-results.json", "coco-results.jsonl"])("captions: %s", async (name) => {
  expect(await readCaptionResults(fixture(name))).toEqual([
    { id: "12", caption: "a wall" },
    { id: "3", caption: "a kite \ud83d" },
    { id: "7", caption: "" },
  ]);
});

test("answers", async () => {
  expect(await readVqaResults(fixture("vqa-results.json"))).toEqual([
    { id: "42000", answer: "pear" },
    { id: "42001", answer: "no" },
  ]);
});

test.each(["nlvr2-results.csv", "nlvr2-results.json"])("true or false: %s", async (name) => {
  expect(await readNlvr2Results(fixture(name))).toEqual([
    { id: "dev-1-0-0", label: true },
    { id: "dev-1-2-0", label: false },
    { id: "dev-1-2-1", label: true },
    { id: "dev-8-0-0", label: true },
  ]);
});

test.each(["snli-ve-results.csv", "snli-ve-results.jsonl"])("labels: %s", async (name) => {
  expect(await readSnliVeResults(fixture(name))).toEqual([
    { id: "55.jpg#0r1e", label: "entailment" },
    { id: "66.jpg#1r1c", label: "neutral" },
  ]);
});

test.each([
  ["nothing", readCaptionResults, "", "empty-predictions", "results has no predictions. This should be COCO results"],
  ["an empty list", readVqaResults, "[]", "empty-predictions", "results has no predictions"],
  ["only a header line", readSnliVeResults, "pairID,label\n", "empty-predictions", "results has no predictions"],
  [
    "captions that are annotations",
    readCaptionResults,
    '{"images": [{"id": 1}], "annotations": [{"id": 1, "image_id": 1, "caption": "a"}]}',
    "wrong-schema",
    "results: no predictions were found: looked for a list of records with an id and a caption, and for an object of " +
      'them by id. Found lists at images (1 × an object with "id"), annotations (1 × an object with "id", "image_id", ' +
      '"caption"). This should be COCO results',
  ],
  [
    "a caption that is no text",
    readCaptionResults,
    '[{"image_id": 1, "caption": ["a", "b"]}]',
    "wrong-schema",
    "results: [0].caption: expected string, received array",
  ],
  [
    "no names of columns",
    readCaptionResults,
    "1,a cat\n",
    "wrong-schema",
    "results, line 1: the first line names no columns: looked for one of image_id, id, img_id, image,",
  ],
  ["not JSON", readCaptionResults, '[{"image_id": 1 "caption"', "not-json", "results, line 1, column 17: not JSON"],
  [
    "another answer",
    readNlvr2Results,
    "dev-1-0-0,True\ndev-1-0-1,yes",
    "wrong-schema",
    "results, line 2: prediction: expected True or False",
  ],
  [
    "another label",
    readSnliVeResults,
    '[{"pairID": "1", "prediction": "yes"}]',
    "wrong-schema",
    "results: [0].prediction: expected one of",
  ],
  ["a row too long", readSnliVeResults, "1,neutral\n2,neutral,neutral", "bad-csv", "results, line 2"],
])("%s is refused", async (_, read, text, code, message) => {
  const reading = read(write("results", text));
  await expect(reading).rejects.toMatchObject({ name: "SimvlmError", code });
  await expect(reading).rejects.toThrow(message);
});

const withIds = (...ids: string[]) => ids.map((id) => ({ id }));
const examples = withIds("a", "b", "c", "d", "e", "f", "g");
const path = "results.json";

test("predictions are put in the examples' order", () => {
  const predictions = [...examples].reverse().map(({ id }) => ({ id, caption: `caption of ${id}` }));
  const aligned = alignPredictions(examples, predictions, { path });
  expect(aligned.examples).toEqual(examples);
  expect(aligned.predictions.map(({ caption }) => caption)).toEqual(examples.map(({ id }) => `caption of ${id}`));
  expect(aligned.missing).toEqual([]);
});

test("missing predictions are refused, or left out on request", () => {
  expect(() => alignPredictions(examples, withIds("c"), { path })).toThrow(
    expect.objectContaining({
      code: "missing-predictions",
      message: expect.stringContaining("results.json: no prediction for 6 of 7 examples: a, b, d, e, f, … (6 in all)."),
    }),
  );
  expect(alignPredictions(examples, withIds("g", "c"), { path, allowMissing: true })).toEqual({
    examples: withIds("c", "g"),
    predictions: withIds("c", "g"),
    missing: ["a", "b", "d", "e", "f"],
  });
});

test("predictions of unknown ids are refused, unless they are to be ignored", () => {
  const predictions = [...withIds("x"), ...examples, ...withIds("y")];
  expect(() => alignPredictions(examples, predictions, { path, allowMissing: true })).toThrow(
    expect.objectContaining({
      code: "unknown-predictions",
      message: expect.stringContaining("results.json: the references have no id x, y."),
    }),
  );
  expect(() => alignPredictions(examples, withIds("0", "1"), { path, allowMissing: true })).toThrow(
    /have no id 0, 1; theirs are a, b, c, d, e, … \(7 in all\)\. Check/,
  );
  expect(alignPredictions(examples, predictions, { path, ignore: ["x", "y"] }).predictions).toEqual(examples);
  expect(() => alignPredictions(examples, withIds("x"), { path, ignore: ["x"], allowMissing: true })).toThrow(
    expect.objectContaining({ code: "nothing-predicted" }),
  );
});

test("two predictions for one id are refused", () => {
  expect(() => alignPredictions(examples, withIds("b", "a", "b", "b", "a"), { path })).toThrow(
    expect.objectContaining({
      code: "duplicate-predictions",
      message:
        "results.json: more than one prediction for id b, a. Keep one for each (several captions are for `simvlm diversity`).",
    }),
  );
});
