import {
  BLEU_NAMES,
  bleu,
  type CaptionOptions,
  cider,
  type MetricResult,
  rougeL,
  sacreBleu,
  vqaAccuracy,
} from "@simvlm/metrics";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ulpDistance } from "../../ulp.js";
import {
  arbitraryCaption,
  arbitraryImages,
  type CaptionedImage,
  hypothesesOf,
  referencesOf,
  SEEDED,
} from "../generators.js";

const TOKENISED: CaptionOptions = { tokenizer: "none" };

type Score = (hypotheses: string[], references: string[][]) => MetricResult;

const METRICS: readonly (readonly [name: string, score: Score, highest: number])[] = [
  ["BLEU", (h, r) => bleu(h, r, TOKENISED), 1],
  ["ROUGE-L", (h, r) => rougeL(h, r, TOKENISED), 1],
  ["CIDEr-D", (h, r) => cider(h, r, TOKENISED), 10],
  ["CIDEr", (h, r) => cider(h, r, { ...TOKENISED, variant: "CIDEr" }), 10],
  ["sacreBLEU", (h, r) => sacreBleu(h, r), 100],
];

const scoreAll = (score: Score, images: readonly CaptionedImage[]) => score(hypothesesOf(images), referencesOf(images));

/** Images, and the same in another order, each with its place among the first. */
const shuffledImages = arbitraryImages().chain((images) =>
  fc.tuple(
    fc.constant(images),
    fc.shuffledSubarray(
      images.map((_, i) => i),
      { minLength: images.length },
    ),
  ),
);

describe.each(METRICS)("%s", (name, score, highest) => {
  test("the order of the images changes no image's score, and the corpus's in its last bit at most", () => {
    fc.assert(
      fc.property(shuffledImages, ([images, order]) => {
        const straight = scoreAll(score, images);
        const shuffled = scoreAll(
          score,
          order.map((i) => images[i]!),
        );
        for (const of of straight.names) {
          const perExample = order.map((i) => straight.perExample[of]![i]!);
          expect([...shuffled.perExample[of]!]).toEqual(perExample);
          const distance = ulpDistance(shuffled.scores[of]!, straight.scores[of]!);
          expect(distance).toBeLessThanOrEqual(name.includes("BLEU") ? 0 : 2);
        }
      }),
      SEEDED,
    );
  });

  test("the order of an image's references changes nothing but last bits", () => {
    fc.assert(
      fc.property(arbitraryImages(), (images) => {
        const reversed = images.map(({ hypothesis, references }) => ({
          hypothesis,
          references: [...references].reverse(),
        }));
        const [straight, turned] = [scoreAll(score, images), scoreAll(score, reversed)];
        for (const of of straight.names) expect(turned.scores[of]).toBeCloseTo(straight.scores[of]!, 12);
      }),
      SEEDED,
    );
  });

  test("scores lie between 0 and the highest", () => {
    fc.assert(
      fc.property(arbitraryImages(), (images) => {
        const { names, scores, perExample } = scoreAll(score, images);
        for (const of of names) {
          for (const value of [scores[of]!, ...perExample[of]!]) {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(highest * (1 + 1e-12));
          }
        }
      }),
      SEEDED,
    );
  });

  test("no captions score higher than the references themselves", () => {
    const image = fc.record({ hypothesis: arbitraryCaption(), reference: arbitraryCaption({ minLength: 4 }) });
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 7 }), (images) => {
        const references = images.map(({ reference }) => [reference]);
        const perfect = score(references.flat(), references);
        const other = score(
          images.map(({ hypothesis }) => hypothesis),
          references,
        );
        for (const of of perfect.names) {
          expect(other.scores[of]!).toBeLessThanOrEqual(perfect.scores[of]! * (1 + 1e-8));
        }
      }),
      SEEDED,
    );
  });
});

test("perfect captions of four words or more reach the highest score", () => {
  const perfect = fc.uniqueArray(arbitraryCaption({ minLength: 4 }), { minLength: 2, maxLength: 7 });
  fc.assert(
    fc.property(perfect, (captions) => {
      const references = captions.map((caption) => [caption]);
      expect(rougeL(captions, references, TOKENISED).scores.ROUGE_L).toBe(1);
      expect(sacreBleu(captions, references).scores.sacreBLEU).toBeCloseTo(100, 10);
      for (const name of BLEU_NAMES) expect(bleu(captions, references, TOKENISED).scores[name]).toBeCloseTo(1, 8);
    }),
    SEEDED,
  );
});

test("VQA: neither the order of the questions nor that of the answers matters, and scores lie between 0 and 100", () => {
  const answer = fc.constantFrom("yes", "Yes", "no", "2", "two", "a dog", "");
  const question = fc.record({ prediction: answer, answers: fc.array(answer, { minLength: 1, maxLength: 10 }) });
  const score = (questions: readonly { prediction: string; answers: string[] }[]) =>
    vqaAccuracy(
      questions.map(({ prediction }) => prediction),
      questions.map(({ answers }) => ({ answers: answers.map((text, i) => ({ answer: text, answer_id: i })) })),
    );
  fc.assert(
    fc.property(fc.array(question, { minLength: 1, maxLength: 12 }), (questions) => {
      const { scores, perExample } = score(questions);
      const turned = questions.toReversed().map((q) => ({ ...q, answers: q.answers.toReversed() }));
      expect(score(turned).scores.accuracy).toBeCloseTo(scores.accuracy, 1);
      for (const accuracy of perExample.accuracy) {
        expect(accuracy).toBeGreaterThanOrEqual(0);
        expect(accuracy).toBeLessThanOrEqual(100);
      }
    }),
    SEEDED,
  );
});
