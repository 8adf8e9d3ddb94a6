import { beforeAll, describe, expect, test } from "vitest";
import { explainRun } from "../../../../harness/compare/explain-examples.js";
import { describeTruth } from "../../../../harness/report/check/describe-truth.js";
import { ReportedScores } from "../../../../harness/report/check/reported-scores.js";
import { type Scoring, unpackScoring } from "../../../../harness/report/check/scoring.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { roundScores } from "../../../../harness/report/document/round-scores.js";
import type { Scratch } from "../../cli/run-cli.js";
import { captionRuns } from "../document/world.js";
import { report, reportTask } from "./worlds.js";

const texts = ({ data }: ReportData) => data.files.map(({ text = "" }) => text);
const scoringOf = (data: ReportData): Scoring => unpackScoring(data.scoring!, texts(data));
const scoredOf = (data: ReportData) => ReportedScores.of(data, scoringOf(data), () => () => {});

describe("scores of single examples from what a page holds", () => {
  let scratch: Scratch;
  let data: ReportData;
  beforeAll(async () => {
    scratch = await captionRuns();
    data = await report([scratch.at("good"), scratch.at("poor")]);
  });

  test("each example of each run is explained as `explain` explains it", async () => {
    const scored = await scoredOf(data);
    const ids = scoringOf(data).examples.map(({ id }) => id);
    for (const [place, run] of ["good", "poor"].entries()) {
      const expected = await explainRun(scratch.at(run), { ids });
      expect(ids.map((id) => scored.explain(id)[place])).toEqual(expected);
    }
    expect(scored.explain("no such example")).toEqual([]);
  });

  test("the main score of every example is the one that the page shows, and others are there", async () => {
    const scored = await scoredOf(data);
    const { score, values } = data.examples!;
    expect(scored.scores(score).map(roundScores)).toEqual(values);
    expect(scored.scores("ROUGE_L")).toHaveLength(2);
    expect(scored.scores("no such score")).toEqual([]);
  });

  test("of a metric that no page computes the counts are shown, and what the report tells of it", async () => {
    const scoring = scoringOf(data);
    const { id } = scoring.examples[0]!;
    const kept: Scoring = {
      ...scoring,
      metrics: [...scoring.metrics, { name: "spice", title: "SPICE", scores: ["SPICE"], origin: "kept" }],
      // Of each example: tuples that matched, those of the prediction, those of the references.
      kept: { spice: [0, 1].map(() => ({ signature: "SPICE", values: scoring.examples.flatMap(() => [1, 2, 2]) })) },
    };
    const parts = [{ kind: "note", text: "as it was counted" } as const];
    const withParts = { spice: kept.kept!.spice!.map((counts) => ({ ...counts, explanations: [parts] })) };
    const all = (await ReportedScores.of(data, { ...kept, kept: withParts }, () => () => {})).explain(id);
    for (const { metrics } of all) expect(metrics.at(-1)).toEqual({ metric: "SPICE", scores: { SPICE: 0.5 }, parts });
    const told = { metric: "SPICE", scores: { SPICE: 0.5 }, parts: [{ kind: "note", text: "as it was" } as const] };
    const explanations = [{ run: "poor", id, prediction: "", metrics: [told] }];
    const explained = (await ReportedScores.of({ ...data, explanations }, kept, () => () => {})).explain(id);
    const [good, poor] = explained.map(({ metrics }) => metrics.find(({ metric }) => metric === "SPICE"));
    expect(good).toMatchObject({ scores: { SPICE: 0.5 }, parts: [{ kind: "note" }] });
    expect(good!.parts[0]).toHaveProperty("text", expect.stringContaining("not in the page"));
    expect(poor).toEqual(told);
  });

  test("a run that lacks predictions is refused", async () => {
    const [good, poor] = data.runs;
    const runs = [good!, { ...poor!, outcomes: poor!.outcomes.slice(1) }];
    await expect(scoredOf({ ...data, runs })).rejects.toThrow("predictions of poor are missing");
  });
});

test("people's votes explain the accuracy of an answer", async () => {
  const [, two] = await reportTask("vqa");
  const scored = await scoredOf(two!);
  const explained = scored.explain("1");
  expect(explained).toHaveLength(2);
  expect(JSON.stringify(explained[0])).toContain('"kind":"terms"');
});

test("what is right is told in texts: answers with their votes, options with their letters", () => {
  const answers = ["no", "yes", "yes"].map((answer) => ({ answer }));
  expect(describeTruth({ references: [], answers })).toEqual(["yes ×2", "no"]);
  expect(describeTruth({ references: ["B"], choices: ["a cat", "a dog"] })).toEqual(["B: a dog"]);
  expect(describeTruth({ references: ["a dog", "one dog"] })).toEqual(["a dog", "one dog"]);
});
