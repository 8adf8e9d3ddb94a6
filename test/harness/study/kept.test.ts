import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openStudyReport } from "../../../harness/report/study/verify-study.js";
import { readStudy } from "../../../harness/study/read-study.js";
import { runCli, Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();

test("the study that is kept can be read, and its report is scored again from what it holds", async () => {
  const path = scratch.write("report.html", gunzipSync(readFileSync("fixtures/study/report.html.gz")));
  const { code, stdout } = await runCli("verify", path);
  expect(stdout).toMatch(/^confirmed: files, scores and comparisons/m);
  expect(stdout).not.toMatch(/^different/m);
  expect(code).toBe(0);
  const study = await readStudy("fixtures/study/study.json");
  expect(study.recipe.variants.map(({ name }) => name)).toContain("span-corruption");
  expect((await openStudyReport(path))!.report.study).toEqual(study);
});

test("a study of another form is refused by its field", async () => {
  const study = JSON.parse(readFileSync("fixtures/study/study.json", "utf8")) as Readonly<Record<string, unknown>>;
  await expect(readStudy(scratch.write("a.json", { ...study, format: 2 }))).rejects.toThrow(/a\.json: format/);
  await expect(readStudy(scratch.write("b.json", { ...study, cells: [{ seed: 1 }] }))).rejects.toThrow(/cells\[0\]/);
});

test("a page that is no study's is none", async () => {
  expect(await openStudyReport(scratch.write("other.html", "<p>a page</p>"))).toBeUndefined();
});
