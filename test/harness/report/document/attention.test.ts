import { cpSync, renameSync, rmSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { buildReport } from "../../../../harness/report/document/build.js";
import { chooseExamples } from "../../../../harness/report/document/choose-examples.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { openRun } from "../../../../harness/runs/open-run.js";
import { createCheckpointPredictor } from "../../../../harness/sources/checkpoint-predictor.js";
import { completeSettings } from "../../../../harness/tasks/task.js";
import { findTask } from "../../../../harness/tasks/task-registry.js";
import { Scratch } from "../../cli/run-cli.js";
import { writeFreshCheckpoint, writeToybox } from "../../training/small-world.js";
import { withData } from "./edit-data.js";
import { FEW } from "./world.js";

const scratch = new Scratch();
const task = findTask("caption");
const settings = completeSettings(task);

beforeAll(async () => {
  const dataFolder = `${await writeToybox(scratch, ["nocaps"], 4)}/nocaps`;
  await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  const data = await task.load(dataFolder, settings);
  for (const name of ["first", "second"]) {
    const decoding = name === "first" ? { maxLength: 4 } : { maxLength: 6 };
    const predictor = await createCheckpointPredictor(scratch.at("fresh"), task, data, { settings, decoding });
    const place = { folder: scratch.at(name), dataFolder, sourcePath: scratch.at("fresh") };
    const run = await openRun({ ...place, predictor, task, settings, data, seed: 1 });
    await run.predict();
    await run.finish();
    await run.close();
  }
});

const build = (...runs: string[]) =>
  buildReport(
    runs.map((run) => scratch.at(run)),
    { ...FEW, explore: 2 },
  );

test("two runs whose models are at hand stand side by side; same bytes; nothing says where the models lie", async () => {
  const report = await build("first", "second");
  const { figures, remarks } = report.data.attention;
  expect(remarks).toEqual([]);
  expect(figures).toHaveLength(2);
  expect(figures.map(({ runs }) => runs)).toEqual([
    ["first", "second"],
    ["first", "second"],
  ]);
  const page = await renderReport(report);
  for (const { id } of figures) {
    for (const { outcomes } of report.data.runs) {
      const said = outcomes.find((outcome) => outcome.id === id);
      expect(page).toContain(`"caption":${JSON.stringify((said as { prediction: string }).prediction)}`);
    }
  }
  expect(page).not.toContain(scratch.path);
  expect(await renderReport(await build("first", "second"))).toBe(page);
  const { differences, confirmed } = await verifyReport(scratch.write("report.html", page));
  expect(differences).toEqual([]);
  expect(confirmed).toContain("attention maps");
});

test("how faithful the maps are is measured when it is asked for, stands in the page, and is verified as it stands", async () => {
  const folders = [scratch.at("first")];
  const report = await buildReport(folders, { ...FEW, faithfulness: 2 });
  const [measured, ...others] = report.data.attention.faithfulness!;
  expect(others).toEqual([]);
  expect(measured).toMatchObject({ run: "first", pictures: 2 });
  expect(measured!.maps.map(({ map }) => map)).toEqual(["mean", "max", "rollout", "gradient", "activation", "random"]);
  const page = await renderReport(report);
  expect(page.includes("How faithful the maps of first are")).toBe(true);
  expect(page.includes(`<td>${measured!.maps[0]!.measures[0]!.score.toFixed(3)}`)).toBe(true);
  const path = scratch.write("faithful.html", page);
  expect((await verifyReport(path)).differences).toEqual([]);
  const forged = await withData(page, (json) => json.replace('"map":"rollout","measures"', '"map":"<b>","measures"'));
  expect(forged === page).toBe(false);
  await expect(verifyReport(scratch.write("forged.html", forged))).rejects.toThrow(/attention\.faithfulness/);
  const plain = await renderReport(await buildReport(folders, FEW));
  expect(plain.includes("How faithful")).toBe(false);
});

test("a model that is elsewhere, another one, or gone", async () => {
  renameSync(scratch.at("fresh"), scratch.at("moved"));
  const gone = await build("first");
  expect(gone.data.attention).toEqual({
    figures: [],
    remarks: [expect.stringMatching(/checkpoint of first is gone or has changed/)],
  });
  expect(await renderReport(gone)).toContain("checkpoint of first");
  const options = { ...FEW, explore: 1, checkpoints: [scratch.at("nowhere"), scratch.at("moved")] };
  const found = await buildReport([scratch.at("first")], options);
  expect(found.data.attention.figures).toEqual([expect.objectContaining({ runs: ["first"] })]);
  cpSync(scratch.at("moved"), scratch.at("fresh"), { recursive: true });
  rmSync(scratch.at("fresh/tokenizer.json"));
  expect((await build("first")).data.attention.figures).toEqual([]);
  rmSync(scratch.at("fresh"), { recursive: true });
  renameSync(scratch.at("moved"), scratch.at("fresh"));
});

test("chosen: the largest win, the largest loss, a typical example, then the next ones", () => {
  const scores = { ids: ["a", "b", "c", "d", "e"], score: "CIDEr" };
  const first = [0.5, 0.9, 0.2, 0.4, 0];
  const second = [1.5, 0.1, 0.2, 0.5, 0];
  const both = chooseExamples(scores, ["old", "new"], [first, second], 5);
  expect(both.map(({ id }) => id)).toEqual(["a", "b", "d", "c", "e"]);
  expect(both[0]!.why).toBe("win of new: better than old by CIDEr 1.00");
  expect(both[1]!.why).toBe("loss of new: worse than old by CIDEr 0.80");
  expect(chooseExamples(scores, ["old", "new"], [first, second], 1)).toHaveLength(1);
  const alone = chooseExamples(scores, ["old"], [first], 4);
  expect(alone.map(({ id }) => id)).toEqual(["b", "e", "d", "a"]);
  expect(alone.map(({ why }) => why)).toEqual([
    "best: CIDEr 0.90",
    "worst: CIDEr 0.00",
    "typical: its CIDEr is the median",
    "best 2: CIDEr 0.50",
  ]);
});
