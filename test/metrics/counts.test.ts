import { bootstrap, countResult, selectExamples, VERSION } from "@simvlm/metrics";
import { expect, test } from "vitest";

const share = {
  metric: "exact",
  names: ["exact"],
  columns: ["exact", "captions"],
  scoresFromSums: ([exact, captions]: Float64Array) => [captions === 0 ? 0 : exact! / captions!],
} as const;

test("scores come from the sums of the counts, subsets and intervals follow", () => {
  const result = countResult(share, [
    [1, 2],
    [0, 0],
    [2, 2],
  ]);
  expect(result.scores).toEqual({ exact: 3 / 4 });
  expect([...result.perExample.exact]).toEqual([1 / 2, 0, 1]);
  expect(result.signature).toBe(`exact|version:simvlm-${VERSION}`);
  expect(selectExamples(result, Int32Array.of(2, 1)).scores).toEqual({ exact: 1 });
  const { low, high } = bootstrap(result).exact;
  expect([low, high]).toEqual([0, 1]);
});

test("of no examples the scores are those of zero sums", () => {
  expect(countResult(share, []).scores).toEqual({ exact: 0 });
});

test("numbers that are not whole are added up one by one", () => {
  const values = Array.from({ length: 300 }, (_, i) => 1 / (i + 1));
  const total = { ...share, scoresFromSums: ([sum]: Float64Array) => [sum!] };
  const result = countResult(
    total,
    values.map((value) => [value, 1]),
  );
  expect(result.scores.exact).toBe(values.reduce((sum, value) => sum + value, 0));
});
