import { copyFileSync, cpSync, rmSync } from "node:fs";
import { expect, test } from "vitest";
import { buildReport } from "../../../../harness/report/document/build.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../../harness/report/document/verify-report.js";
import { Scratch } from "../../cli/run-cli.js";
import { FEW } from "./world.js";

const KEPT = "fixtures/kept";

test("small pictures are compared with the data's, where these are there; where not, it is said", async () => {
  const scratch = new Scratch();
  cpSync(`${KEPT}/nocaps`, scratch.at("nocaps"), { recursive: true });
  const report = await buildReport([`${KEPT}/zero-shot`], { ...FEW, dataFolder: scratch.at("nocaps") });
  const path = scratch.write("report.html", await renderReport(report));
  const names = Object.keys(report.data.pictures);
  expect(names.length).toBeGreaterThan(1);

  const alone = await verifyReport(path);
  expect(alone.differences).toEqual([]);
  expect(alone.notes).toContainEqual(expect.stringMatching(/pictures are not in the report.*not confirmed/));

  const beside = await verifyReport(path, scratch.at("nocaps"));
  expect(beside.differences).toEqual([]);
  expect(beside.notes).toContainEqual(expect.stringMatching(/zero-shot: its manifest has no hash of the pictures/));

  copyFileSync(scratch.at(`nocaps/${names[1]}`), scratch.at(`nocaps/${names[0]}`));
  const { differences } = await verifyReport(path, scratch.at("nocaps"));
  expect(differences).toEqual([expect.stringContaining(`the small picture of ${names[0]}`)]);
  rmSync(scratch.at(`nocaps/${names[0]}`));
  expect((await verifyReport(path, scratch.at("nocaps"))).differences).toEqual([]);
});

test("small pictures of the first examples stand in the table of all, as many as are asked for, and are verified", async () => {
  const build = (thumbnails: number) =>
    buildReport([`${KEPT}/zero-shot`], { ...FEW, dataFolder: `${KEPT}/nocaps`, thumbnails });
  const { data, figures } = await build(3);
  const first = data.listing!.images.slice(0, 3).flat();
  const shown = data.extremes.flatMap(({ images }) => images);
  expect(Object.keys(data.pictures).toSorted()).toEqual([...new Set([...first, ...shown])].toSorted());
  expect((await build(0)).data.thumbnails).toBeUndefined();
  const all = await build(10_000);
  expect(new Set(Object.keys(all.data.pictures))).toEqual(new Set(data.listing!.images.flat()));

  const scratch = new Scratch();
  const path = scratch.write("report.html", await renderReport({ data, figures }));
  expect((await verifyReport(path, `${KEPT}/nocaps`)).differences).toEqual([]);
  const { [first[0]!]: _, ...pictures } = data.pictures;
  const lacking = scratch.write("lacking.html", await renderReport({ data: { ...data, pictures }, figures }));
  expect((await verifyReport(lacking)).differences).toContainEqual(
    expect.stringContaining("pictures that are missing"),
  );
});
