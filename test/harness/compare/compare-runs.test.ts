import { mkdirSync } from "node:fs";
import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import { scorePredictions } from "../../../harness/tasks/score-predictions.js";
import { reportScores, type ScoreReport } from "../../../harness/tasks/score-report.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, idOf, makeRun, writeCaptionData } from "./runs.js";

const FEW = { resamples: 200 };
const right = (_: string, place: number) => CAPTIONS[place]!;
const shifted = (_: string, place: number) => CAPTIONS[(place + 5) % CAPTIONS.length]!;

function captionWorld(options = {}): Scratch {
  const scratch = new Scratch();
  writeCaptionData(scratch, options);
  return scratch;
}

const findRow = <T extends { run: string; subset: string; score: string }>(
  rows: readonly T[],
  run: string,
  score: string,
  subset = "all",
) => rows.find((row) => row.run === run && row.score === score && row.subset === subset)!;

test("a run that is worse is significantly worse than the first, and one that says the same is not", async () => {
  const scratch = captionWorld();
  const good = await makeRun(scratch, "good", right);
  const bad = await makeRun(scratch, "bad", shifted);
  const same = await makeRun(scratch, "same", right);
  const comparison = await compareRuns([good, bad, same], FEW);
  expect(comparison.runs.map(({ label }) => label)).toEqual(["good", "bad", "same"]);
  expect(comparison.data).toMatchObject({ split: "test", examples: CAPTIONS.length, missing: 0 });
  for (const score of ["Bleu_4", "CIDEr", "ROUGE_L"]) {
    const worse = findRow(comparison.differences, "bad", score);
    expect(worse.against).toBe("good");
    expect(worse.difference).toBeCloseTo(worse.value - worse.againstValue, 12);
    expect(worse.high).toBeLessThan(0);
    expect(Math.max(worse.pBootstrap, worse.pPermutation)).toBeLessThan(0.01);
    expect(findRow(comparison.differences, "same", score)).toMatchObject({
      difference: 0,
      low: 0,
      high: 0,
      pBootstrap: 1,
      pPermutation: 1,
    });
  }
  expect(findRow(comparison.scores, "good", "ROUGE_L").value).toBe(1);
});

test("of fewer than six examples a warning says that nothing is certain", async () => {
  const warn = async (count: number) => {
    const captions = CAPTIONS.slice(0, count);
    const scratch = captionWorld({ captions });
    const folders = [
      await makeRun(scratch, "good", right),
      await makeRun(scratch, "bad", (_, place) => captions[(place + 1) % count]!),
    ];
    return (await compareRuns(folders, FEW)).warnings ?? [];
  };
  expect(await warn(5)).toEqual([expect.stringMatching(/^Only 5 examples are compared: .* say nothing/)]);
  expect(await warn(6)).toEqual([]);
});

test("the scores and intervals are those of `simvlm score --by-domain --ci`", async () => {
  const scratch = captionWorld();
  const folders = [await makeRun(scratch, "good", right), await makeRun(scratch, "bad", shifted)];
  const { scores } = await compareRuns(folders);
  const task = findTask("caption");
  const scored = await scorePredictions({
    task,
    data: await task.readReferences!(scratch.at("data/test.json")),
    predictions: await task.readResults(scratch.at("bad/results.json")),
    groups: "required",
  });
  const report: ScoreReport = reportScores(scored!, { intervals: RESAMPLING_DEFAULTS });
  expect(report.scores).toEqual(scratch.readJson<ScoreReport>("bad/scores.json").scores);
  const sets = Object.entries({ ...report.byDomain!, all: report });
  expect(sets.map(([name]) => name)).toEqual(["in-domain", "near-domain", "out-domain", "all"]);
  for (const [subset, { examples, intervals }] of sets) {
    for (const [score, interval] of Object.entries(intervals!)) {
      const { score: value, ...bounds } = interval;
      expect(findRow(scores, "bad", score, subset)).toEqual({ run: "bad", subset, examples, score, value, ...bounds });
    }
  }
  expect(scores).toHaveLength(2 * sets.length * 6);
});

test("wins and losses come with both predictions, the largest difference first", async () => {
  const scratch = captionWorld();
  const good = await makeRun(scratch, "good", right);
  // The first three are wrong, one of them by a single word.
  const mixed = await makeRun(scratch, "mixed", (id, place) =>
    place === 2 ? "a small red bird" : place < 2 ? "nothing at all" : right(id, place),
  );
  const { winsAndLosses } = await compareRuns([good, mixed], { ...FEW, wins: 2 });
  const [pair] = winsAndLosses;
  expect(pair).toMatchObject({ run: "mixed", against: "good", score: "CIDEr" });
  expect(pair!.counts).toEqual({ wins: 0, losses: 3, ties: CAPTIONS.length - 3 });
  expect(pair!.wins).toEqual([]);
  expect(pair!.losses.map(({ id }) => id).sort()).toEqual([idOf(0), idOf(1)]);
  const [first, second] = pair!.losses;
  expect(first!.difference).toBeLessThanOrEqual(second!.difference);
  const place = Number(first!.id) - 101;
  expect(first).toMatchObject({
    images: [`images/${first!.id}.jpg`],
    prediction: "nothing at all",
    againstPrediction: CAPTIONS[place],
    reference: CAPTIONS[place],
    value: 0,
  });
  expect(first!.difference).toBe(first!.value - first!.againstValue);
  const turned = await compareRuns([mixed, good], { ...FEW, wins: 2 });
  expect(turned.winsAndLosses[0]!.counts).toEqual({ wins: 3, losses: 0, ties: CAPTIONS.length - 3 });
  expect(turned.winsAndLosses[0]!.wins.map(({ id }) => id)).toEqual(pair!.losses.map(({ id }) => id));
});

test("the comparison survives JSON, depends on its seed only, and reports its steps", async () => {
  const scratch = captionWorld({ facts: true });
  const folders = [await makeRun(scratch, "good", right), await makeRun(scratch, "bad", shifted)];
  let left = 0;
  const onStart = (steps: number) => {
    left = steps;
    return () => void left--;
  };
  const comparison = await compareRuns(folders, { ...FEW, onStart });
  expect(left).toBe(0);
  expect(JSON.parse(JSON.stringify(comparison)) as RunComparison).toEqual(comparison);
  expect(await compareRuns(folders, FEW)).toEqual(comparison);
  expect((await compareRuns(folders, { ...FEW, seed: 9 })).scores).not.toEqual(comparison.scores);
});

test("runs with one label are told apart", async () => {
  const scratch = captionWorld();
  const options = { label: "ours" };
  const folders = [await makeRun(scratch, "a", right, options), await makeRun(scratch, "b", shifted, options)];
  const labels = async (...runs: string[]) => (await compareRuns(runs, FEW)).runs.map(({ label }) => label);
  expect(await labels(...folders)).toEqual(["ours (a)", "ours (b)"]);
  const [a] = folders as [string];
  expect(await labels(a, a)).toEqual([`ours (${a}) #1`, `ours (${a}) #2`]);
});

test("runs that were cut short are compared, and it is said", async () => {
  const scratch = captionWorld();
  const limited = { limit: 4 };
  const folders = [await makeRun(scratch, "a", right, limited), await makeRun(scratch, "b", shifted, limited)];
  const { data, notes } = await compareRuns(folders, FEW);
  expect(data).toMatchObject({ examples: 4, missing: CAPTIONS.length - 4 });
  expect(notes.join("\n")).toMatch(/first examples only, not comparable with complete runs: a, b/);
  expect(notes.join("\n")).toMatch(/Only 4 of 14 examples/);
});

test("the data may lie elsewhere", async () => {
  const scratch = captionWorld();
  const folders = [await makeRun(scratch, "a", right), await makeRun(scratch, "b", shifted)];
  mkdirSync(scratch.at("moved"));
  writeCaptionData(scratch, { folder: "moved" });
  const moved = await compareRuns(folders, { ...FEW, dataFolder: scratch.at("moved") });
  expect(moved.data.folder).toBe(scratch.at("moved"));
  expect(moved.scores).toEqual((await compareRuns(folders, FEW)).scores);
});
