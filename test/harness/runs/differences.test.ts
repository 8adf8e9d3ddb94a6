import { findMetric } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { isTolerated } from "../../../harness/runs/differences.js";

test("scores of a network may differ by a little, in scores and intervals; others not at all", () => {
  const metrics = [findMetric("clipscore")!, findMetric("cider")!];
  const isClose = (field: string, first: string, second: string) => isTolerated({ field, first, second }, metrics);
  expect(isClose("scores.CLIPScore", "0.75", "0.7500001")).toBe(true);
  expect(isClose("groups.0.intervals.CLIPScore.low", "0.75", "0.74999")).toBe(true);
  expect(isClose("scores.CLIPScore", "0.75", "0.7501")).toBe(false);
  expect(isClose("scores.CIDEr", "0.75", "0.7500001")).toBe(false);
  expect(isClose("signatures.CLIPScore", '"a"', '"b"')).toBe(false);
  expect(isTolerated({ field: "scores.CLIPScore", first: "0.75", second: undefined }, metrics)).toBe(false);
});
