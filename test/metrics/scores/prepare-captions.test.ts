import {
  BLEU_NAMES,
  bleu,
  type CaptionOptions,
  cider,
  prepareCaptions,
  rougeL,
  scoreBleu,
  scoreCider,
  scoreRougeL,
} from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { ulpDistance } from "../../ulp.js";
import { readFixture } from "../fixture.js";

interface Golden {
  name: string;
  hypotheses: string[];
  references: string[][];
  bleu: number[];
  bleuPerImage: number[][];
  rouge: number;
  rougePerImage: number[];
  ciderD: number;
  ciderDPerImage: number[];
  cider: number;
  ciderPerImage: number[];
}

const TOKENISED: CaptionOptions = { tokenizer: "none" };
const golden = readFixture<Golden[]>("captions.json").map((row) => [row.name, row] as const);

describe.each(golden)("%s", (_, expected) => {
  const { hypotheses, references } = expected;

  test("ROUGE-L is bit-identical", () => {
    const { scores, perExample } = rougeL(hypotheses, references, TOKENISED);
    expect([...perExample.ROUGE_L]).toEqual(expected.rougePerImage);
    expect(scores.ROUGE_L).toBe(expected.rouge);
  });

  test.each([
    ["CIDEr-D", "ciderD", "ciderDPerImage"],
    ["CIDEr", "cider", "ciderPerImage"],
  ] as const)("%s is bit-identical", (variant, corpus, perImage) => {
    const { scores, perExample } = cider(hypotheses, references, { ...TOKENISED, variant });
    expect([...perExample.CIDEr]).toEqual(expected[perImage]);
    expect(scores.CIDEr).toBe(expected[corpus]);
  });

  test("BLEU is within 2 ulp", () => {
    const { scores, perExample } = bleu(hypotheses, references, TOKENISED);
    for (const [k, name] of BLEU_NAMES.entries()) {
      expect(ulpDistance(scores[name], expected.bleu[k]!)).toBeLessThanOrEqual(2);
      for (const [i, score] of perExample[name].entries()) {
        expect(ulpDistance(score, expected.bleuPerImage[i]![k]!)).toBeLessThanOrEqual(2);
      }
    }
  });

  test("tokenising once for all metrics gives the same scores", () => {
    const corpus = prepareCaptions(hypotheses, references, TOKENISED);
    expect(scoreBleu(corpus).scores).toEqual(bleu(hypotheses, references, TOKENISED).scores);
    expect(scoreCider(corpus).scores.CIDEr).toBe(expected.ciderD);
    expect(scoreRougeL(corpus).scores.ROUGE_L).toBe(expected.rouge);
  });
});

test.each([
  ["bleu", bleu],
  ["cider", cider],
  ["rougeL", rougeL],
])("%s refuses lists of different lengths and images without references", (_, score) => {
  expect(() => score(["a", "b"], [["a"]], TOKENISED)).toThrow(expect.objectContaining({ code: "length-mismatch" }));
  expect(() => score(["a", "b"], [["a"], []], TOKENISED)).toThrow(
    expect.objectContaining({ code: "no-references", message: expect.stringContaining("example 2") }),
  );
});

test("signatures name what a score depends on", () => {
  const hypotheses = ["a b", "c"];
  const references = [["a b", "b"], ["c"]];
  expect(bleu(hypotheses, references, TOKENISED).signature).toMatch(
    /^BLEU\|nrefs:1-2\|tok:none\|reflen:closest\|version:/,
  );
  expect(rougeL(hypotheses, references, TOKENISED).signature).toMatch(
    /^ROUGE-L\|nrefs:1-2\|tok:none\|beta:1.2\|version:/,
  );
  expect(cider(hypotheses, references, TOKENISED).signature).toMatch(
    /^CIDEr-D\|nrefs:1-2\|tok:none\|df:references\|documents:2\|resampling:df-fixed\|sigma:6\|version:/,
  );
  expect(cider(hypotheses, references, { ...TOKENISED, variant: "CIDEr" }).signature).toMatch(/^CIDEr\|((?!sigma).)*$/);
});
