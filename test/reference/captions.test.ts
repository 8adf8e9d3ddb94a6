import { bleu, cider, rougeL } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { hasShared, readGolden } from "../shared.js";
import { ulpDistance } from "../ulp.js";

interface TokenizedImage {
  image_id: number;
  hyp: string;
  refs: string[];
}

interface EdgeCase {
  name: string;
  gts: Record<string, string[]>;
  res: Record<string, string[]>;
  scores: {
    bleu: number[];
    bleu_img: number[][];
    rouge: number;
    rouge_img: number[];
    cider: number;
    cider_img: number[];
  };
}

const NAMES = ["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"] as const;

describe.runIf(hasShared)("1,000 COCO captions against pycocoevalcap", () => {
  const images = hasShared ? readGolden<TokenizedImage[]>("fakecap.raw.json") : [];
  const perImage = hasShared ? readGolden<Record<string, number[]>>("fakecap.perimage.json") : {};
  const corpus = hasShared ? readGolden<{ corpus: Record<string, number> }>("fakecap.corpus.json").corpus : {};
  const hypotheses = images.map(({ hyp }) => hyp);
  const references = images.map(({ refs }) => refs);

  test("ROUGE-L is bit-identical, each image and the corpus", () => {
    const result = rougeL(hypotheses, references);
    expect([...result.perExample.ROUGE_L]).toEqual(perImage.ROUGE_L);
    expect(result.scores.ROUGE_L).toBe(corpus.ROUGE_L);
  });

  test("CIDEr-D is bit-identical, each image and the corpus", () => {
    const result = cider(hypotheses, references);
    expect([...result.perExample.CIDEr]).toEqual(perImage.CIDEr);
    expect(result.scores.CIDEr).toBe(corpus.CIDEr);
  });

  test.each(NAMES)("%s is within 2 ulp, each image and the corpus", (name) => {
    const result = bleu(hypotheses, references);
    const distances = perImage[name]!.map((expected, i) => ulpDistance(result.perExample[name][i]!, expected));
    expect(Math.max(...distances)).toBeLessThanOrEqual(2);
    expect(distances.filter((distance) => distance > 0).length).toBeLessThanOrEqual(10);
    expect(ulpDistance(result.scores[name], corpus[name]!)).toBeLessThanOrEqual(2);
  });
});

describe.runIf(hasShared)("corner cases", () => {
  const cases = hasShared ? readGolden<EdgeCase[]>("metric_edge.json") : [];

  test.each(cases.map((edge) => [edge.name, edge] as const))("%s", (_, { gts, res, scores }) => {
    const ids = Object.keys(gts);
    const hypotheses = ids.map((id) => res[id]![0]!);
    const references = ids.map((id) => gts[id]!);
    const options = { tokenizer: "none" } as const;
    const rouge = rougeL(hypotheses, references, options);
    expect([...rouge.perExample.ROUGE_L, rouge.scores.ROUGE_L]).toEqual([...scores.rouge_img, scores.rouge]);
    const consensus = cider(hypotheses, references, options);
    expect([...consensus.perExample.CIDEr, consensus.scores.CIDEr]).toEqual([...scores.cider_img, scores.cider]);
    const precision = bleu(hypotheses, references, options);
    for (const [k, name] of NAMES.entries()) {
      expect(ulpDistance(precision.scores[name], scores.bleu[k]!)).toBeLessThanOrEqual(2);
      for (const [i, expected] of scores.bleu_img[k]!.entries()) {
        expect(ulpDistance(precision.perExample[name][i]!, expected)).toBeLessThanOrEqual(2);
      }
    }
  });
});
