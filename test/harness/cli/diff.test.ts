import { existsSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { ReportDiff } from "../../../harness/compare/report-diff.js";
import { withData } from "../report/document/edit-data.js";
import { captionRuns, writeReport } from "../report/document/world.js";
import { runCli, type Scratch } from "./run-cli.js";

let scratch: Scratch;

beforeAll(async () => {
  scratch = await captionRuns();
  scratch.write("good.html", await writeReport(scratch, ["good"]));
  scratch.write("poor.html", await writeReport(scratch, ["poor"], { resamples: 60 }));
});

test("two reports: what changed, as text and as JSON", async () => {
  const args = [scratch.at("good.html"), scratch.at("poor.html"), "--json", scratch.at("diff.json"), "--examples", "1"];
  const { code, stdout, stderr } = await runCli("diff", ...args);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("good against poor");
  expect(stdout).toContain("resampling.resamples: 50 → 60");
  expect(stdout).toContain("Predictions that changed: 9");
  expect(stdout).toContain("… and 8 more");
  const diff = scratch.readJson<ReportDiff>("diff.json");
  expect(diff.flipped).toHaveLength(9);
});

test("a page that is not what was drawn is said to be so, even if nothing differs", async () => {
  const page = await writeReport(scratch, ["good"]);
  for (const other of [
    page.replace("<header>", "<header><p>CIDEr 9.87</p>"),
    page.replace("<!doctype", "\ufeff<!doctype"),
    await withData(page, (json) => json.replace('"created":"20', '"created":"19')),
  ]) {
    const changed = scratch.write("changed.html", other);
    const { code, stdout } = await runCli("diff", changed, scratch.at("good.html"), "--json", scratch.at("diff.json"));
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^The first page is not as it should be/)]);
    expect(stdout).not.toContain("Nothing differs");
    expect(scratch.readJson<ReportDiff>("diff.json").pages?.first.length).toBeGreaterThan(0);
  }
});

test("run folders, and a folder beside a report", async () => {
  const folders = await runCli("diff", scratch.at("good"), scratch.at("poor"));
  expect(folders.code).toBe(0);
  expect(folders.stdout).toContain("Predictions that changed: 9");
  expect(await runCli("diff", scratch.at("good"), scratch.at("good.html"))).toMatchObject({
    code: 0,
    stdout: "Nothing differs.\n",
  });
});

test.each<[string, () => string[], RegExp]>([
  ["one side", () => [scratch.at("good.html")], /second/],
  ["no report", () => [scratch.at("good.html"), scratch.write("page.html", "<p>")], /not a report/],
  ["nothing there", () => [scratch.at("good.html"), scratch.at("none.html")], /none\.html/],
])("wrong arguments: %s", async (_, args, message) => {
  const { code, stdout, stderr } = await runCli("diff", ...args(), "--json", scratch.at("wrong.json"));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(existsSync(scratch.at("wrong.json"))).toBe(false);
});
