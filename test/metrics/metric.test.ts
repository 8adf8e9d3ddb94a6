import {
  bleu,
  type CaptionOptions,
  cider,
  nlvr2,
  rougeL,
  sacreBleu,
  selectExamples,
  VERSION,
  vqaAccuracy,
} from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatSignature } from "../../metrics/metric.js";
import packageFile from "../../metrics/package.json" with { type: "json" };
import { pairwiseMean } from "../../metrics/statistics/summation.js";
import { arbitraryImages, hypothesesOf, referencesOf, SEEDED } from "./generators.js";

const TOKENISED: CaptionOptions = { tokenizer: "none" };

/** Images and some of their rows, in any order. */
const imagesAndRows = arbitraryImages({ maxLength: 12 }).chain((images) =>
  fc.tuple(
    fc.constant(images),
    fc.shuffledSubarray(
      images.map((_, i) => i),
      { minLength: 1 },
    ),
  ),
);

describe("selecting examples", () => {
  test.each([
    ["bleu", (h: string[], r: string[][]) => bleu(h, r, TOKENISED)],
    ["rougeL", (h: string[], r: string[][]) => rougeL(h, r, TOKENISED)],
    ["sacreBleu", (h: string[], r: string[][]) => sacreBleu(h, r)],
  ] as const)("%s: is scoring them alone", (_, score) => {
    fc.assert(
      fc.property(imagesAndRows, ([images, rows]) => {
        const selected = selectExamples<string>(
          score(hypothesesOf(images), referencesOf(images)),
          Int32Array.from(rows),
        );
        const chosen = rows.map((row) => images[row]!);
        const alone = score(hypothesesOf(chosen), referencesOf(chosen));
        expect(selected.scores).toEqual(alone.scores);
        expect(selected.statistics).toEqual(alone.statistics);
        expect({ ...selected.perExample }).toEqual({ ...alone.perExample });
      }),
      SEEDED,
    );
  });

  test("CIDEr: is numpy's mean of their scores, with the document frequencies of all", () => {
    fc.assert(
      fc.property(imagesAndRows, ([images, rows]) => {
        const all = cider(hypothesesOf(images), referencesOf(images), TOKENISED);
        const selected = selectExamples(all, Int32Array.from(rows));
        const scores = Float64Array.from(rows, (row) => all.perExample.CIDEr[row]!);
        expect(selected.perExample.CIDEr).toEqual(scores);
        expect(selected.scores.CIDEr).toBe(pairwiseMean(scores));
        expect(selected.signature).toBe(all.signature);
      }),
      SEEDED,
    );
  });

  test("whole clusters stay clusters", () => {
    const labels = ["s", "t", "s", "u"].map((sentenceId) => ({ label: true, sentenceId }));
    const selected = selectExamples(nlvr2([true, false, false, true], labels), Int32Array.of(2, 0, 3));
    expect(selected.scores).toEqual({ accuracy: 2 / 3, consistency: 1 / 2 });
    expect([...selected.clusters!]).toEqual([0, 0, 2]);
    expect([...selected.perExample.consistency]).toEqual([0, 0, 1]);
  });

  test("twice the same example counts twice, none gives no score", () => {
    const all = rougeL(["a", "b"], [["a"], ["c"]], TOKENISED);
    expect(selectExamples(all, Int32Array.of(0, 0, 1)).scores.ROUGE_L).toBe(2 / 3);
    expect(selectExamples(all, new Int32Array(0)).scores.ROUGE_L).toBeNaN();
  });
});

test("every metric's corpus scores come from its summed statistics", () => {
  const captions = ["a b c d e", "a c", ""];
  const references = [["a b c d", "b"], ["a c"], ["d"]];
  const answers = ["x", "x", "y"].map((answer, i) => ({ answer, answer_id: i }));
  for (const result of [
    bleu(captions, references, TOKENISED),
    cider(captions, references, TOKENISED),
    rougeL(captions, references, TOKENISED),
    sacreBleu(captions, references),
    nlvr2(
      [true, false],
      [
        { label: true, sentenceId: "s" },
        { label: true, sentenceId: "s" },
      ],
    ),
    vqaAccuracy(["x", "z"], [{ answers }, { answers }]),
  ]) {
    const width = result.statistics.columns.length;
    const sums = new Float64Array(width);
    for (const [i, value] of result.statistics.values.entries()) sums[i % width]! += value;
    const scores = result.scoresFromSums(sums);
    expect(result.names).toEqual(Object.keys(result.scores));
    // two decimals: the official VQA evaluation rounds its corpus scores
    for (const [i, score] of Object.values<number>(result.scores).entries()) expect(scores[i]).toBeCloseTo(score, 2);
  }
});

test("scores of single examples are computed once, when asked for", () => {
  const { perExample } = bleu(["a b"], [["a"]], TOKENISED);
  expect(Object.keys(perExample)).toEqual(["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4"]);
  expect(perExample.Bleu_2).toBe(perExample.Bleu_2);
});

test("a signature ends in the package's version", () => {
  expect(VERSION).toBe(packageFile.version);
  expect(formatSignature("X", { b: 1, a: "two" })).toBe(`X|b:1|a:two|version:simvlm-${VERSION}`);
});
