import { type SacreBleuOptions, sacreBleu } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { ulpDistance } from "../../ulp.js";
import { readFixture } from "../fixture.js";

interface Golden {
  name: string;
  options: SacreBleuOptions;
  hypotheses: string[];
  references: string[][];
  score: number;
  perSegment: number[];
  statistics: number[][];
}

const golden = readFixture<Golden[]>("sacrebleu.json").map((row) => [row.name, row] as const);

test.each(golden)("%s", (_, { hypotheses, references, options, score, perSegment, statistics }) => {
  const result = sacreBleu(hypotheses, references, options);
  expect([...result.statistics.values]).toEqual(statistics.flat());
  expect(ulpDistance(result.scores.sacreBLEU, score)).toBeLessThanOrEqual(2);
  for (const [i, sentenceBleu] of result.perExample.sacreBLEU.entries()) {
    expect(ulpDistance(sentenceBleu, perSegment[i]!)).toBeLessThanOrEqual(2);
  }
});

describe("by hand", () => {
  const score = (hypothesis: string, references: string[], options: SacreBleuOptions = { tokenizer: "none" }) =>
    sacreBleu([hypothesis], [references], options).scores.sacreBLEU;
  const geometricMean = (...precisions: number[]) =>
    precisions.reduce((product, p) => product * p) ** (1 / precisions.length);

  test("each further order without a match has half the precision", () => {
    expect(score("a b c d e", ["a b x y z"])).toBeCloseTo(
      100 * geometricMean(2 / 5, 1 / 4, 1 / (2 * 3), 1 / (4 * 2)),
      10,
    );
  });

  test("too short a translation is penalised, too long a one is not", () => {
    expect(score("a b c d", ["a b c d e"])).toBeCloseTo(100 * Math.exp(1 - 5 / 4), 10);
    expect(score("a b c d e", ["a b c d"])).toBeCloseTo(100 * geometricMean(4 / 5, 3 / 4, 2 / 3, 1 / 2), 10);
    expect(score("a b c d", ["a b c d"])).toBeCloseTo(100, 10);
  });

  test("an n-gram may match any reference; the closest length counts, the shorter of two", () => {
    expect(score("a b c d e f", ["a b c d x x x", "x x c d e f"])).toBeCloseTo(
      100 * geometricMean(1, 1, 2 / 4 + 2 / 4, 2 / 3),
      10,
    );
    expect(score("a b c d", ["a b c d e", "x y z"])).toBeCloseTo(100, 10);
  });

  test("a corpus without fourgrams scores 0, a sentence is scored by the orders it has", () => {
    const { scores, perExample } = sacreBleu(["a b c"], [["a b c"]], { tokenizer: "none" });
    expect([scores.sacreBLEU, perExample.sacreBLEU[0]]).toEqual([0, expect.closeTo(100, 10)]);
  });

  test("13a is the default, and case counts", () => {
    expect(score("Ein Hund, läuft weg.", ["Ein Hund , läuft weg ."], {})).toBeCloseTo(100, 10);
    expect(score("ein hund läuft weg", ["Ein Hund läuft weg"], {})).toBeLessThan(50);
    expect(score("ein hund läuft weg", ["Ein Hund läuft weg"], { lowercase: true })).toBeCloseTo(100, 10);
  });
});

test("the signature is in sacreBLEU's manner", () => {
  expect(sacreBleu(["a"], [["a"]]).signature).toMatch(
    /^BLEU\|nrefs:1\|case:mixed\|eff:no\|tok:13a\|smooth:exp\|version:/,
  );
  expect(sacreBleu(["a"], [["a", "b"]], { lowercase: true, tokenizer: "none" }).signature).toMatch(
    /^BLEU\|nrefs:2\|case:lc\|eff:no\|tok:none\|smooth:exp\|version:/,
  );
});

test("lists of different lengths and segments without references are refused", () => {
  expect(() => sacreBleu(["a"], [])).toThrow(expect.objectContaining({ code: "length-mismatch" }));
  expect(() => sacreBleu(["a"], [[]])).toThrow(expect.objectContaining({ code: "no-references" }));
});
