import { checkMetric, defineMetric, METRICS, SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";

const brevity = defineMetric({
  name: "brevity",
  scores: ["brevity"],
  columns: ["words", "examples"],
  statistics: ({ prediction }) => [prediction.split(" ").length, 1],
  scoresFromSums: ([words, examples]) => [words! / examples!],
});

test("the built-in metrics and any made by defineMetric pass", () => {
  for (const metric of [...METRICS, brevity]) expect(checkMetric(metric, "here")).toBe(metric);
});

test.each([
  ["nothing", undefined, "a metric must be an object made by defineMetric, found undefined"],
  ["a function", () => {}, "a metric must be an object made by defineMetric, found a function"],
  ["another kind", { ...brevity, kind: "task" }, 'field `kind` must be "metric", found "task"'],
  ["no name", { ...brevity, name: " " }, 'field `name` must be a name of letters, digits, _, - and ., found " "'],
  [
    "a title that is none",
    { ...brevity, title: 1 },
    "field `title` must be a text on one line without bars, or be left out, found 1",
  ],
  [
    "a number of scores",
    { ...brevity, scores: 3 },
    "field `scores` must be a list, each once, of a name of letters, digits, _, - and ., found 3",
  ],
  [
    "no scores",
    { ...brevity, scores: [] },
    "field `scores` must be a list, each once, of a name of letters, digits, _, - and ., found []",
  ],
  ["a column twice", { ...brevity, columns: ["a", "a"] }, 'field `columns` must be a list of names, found ["a","a"]'],
  [
    "an unknown need",
    { ...brevity, needs: ["money"] },
    'field `needs` must be a list out of references, answers, instances, pictures, captions, document-frequencies, tables, or be left out, found ["money"]',
  ],
  ["no statistics", { ...brevity, statistics: undefined }, "field `statistics` must be a function, found undefined"],
  [
    "a signature as text",
    { ...brevity, signature: "x" },
    'field `signature` must be a function, or be left out, found "x"',
  ],
])("%s is refused with the place and the field", (_, value, message) => {
  let error: unknown;
  try {
    checkMetric(value, "plugins/brevity.js");
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(SimvlmError);
  expect(error).toMatchObject({ code: "bad-plugin", message: `plugins/brevity.js: ${message}` });
});
