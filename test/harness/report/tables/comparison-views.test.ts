import { mkdirSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, expect, test } from "vitest";
import { compareRuns } from "../../../../harness/compare/compare-runs.js";
import type { RunComparison } from "../../../../harness/compare/comparison.js";
import { paperView } from "../../../../harness/report/tables/paper.js";
import { scoresView } from "../../../../harness/report/tables/scores.js";
import { comparisonThumbnails, winsAndLossesView } from "../../../../harness/report/tables/wins-and-losses.js";
import { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, idOf, makeRun, writeCaptionData } from "../../compare/runs.js";
import { atRest } from "../at-rest.js";

const scratch = new Scratch();
let comparison: RunComparison;

beforeAll(async () => {
  writeCaptionData(scratch, { facts: true });
  mkdirSync(scratch.at("data/images"), { recursive: true });
  const picture = sharp({ create: { width: 200, height: 100, channels: 3, background: "#2458a6" } }).jpeg();
  for (let place = 0; place < CAPTIONS.length - 1; place++) {
    await picture.clone().toFile(scratch.at(`data/images/${idOf(place)}.jpg`));
  }
  const say = (shift: number) => (_: string, place: number) => CAPTIONS[(place + shift) % CAPTIONS.length];
  const folders = [
    await makeRun(scratch, "zero-shot", (_, place) => CAPTIONS[place % 3 === 0 ? place : 0]),
    await makeRun(scratch, "fine-tuned", say(0)),
    await makeRun(scratch, "text-only", () => "<script>alert(1)</script> a dog"),
  ];
  comparison = await compareRuns(folders, { resamples: 50 });
}, 60_000);

/** The page has eight digits of each number. */
const near = (value: number) => expect.closeTo(value, 6);

test("every score of every run stands with its interval, by domain and for all, and so do the differences", async () => {
  const view = await scoresView(comparison);
  const text = view.markup.markup;
  const data = [...text.matchAll(/<script type="application\/json">(.*?)<\/script>/g)].map(([, json]) =>
    JSON.parse(json!),
  );
  const [scores, differences, facts] = data as { columns: { key: string }[]; rows: unknown[][] }[];
  const keys = scores!.columns.map(({ key }) => key);
  for (const { run, subset, score, value, low, high } of comparison.scores) {
    const row = scores!.rows.find(
      (cells) => cells[keys.indexOf("group")] === subset && cells[keys.indexOf("run")] === run,
    )!;
    expect(row[keys.indexOf(score)]).toEqual([value, low, high].map(near));
  }
  expect(differences!.rows).toHaveLength(comparison.differences.length);
  const places = differences!.columns.map(({ key }) => key);
  const main = comparison.differences.find(({ score }) => score === "CIDEr")!;
  const row = differences!.rows.find(
    (cells) => cells[0] === main.score && cells[1] === main.subset && cells[2] === main.run,
  )!;
  const { difference, low, high, pBootstrap, pPermutation } = main;
  expect(["difference", "p (bootstrap)", "p (permutation)"].map((key) => row[places.indexOf(key)])).toEqual([
    [difference, low, high].map(near),
    ...[pBootstrap, pPermutation].map(near),
  ]);
  // The main score stands first, next to what each row is about.
  expect(keys.slice(0, 3)).toEqual(["group", "run", "CIDEr"]);
  expect(differences!.rows[0]![0]).toBe("CIDEr");
  expect(facts!.rows).toHaveLength(comparison.facts!.scores.length);
  expect(atRest(view)).toContain("50 resamples");
});

test("a corrected p-value of one that resamples can only bound is a bound, too", async () => {
  const resampling = { ...comparison.resampling, resamples: 1000 };
  const least = 1 / 1001;
  const [row] = comparison.differences;
  const differences = [
    { ...row!, pBootstrap: least, holm: { pBootstrap: 3 * least } },
    { ...row!, pBootstrap: 0.2, holm: { pBootstrap: 0.4 } },
  ];
  const { facts: _, ...withoutFacts } = comparison;
  const view = await scoresView({ ...withoutFacts, differences, resampling });
  const rest = atRest(view);
  expect(rest).toMatch(/(&lt;|<) 0\.001\b[^0-9]*(&lt;|<) 0\.003\b/);
  expect(rest).toContain("0.4000");
  expect(rest).not.toContain("0.0030");
  // In the live page, whose numbers are shortened, too.
  const [, page] = [...view.markup.markup.matchAll(/<script type="application\/json">(.*?)<\/script>/g)];
  const { columns, rows } = JSON.parse(page![1]!) as { columns: { key: string; least?: number }[]; rows: number[][] };
  const bounded = columns.map(({ key, least: limit }, place) => [key, rows[0]![place]! <= (limit ?? 0)]);
  expect(bounded).toContainEqual(["p (bootstrap)", true]);
  expect(bounded).toContainEqual(["p (bootstrap, Holm)", true]);
});

test("wins and losses have thumbnails, the domain, what both say and a right answer; the note counts them", async () => {
  const thumbnails = await comparisonThumbnails(comparison);
  expect(thumbnails.size).toBeGreaterThan(0);
  for (const address of thumbnails.values()) expect(address).toMatch(/^data:image\/jpeg;base64,/);
  const view = await winsAndLossesView(comparison, { thumbnails });
  const { wins } = comparison.winsAndLosses[0]!;
  expect(wins[0]!.subset).toMatch(/-domain$/);
  const rest = atRest(view);
  for (const part of [wins[0]!.id, wins[0]!.subset!, wins[0]!.prediction, wins[0]!.againstPrediction]) {
    expect(rest).toContain(part);
  }
  expect(rest).toContain("data:image/jpeg;…");
  expect(rest).toMatch(/fine-tuned against zero-shot, by CIDEr: better on \d+ examples, worse on 0/);
  expect(rest).not.toContain("<script>alert");
  expect(rest).toMatchSnapshot();
});

test("the paper's tables have the runs on top, in its scale and digits, and say what its marks mean", async () => {
  const rest = atRest(await paperView(comparison));
  expect(rest).toContain('<td class="category">run</td><td class="text">fine-tuned</td>');
  const { value } = comparison.scores.find(
    ({ run, score, subset }) => run === "fine-tuned" && score === "CIDEr" && subset === "all",
  )!;
  expect(rest).toContain((100 * value).toFixed(1));
  expect(rest).toContain("80.9 [u]");
  expect(rest).toContain("[u]: could not be checked against the paper&#39;s text.");
  expect(rest).toContain("The paper&#39;s figures are its own");
});
