import { createResult, spiceMetric } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { measureRuns } from "../../../../harness/compare/measure.js";
import { checkReport, isEqual, type ReportCheck } from "../../../../harness/report/check/check-report.js";
import { packScoring, type Scoring, unpackScoring } from "../../../../harness/report/check/scoring.js";
import { TextPool } from "../../../../harness/report/check/text-pool.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { extractFiles } from "../../../../harness/report/document/embedded-file.js";
import { captionRuns } from "../document/world.js";
import { report, reportObjects, reportQuestions, reportTask } from "./worlds.js";

const textsOf = ({ data }: ReportData) => extractFiles(data.files).map((bytes) => bytes.toString("utf8"));

/** As the page does it: of nothing but the report's data, as JSON. */
function check(data: ReportData, changeScoring = (scoring: Scoring) => scoring): Promise<ReportCheck> {
  const embedded = JSON.parse(JSON.stringify(data)) as ReportData;
  return checkReport(embedded, changeScoring(unpackScoring(embedded.scoring!, textsOf(embedded))), () => () => {});
}

const differing = ({ numbers }: ReportCheck) =>
  numbers.flatMap(({ numbers }) => numbers.filter((one) => !isEqual(one)));
const kindsOf = ({ numbers }: ReportCheck) => numbers.map(({ kind }) => kind);
const namesOf = (checked: ReportCheck) => differing(checked).map(({ what }) => what);

describe("captions with domains, facts and Holm's correction", () => {
  let data: ReportData;
  beforeAll(async () => {
    const scratch = await captionRuns();
    data = await report([scratch.at("good"), scratch.at("poor")], { correct: "holm" });
  });

  test("every number is computed again, to the last bit", async () => {
    const checked = await check(data);
    expect(differing(checked)).toEqual([]);
    expect(kindsOf(checked)).toEqual([
      "scores and intervals",
      "differences and p-values",
      "facts",
      "single examples",
      "beside the paper",
      "signatures",
    ]);
    expect(checked).toMatchObject({ unchecked: [], kept: [], missing: [] });
  });

  test("a prediction that was changed: which numbers differ, and no others", async () => {
    const [good, poor] = data.runs;
    const outcomes = poor!.outcomes.map((one) =>
      one.id === "104" ? { ...one, prediction: "three green fish in the sea" } : one,
    );
    const names = namesOf(await check({ ...data, runs: [good!, { ...poor!, outcomes }] }));
    expect(names).toContain("CIDEr of poor on all examples: value");
    expect(names).toContain("CIDEr of poor, example 104");
    expect(names).toContain("CIDEr of poor minus good on all examples: low");
    // 104 is in-domain.
    expect(names.filter((name) => / of good on |near-domain/.test(name) && !name.startsWith("win"))).toEqual([]);
  });

  test("a number that was changed is the only one that differs", async () => {
    const { scores } = data.comparison;
    const changed = scores.map((row, i) => (i === 3 ? { ...row, low: row.low + 1e-15 } : row));
    const { run, subset, score } = scores[3]!;
    const on = subset === "all" ? "all examples" : subset;
    const names = namesOf(await check({ ...data, comparison: { ...data.comparison, scores: changed } }));
    expect(names).toEqual([`${score} of ${run} on ${on}: low`]);
  });

  test("a reference that was changed in its file changes the scores", async () => {
    const files = data.data.files.map((file) => ({ ...file, text: file.text!.replace("a purple flower", "a rose") }));
    expect(namesOf(await check({ ...data, data: { ...data.data, files } }))).toContain(
      "CIDEr of good on all examples: value",
    );
  });

  test("a prediction that was taken away is named", async () => {
    const [good, poor] = data.runs;
    const { missing, numbers } = await check({
      ...data,
      runs: [good!, { ...poor!, outcomes: poor!.outcomes.slice(1) }],
    });
    expect(missing).toEqual([{ run: "poor", ids: [poor!.outcomes[0]!.id] }]);
    expect(numbers).toEqual([]);
  });

  test("a plug-in's metric is named, and all others are checked", async () => {
    const asPlugged = (scoring: Scoring): Scoring => ({
      ...scoring,
      metrics: scoring.metrics.map((metric) => (metric.name === "rouge" ? { ...metric, origin: "none" } : metric)),
    });
    const checked = await check(data, asPlugged);
    expect(checked.unchecked).toEqual([{ metric: "ROUGE-L", scores: ["ROUGE_L"], why: "it is a plug-in's" }]);
    expect(differing(checked)).toEqual([]);
    expect(kindsOf(checked)).toContain("scores and intervals");
  });

  test("without references nothing of theirs is in the report", async () => {
    const scratch = await captionRuns();
    const runs = [scratch.at("good"), scratch.at("poor")];
    const left = await report(runs, { withoutReferences: true });
    expect(left).toMatchObject({ withheld: true });
    expect(JSON.stringify(left)).not.toMatch(/ today|"reference":|"explanations"|"scoring"/);
    expect(JSON.stringify(await report(runs))).toMatch(/ today.*"reference":|"reference":.* today/s);
  });
});

test.each(["vqa", "nlvr2", "snli-ve", "translate"])("one run and two of %s", async (task) => {
  for (const data of await reportTask(task)) {
    const checked = await check(data);
    expect(differing(checked)).toEqual([]);
    expect(kindsOf(checked)).toContain("scores and intervals");
  }
});

test("completions: those that differ, too", async () => {
  const [, two] = await reportTask("complete");
  expect(two!.comparison.changes).toHaveLength(1);
  expect(differing(await check(two!))).toEqual([]);
});

test("CHAIR beside other metrics, and POPE with its kinds of questions", async () => {
  for (const data of [await reportObjects(), await reportQuestions()]) {
    expect(differing(await check(data))).toEqual([]);
  }
});

test("a metric that a page cannot compute is checked from what it counted in each example", async () => {
  const resampling = { resamples: 20, seed: 1, confidence: 0.95 };
  const values = [0.5, 1, 0.25, 1, 1, 1];
  const result = createResult(spiceMetric, { values: Float64Array.from(values), signature: "SPICE|x" });
  const ids = ["1", "2", "3"];
  const measured = measureRuns([{ run: { label: "a" }, scored: { ids, results: [result] } }], {
    ...{ groups: [], resampling, bootstrapTest: "percentile" },
    tick: () => {},
  });
  const data = {
    comparison: {
      ...{ ...measured, resampling, bootstrapTest: "percentile", winsAndLosses: [], paper: [] },
      signatures: { SPICE: "SPICE|x" },
    },
    runs: [{ label: "a", outcomes: ids.map((id) => ({ id, prediction: "a dog" })) }],
    extremes: [],
  } as unknown as Parameters<typeof checkReport>[0]; // of a comparison only what is looked at
  const scoring: Scoring = {
    metrics: [{ name: "spice", title: "SPICE", scores: ["SPICE"], origin: "kept" }],
    examples: ids.map((id) => ({ id, references: [] })),
    groups: [],
    kept: { spice: [{ signature: "SPICE|x", values }] },
  };
  const checked = await checkReport(data, unpackScoring(packScoring(scoring, []), []), () => () => {});
  expect(checked.kept).toEqual(["SPICE"]);
  expect(differing(checked)).toEqual([]);
  const lower = { ...scoring, kept: { spice: [{ signature: "SPICE|x", values: [0, ...values.slice(1)] }] } };
  expect(namesOf(await checkReport(data, lower, () => () => {}))).toContain("SPICE of a on all examples: value");
});

test("texts are pointed to where files have them, and kept where not", () => {
  const files = ['{"a":["one","two",3],"b":{"c":"one"}}', "first line\r\nsecond line\n", '{"x":"last"}\n{"x":"line"}'];
  const value = [
    { id: "3", said: ["two", "one", "neither"], more: { n: 4, no: null, yes: true } },
    "second line",
    "line",
  ];
  const pointed = new TextPool(files).point(value);
  expect(JSON.stringify(pointed)).not.toMatch(/two|one|second|"line"/);
  expect(new TextPool(files).resolve(pointed)).toEqual(value);
  const other = files.map((file) => file.replace("two", "twelve"));
  expect(JSON.stringify(new TextPool(other).resolve(pointed))).toContain('"twelve","one"');
});

test("a number is pointed to as the text that it is written as, and no other", () => {
  const files = ['[3,0.5,1e21,-0,1234567890123456789,"03","NaN",12.50]'];
  const texts = ["3", "0.5", "1e+21", "0", "1234567890123456800", "03", "NaN", "12.5"];
  expect(new TextPool(files).point(texts)).toEqual(texts.map(() => 1));
  expect(new TextPool(files).resolve(texts.map(() => 1))).toEqual(texts);
  const others = ["3.0", "+3", " 3", "-0", "1e21", "Infinity", ""];
  expect(new TextPool(files).point(others)).toEqual(others);
});
