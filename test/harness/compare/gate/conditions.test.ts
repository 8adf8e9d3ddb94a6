import { describe, expect, test } from "vitest";
import { closestName } from "../../../../harness/compare/gate/closest-name.js";
import {
  type Bound,
  type Condition,
  parseCondition,
  parseMinimum,
  requirePossible,
} from "../../../../harness/compare/gate/conditions.js";
import { judge } from "../../../../harness/compare/gate/judge.js";

test.each<[string, string, string, Bound, Condition["operator"], number]>([
  ["CIDEr<-0.02", "CIDEr", "all", "interval", "<", -0.02],
  [" CIDEr  >= 1e-3 ", "CIDEr", "all", "interval", ">=", 0.001],
  ["Bleu_4.mean<=.5", "Bleu_4", "all", "mean", "<=", 0.5],
  ["CIDEr@out-domain.low>0", "CIDEr", "out-domain", "low", ">", 0],
  ["CIDEr.high@out-domain<-1", "CIDEr", "out-domain", "high", "<", -1],
  ["things (F1)<-0.1", "things (F1)", "all", "interval", "<", -0.1],
  ["accuracy@is the man<-1", "accuracy", "is the man", "interval", "<", -1],
])("%s", (text, score, subset, bound, operator, limit) => {
  expect(parseCondition(text)).toEqual({ text: text.trim(), score, subset, bound, operator, limit });
});

test.each([
  "",
  "CIDEr",
  "CIDEr=1",
  "<1",
  "CIDEr<",
  "CIDEr<a",
  "CIDEr<-0,02",
  "CIDEr<-2%",
  "CIDEr<1<2",
  "0.1<CIDEr",
  "CIDEr<NaN",
  "CIDEr<Infinity",
  "CIDEr<1e999",
  "CIDEr@<0",
  ".low<0",
  "CIDEr<−0.02",
  "CIDEr<0x10",
])("%j is no condition", (text) => {
  expect(() => parseCondition(text)).toThrow(expect.objectContaining({ code: "bad-condition" }));
});

test("minima", () => {
  expect(parseMinimum("CIDEr=0.9")).toMatchObject({ score: "CIDEr", bound: "mean", operator: "<", limit: 0.9 });
  expect(parseMinimum("CIDEr.low@in-domain = 0.9")).toMatchObject({ subset: "in-domain", bound: "low" });
  for (const text of ["CIDEr", "CIDEr=", "=1", "CIDEr=x", "CIDEr>=1", "CIDEr=1=2", "CIDEr<1"]) {
    expect(() => parseMinimum(text)).toThrow(expect.objectContaining({ code: "bad-condition" }));
  }
});

describe("a score that there is not", () => {
  const names = ["Bleu_1", "Bleu_4", "CIDEr", "ROUGE_L", "accuracy"];
  test.each([
    ["cider", "CIDEr"],
    ["CIDER", "CIDEr"],
    ["CIDre", "CIDEr"],
    ["cidr", "CIDEr"],
    ["bleu4", "Bleu_4"],
    ["rouge", "ROUGE_L"],
    ["rouge-l", "ROUGE_L"],
    ["acuracy", "accuracy"],
    ["CIDEr-D", "CIDEr"],
    ["SPICE", undefined],
    ["", undefined],
    ["<>", undefined],
  ])("%s: %s", (given, meant) => {
    expect(closestName(given, names)).toBe(meant);
  });
  test("is said with the one that may be meant", () => {
    const known = names.map((score) => ({ score }));
    expect(() => requirePossible([parseCondition("cidr<0")], known, "difference")).toThrow(
      "There is no score cidr here: did you mean CIDEr? (there are Bleu_1, Bleu_4, CIDEr, ROUGE_L, accuracy).",
    );
  });
});

test.each<[string, "score" | "difference", string | undefined]>([
  ["CIDEr<-10", "difference", "never"],
  ["CIDEr<-9.99", "difference", undefined],
  ["CIDEr<=-10", "difference", undefined],
  ["CIDEr<10.1", "difference", "always"],
  ["CIDEr>20", "difference", "never"],
  ["CIDEr>=-10", "difference", "always"],
  ["CIDEr<0", "score", "never"],
  ["CIDEr<90", "score", "always"],
  ["CIDEr<0.9", "score", undefined],
  ["other<-1e9", "difference", undefined],
])("%s of a %s: %s", (text, of, how) => {
  const known = [{ score: "CIDEr", range: [0, 10] as const }, { score: "other" }];
  const check = () => requirePossible([parseCondition(text)], known, of);
  if (how === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(new RegExp(`this would ${how} fail`));
});

describe("what is looked at", () => {
  const row = { of: "b minus a", subset: "all", score: "CIDEr", value: -0.03, low: -0.05, high: -0.01 };
  const fails = (text: string, measured = row) => judge([parseCondition(text)], [measured], 0.95)[0]!;
  test.each([
    ["CIDEr<-0.02", false], // the upper end decides
    ["CIDEr<0", true],
    ["CIDEr<-0.01", false],
    ["CIDEr<=-0.01", true],
    ["CIDEr.high<0", true],
    ["CIDEr.mean<-0.02", true],
    ["CIDEr.mean<-0.04", false],
    ["CIDEr.low<-0.04", true],
    ["CIDEr.low<-0.06", false],
    ["CIDEr>-0.06", true], // the lower end decides
    ["CIDEr>-0.04", false],
  ])("%s: %s", (text, failed) => {
    expect(fails(text).failed).toBe(failed);
  });

  test("the reason has the numbers", () => {
    expect(fails("CIDEr<0").reason).toBe(
      "b minus a: CIDEr is -0.0300 [-0.0500, -0.0100], whose whole 95 % interval is below 0",
    );
    expect(fails("CIDEr.low<-0.06").reason).toBe(
      "b minus a: CIDEr is -0.0300 [-0.0500, -0.0100], whose 95 % interval's lower end is not below -0.06",
    );
    expect(fails("CIDEr.mean<0").reason).toBe("b minus a: CIDEr is -0.0300, which is below 0");
  });

  test("numbers have the digits of tables, and more where they would look like the limit", () => {
    const reasonOf = (text: string, value: number) => fails(text, { ...row, value }).reason;
    expect(reasonOf("CIDEr.mean<0", -0.123456)).toContain("is -0.1235, which");
    expect(reasonOf("CIDEr.mean<0.9", 0.89998)).toContain("is 0.89998, which is below 0.9");
    expect(reasonOf("CIDEr.mean<0.9", 0.9)).toContain("is 0.9000, which is not below 0.9");
    expect(reasonOf("CIDEr.mean<75", 74.218)).toContain("is 74.22, which is below 75");
  });

  test("what is no number fails, and so does what nothing is known of", () => {
    expect(fails("CIDEr<-1", { ...row, value: Number.NaN, high: Number.NaN })).toMatchObject({
      failed: true,
      reason: expect.stringContaining("which is not a number"),
    });
    const { low: _, high: __, ...bare } = row;
    expect(() => judge([parseCondition("CIDEr<0")], [bare], 0.95)).toThrow(
      expect.objectContaining({ code: "no-interval" }),
    );
    expect(() => judge([parseCondition("CIDEr@al<0")], [row], 0.95)).toThrow(/no part al .*: did you mean all\?/);
    expect(() => judge([parseCondition("cidr<0")], [row], 0.95)).toThrow(/no score cidr here: did you mean CIDEr\?/);
  });
});
