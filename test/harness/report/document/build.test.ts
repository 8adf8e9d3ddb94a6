import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compareRuns } from "../../../../harness/compare/compare-runs.js";
import { buildReport } from "../../../../harness/report/document/build.js";
import { readReport } from "../../../../harness/report/document/file.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../../compare/runs.js";
import { sealAnew } from "../../runs/seal-anew.js";
import { captionRuns, FEW, OTHER_TASKS, writeReport } from "./world.js";

test("same runs, same bytes, wherever they lie; nothing of the machine is in it", async () => {
  const scratch = await captionRuns();
  const page = await writeReport(scratch, ["good", "poor"]);
  expect(await writeReport(scratch, ["good", "poor"])).toBe(page);
  expect(page).not.toContain(scratch.path);
  expect(page).not.toContain(process.cwd());
  const elsewhere = new Scratch();
  for (const name of ["data", "good", "poor"]) renameSync(scratch.at(name), elsewhere.at(name));
  expect(await writeReport(elsewhere, ["good", "poor"])).toBe(page);
});

test("the embedded comparison is that of compareRuns, with folders by their names", async () => {
  const scratch = await captionRuns();
  const { data } = readReport(await writeReport(scratch, ["good", "poor"]), "report.html");
  const folders = [scratch.at("good"), scratch.at("poor")];
  const comparison = await compareRuns(folders, { resamples: FEW.resamples, wins: FEW.examples });
  expect(data.comparison.scores).toEqual(comparison.scores);
  expect(data.comparison.differences).toEqual(comparison.differences);
  expect(data.comparison.winsAndLosses).toEqual(comparison.winsAndLosses);
  expect(data.comparison.facts).toEqual(comparison.facts);
  expect(data.comparison.data.folder).toBe("data");
  expect(data.comparison.runs.map(({ folder }) => folder)).toEqual(["good", "poor"]);
  expect(data.runs[1]!.outcomes[0]).toEqual({ id: "101", prediction: CAPTIONS[1] });
  expect(data.data.files.map(({ path }) => path)).toEqual(["test-facts.jsonl", "test.json"]);
  expect(data.examples!.values[0]).toHaveLength(CAPTIONS.length);
});

test("runs of one name keep apart by their folders, without what lies above both", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  for (const folder of ["a", "b"]) mkdirSync(scratch.at(folder));
  await makeRun(scratch, "a/run", (_, place) => CAPTIONS[place], { label: "run" });
  await makeRun(scratch, "b/run", (_, place) => CAPTIONS[place], { label: "run" });
  const { data } = await buildReport([scratch.at("a/run"), scratch.at("b/run")], FEW);
  expect(data.runs.map(({ name }) => name)).toEqual(["a/run", "b/run"]);
  expect(data.runs.map(({ label }) => label)).toEqual(["run (a/run)", "run (b/run)"]);
});

test("one run alone: its scores, its best and worst examples, no differences", async () => {
  const scratch = await captionRuns();
  const { data } = await buildReport([scratch.at("poor")], FEW);
  expect(data.comparison.differences).toEqual([]);
  expect(data.comparison.winsAndLosses).toEqual([]);
  expect(data.extremes).toHaveLength(4);
  const values = data.extremes.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => b - a));
  expect(Math.max(...data.examples!.values[0]!)).toBe(Number(values[0]!.toFixed(6)));
  const page = await writeReport(scratch, ["poor"]);
  expect(page).toContain("Best and worst examples");
  expect(page).not.toContain('id="wins"');
  expect(page.replaceAll(/<script[ >].*?<\/script>/gs, "")).not.toContain("Δ");
});

test.each(Object.keys(OTHER_TASKS))("%s: a report that verifies", async (task) => {
  const scratch = new Scratch();
  await OTHER_TASKS[task]!(scratch);
  const page = await writeReport(scratch, [`${task}-run`]);
  const { data } = readReport(page, "report.html");
  expect(data.comparison.task).toBe(task);
  expect(data.comparison.scores.length).toBeGreaterThan(0);
  expect(data.extremes.length).toBeGreaterThan(0);
  const { differences, confirmed } = await verifyReport(scratch.write("report.html", page), scratch.at(task));
  expect(differences).toEqual([]);
  expect(confirmed).toContain("scores");
});

test("examples that failed are told without the folder their pictures lie in", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const folder = await makeRun(scratch, "run", (_, place) => (place === 0 ? undefined : CAPTIONS[place]));
  const line = JSON.stringify({ id: "101", error: `${scratch.at("data/images/101.jpg")}: broken` });
  const log = scratch.at("run/predictions.jsonl");
  writeFileSync(log, readFileSync(log, "utf8").replace(/\{"id":"101".*\}/, line));
  await sealAnew(folder);
  const { data } = await buildReport([folder], FEW);
  expect(data.runs[0]!.outcomes[0]).toEqual({ id: "101", error: "images/101.jpg: broken" });
  const page = await writeReport(scratch, ["run"]);
  expect((await verifyReport(scratch.write("report.html", page))).differences).toEqual([]);
});
