import { METRICS } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { explainMetric, explainScore } from "../../../harness/report/glossary.js";

test("the metrics of the paper's tasks are explained by their titles", () => {
  const titles = METRICS.map(({ title, name }) => title ?? name);
  const explained = ["BLEU", "CIDEr", "ROUGE-L", "METEOR", "sacreBLEU", "VQA accuracy", "accuracy", "NLVR2"];
  expect(titles).toEqual(expect.arrayContaining(explained));
  for (const title of explained) expect(explainMetric(title)).toMatch(/^[A-Z].*\.$/);
});

test("a score has its metric's sentence, one of an unknown metric none", () => {
  expect(explainScore("Bleu_4", ["BLEU", "CIDEr", "ROUGE-L"])).toBe(explainMetric("BLEU"));
  expect(explainScore("ROUGE_L", ["BLEU", "CIDEr", "ROUGE-L"])).toBe(explainMetric("ROUGE-L"));
  expect(explainScore("accuracy", ["VQA accuracy"])).toBe(explainMetric("VQA accuracy"));
  expect(explainScore("length", ["BLEU", "length ratio"])).toBe("");
  expect(explainMetric("constructor")).toBe("");
});
