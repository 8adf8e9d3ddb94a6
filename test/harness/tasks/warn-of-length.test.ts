import { bleu, cider } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { warnOfLength } from "../../../harness/tasks/warn-of-length.js";

const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(" ");
const said = (...counts: number[]) =>
  counts.map((count, i) => ({ id: `${i}`, prediction: words(count), references: [words(5), words(5)] }));
const scored = [cider(["a b"], [["a b"]])];

test("captions of more than twice the references' length in the median are told, with both medians", () => {
  const [warning, ...more] = warnOfLength(said(4, 11, 90), scored);
  expect(warning).toContain("median 11 words, against 5");
  expect(more).toEqual([]);
  expect(warnOfLength(said(10, 11), scored)[0]).toContain("median 10.5 words, against 5");
});

test("twice is not more than twice, a few long ones are no median, and without CIDEr nothing is blind", () => {
  expect(warnOfLength(said(10, 10, 10), scored)).toEqual([]);
  expect(warnOfLength(said(5, 6, 90), scored)).toEqual([]);
  expect(warnOfLength(said(90), [bleu(["a b"], [["a b"]])])).toEqual([]);
  expect(warnOfLength([], scored)).toEqual([]);
});

test("references without words, and every number of them, are counted alike", () => {
  const example = (said: number, ...counts: number[]) => [
    { id: "1", prediction: words(said), references: counts.map(words) },
  ];
  expect(warnOfLength(example(1, 0), scored)[0]).toContain("against 0");
  expect(warnOfLength(example(0, 0), scored)).toEqual([]);
  expect(warnOfLength(example(10, 5, 4), scored)[0]).toContain("against 4.5");
  expect(warnOfLength(example(10, 6, 4), scored)).toEqual([]);
  expect(warnOfLength(example(11, 5, 6, 1, 6), scored)).toEqual([]);
  expect(warnOfLength(example(11, 5, 6, 5), scored)[0]).toContain("against 5");
});
