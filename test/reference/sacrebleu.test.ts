import { sacreBleu, tokenize13a } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { hasShared, readGolden } from "../shared.js";
import { ulpDistance } from "../ulp.js";

interface Golden {
  hyp: string[];
  ref: string[];
  sentence_bleu: number[];
  tok13a_ref: string[];
  tok13a_hyp: string[];
  [variant: `bleu_${string}`]: { score: number; counts: number[]; totals: number[]; sys_len: number; ref_len: number };
}

describe.runIf(hasShared)("Multi30k En-De against sacreBLEU", () => {
  const golden = hasShared
    ? readGolden<{ test_2016_flickr: Golden }>("multi30k_sacrebleu.json.gz").test_2016_flickr
    : undefined;

  test("13a tokens are identical", () => {
    expect(golden!.hyp.map((line) => tokenize13a(line).join(" "))).toEqual(golden!.tok13a_hyp);
    expect(golden!.ref.map((line) => tokenize13a(line).join(" "))).toEqual(golden!.tok13a_ref);
  });

  test.each([
    ["bleu_default", {}],
    ["bleu_lc", { lowercase: true }],
    ["bleu_none", { tokenizer: "none" }],
    ["bleu_intl", { tokenizer: "intl" }],
  ] as const)("%s", (variant, options) => {
    const { score, counts, totals, sys_len, ref_len } = golden![variant]!;
    const references = golden!.ref.map((line) => [line]);
    const result = sacreBleu(golden!.hyp, references, options);
    expect(ulpDistance(result.scores.sacreBLEU, score)).toBeLessThanOrEqual(2);
    const width = result.statistics.columns.length;
    const sums = Array.from({ length: width }, (_, column) =>
      result.statistics.values.filter((_, i) => i % width === column).reduce((sum, x) => sum + x, 0),
    );
    expect(sums).toEqual([sys_len, ref_len, ...counts, ...totals]);
  });

  test("sentence BLEU is within 2 ulp", () => {
    const references = golden!.ref.map((line) => [line]);
    const { sacreBLEU } = sacreBleu(golden!.hyp, references).perExample;
    const distances = golden!.sentence_bleu.map((expected, i) => ulpDistance(sacreBLEU[i]!, expected));
    expect(Math.max(...distances)).toBeLessThanOrEqual(2);
  });
});
