import { anlsMetrics, answerSimilarity, createMetricInput, evaluateMetric } from "@simvlm/metrics";
import { expect, test } from "vitest";

const [official, lmmsEval, vlmEvalKit] = anlsMetrics;

test.each([
  [["12.5"], "12.5", 1],
  [["12.5", "12.5%"], "12.5 %", 5 / 6], // one character more than the second answer
  [["The  Hague"], "the hague ", 1], // case and white space do not count
  [["abcd"], "abxy", 0.5], // exactly a half is kept
  [["abcd"], "axyz", 0],
  [["", "x"], "", 1],
  [["x"], "", 0],
  [["𝒳yz"], "𝒳yw", 2 / 3], // characters, not code units
])("%j and %j", (answers, prediction, similarity) => {
  expect(answerSimilarity(prediction, answers)).toBeCloseTo(similarity, 15);
});

test("harnesses divide by the length of the texts as they stand", () => {
  // one edit on 4 characters; the raw prediction has 8, so it costs an eighth
  expect(answerSimilarity("  abcx  ", ["abcd"])).toBe(0.75);
  for (const dialect of ["lmms-eval", "vlmevalkit"] as const) {
    expect(answerSimilarity("  abcx  ", ["abcd"], dialect)).toBe(0.875);
    expect(answerSimilarity("abxx", ["aßxy"], dialect)).toBeCloseTo(1 - 2 / 5, 15); // ß is SS in capitals
  }
});

test("the score is the mean, and the signature tells the dialect and the threshold", async () => {
  const input = createMetricInput([
    { id: "1", prediction: "12.5", references: ["12.5"] },
    { id: "2", prediction: "none", references: ["12.5"] },
  ]);
  const results = await Promise.all([official!, lmmsEval!, vlmEvalKit!].map((metric) => evaluateMetric(metric, input)));
  for (const { scores } of results) expect(scores).toEqual({ ANLS: 0.5 });
  expect(results.map(({ signature }) => signature.replace(/version.*/, ""))).toEqual([
    "ANLS|dialect:official|threshold:0.5|",
    "ANLS|dialect:lmms-eval|threshold:0.5|",
    "ANLS|dialect:vlmevalkit|threshold:0.5|",
  ]);
});
