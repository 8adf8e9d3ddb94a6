import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readJson } from "../../../harness/files/json.js";
import { openStudyReport } from "../../../harness/report/study/verify-study.js";
import { readStudy } from "../../../harness/study/read-study.js";
import { CellRecordSchema, nameCell } from "../../../harness/study/study-cell.js";
import { recordOf } from "../../../harness/study/study-files.js";
import { readStudyRecipe } from "../../../harness/study/study-recipe.js";
import { toMarkdown } from "../../../harness/terminal/markdown.js";
import { studyTables } from "../../../harness/terminal/study-table.js";
import { runCli } from "../cli/run-cli.js";

const FOLDER = "docs/study";
const BEGIN = "<!-- study -->\n";
const END = "<!-- /study -->";

const study = await readStudy(join(FOLDER, "study.json"));
const records = await Promise.all(
  study.cells.map(({ variant, seed }) =>
    readJson(recordOf(FOLDER, { variant: { name: variant }, seed }), CellRecordSchema),
  ),
);

test("the documented study is that of the example's recipe, and holds what its cells say", async () => {
  expect(study.recipe).toEqual(await readStudyRecipe("examples/study/recipe.json"));
  expect(study.cells).toEqual(records.map(({ seconds: _, said: __, ...rest }) => rest));
});

test("its report is scored again from what it holds, and is of this study", async () => {
  const path = join(FOLDER, "report.html");
  const { code, stdout } = await runCli("verify", path);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^confirmed: files, scores and comparisons/m)]);
  expect((await openStudyReport(path))!.report.study).toEqual(study);
});

test("its tables stand in the documentation; `vitest -u` puts them there", async () => {
  const page = readFileSync("docs/study.md", "utf8");
  const names = records.map(({ variant, seed, seconds }) => [nameCell({ variant: { name: variant }, seed }), seconds]);
  const tables = toMarkdown(studyTables(study, Object.fromEntries(names)));
  const [before, rest] = page.split(BEGIN);
  const expected = `${before}${BEGIN}\n${tables}\n\n${END}${rest!.split(END)[1]}`;
  await expect(expected).toMatchFileSnapshot(join(process.cwd(), "docs/study.md"));
});
