import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import type { FactRow } from "../../../harness/compare/comparison.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "./runs.js";

/** What pictures of even and of odd places show: see `SCENES` of runs.ts. */
const PERFECT = ["one big red dog in the snow", "two big black cats in the sand"];
const perfect = (_: string, place: number) => PERFECT[place % 2];

async function compareFacts(say: (id: string, place: number) => string | undefined) {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true });
  const folders = [await makeRun(scratch, "perfect", perfect), await makeRun(scratch, "other", say)];
  return (await compareRuns(folders, { resamples: 200 })).facts!;
}

const find = <T extends Pick<FactRow, "run" | "fact" | "score" | "subset">>(
  rows: readonly T[],
  run: string,
  fact: string,
  score: string,
  subset = "all",
) => rows.find((row) => row.run === run && row.fact === fact && row.score === score && row.subset === subset)!;

test("the fact accuracy of perfect captions is 1", async () => {
  const { scores } = await compareFacts(perfect);
  const own = scores.filter(({ run }) => run === "perfect");
  // no relations in these scenes: nothing to be right about
  expect([...new Set(own.map(({ fact }) => fact))]).toEqual([
    "things",
    "colors",
    "sizes",
    "counts",
    "background",
    "caption",
  ]);
  for (const { value, low, high } of own) expect([value, low, high]).toEqual([1, 1, 1]);
  expect(own).toHaveLength((5 * 3 + 1) * 4);
});

test("precision is of what is said, recall of what is there, and differences have the known sign", async () => {
  // Dogs blue instead of red; the cats are named and nothing else is said.
  const { scores, differences } = await compareFacts((_, place) =>
    place % 2 === 0 ? "one blue dog in the snow" : "cats",
  );
  const value = (fact: string, score: string) => find(scores, "other", fact, score).value;
  expect([value("things", "precision"), value("things", "recall"), value("things", "F1")]).toEqual([1, 1, 1]);
  expect([value("colors", "precision"), value("colors", "recall"), value("colors", "F1")]).toEqual([0, 0, 0]);
  expect([value("sizes", "precision"), value("sizes", "recall")]).toEqual([0, 0]);
  expect([value("counts", "precision"), value("counts", "recall")]).toEqual([1, 0.5]);
  expect(value("counts", "F1")).toBeCloseTo(2 / 3, 12);
  expect([value("background", "precision"), value("background", "recall")]).toEqual([1, 0.5]);
  expect(value("caption", "exact")).toBe(0.5);
  const recall = find(differences, "other", "counts", "recall");
  expect(recall).toMatchObject({ against: "perfect", difference: -0.5, value: 0.5, againstValue: 1 });
  expect([recall.high < 0, recall.pPermutation < 0.05]).toEqual([true, true]);
  expect(find(differences, "other", "things", "F1")).toMatchObject({ difference: 0, pBootstrap: 1, pPermutation: 1 });
  expect(find(differences, "other", "caption", "exact").difference).toBe(-0.5);
});

test("by domain: the pictures of each by themselves", async () => {
  // Wrong in the pictures of the in-domain only.
  const { scores } = await compareFacts((id, place) => (place % 3 === 0 ? "a castle" : perfect(id, place)));
  const exact = (subset: string) => find(scores, "other", "caption", "exact", subset);
  expect(exact("in-domain")).toMatchObject({ value: 0, examples: 5 });
  expect(exact("near-domain")).toMatchObject({ value: 1, examples: 5 });
  expect(exact("out-domain")).toMatchObject({ value: 1, examples: 4 });
  expect(exact("all").value).toBeCloseTo(9 / 14, 12);
});

test("German captions are read, too, and stand beside no English table of the paper", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true, file: "test-de.json" });
  const options = { settings: { language: "de" as const } };
  const german = ["ein großer roter Hund im Schnee", "zwei große schwarze Katzen im Sand"];
  const folders = [
    await makeRun(scratch, "perfect", (_, place) => german[place % 2], options),
    await makeRun(scratch, "english", (_, place) => CAPTIONS[place], options),
  ];
  const { facts, paper } = await compareRuns(folders, { resamples: 50 });
  expect(find(facts!.scores, "perfect", "caption", "exact").value).toBe(1);
  expect(find(facts!.scores, "perfect", "colors", "F1").value).toBe(1);
  expect(find(facts!.scores, "english", "caption", "exact").value).toBeLessThan(1);
  expect(paper).toEqual([]);
});

test("data without known scenes are compared without facts", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const folders = [await makeRun(scratch, "a", perfect), await makeRun(scratch, "b", perfect)];
  expect((await compareRuns(folders, { resamples: 10 })).facts).toBeUndefined();
});
