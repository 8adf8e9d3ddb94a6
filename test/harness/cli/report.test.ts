import { existsSync, readFileSync, renameSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { withData } from "../report/document/edit-data.js";
import { captionRuns } from "../report/document/world.js";
import { runCli, type Scratch } from "./run-cli.js";

let scratch: Scratch;
let report: string;
const FLAGS = ["--resamples", "50", "--examples", "2", "--explore", "0"];

beforeAll(async () => {
  scratch = await captionRuns();
  report = scratch.at("report.html");
});

test("report writes one file, the same twice, and verify confirms it", async () => {
  const runs = [scratch.at("good"), scratch.at("poor")];
  const first = await runCli("report", ...runs, "--out", report, ...FLAGS, "--title", "Good & <poor>");
  expect(first).toMatchObject({ code: 0, stdout: `${report}\n` });
  expect(first.stderr).toContain("simvlm: note: Not shown, because they are missing or cannot be read");
  const page = readFileSync(report, "utf8");
  expect(page).toContain("<title>Good &amp; &lt;poor&gt;</title>");
  await runCli("report", ...runs, "--out", scratch.at("again.html"), ...FLAGS, "--title", "Good & <poor>");
  expect(readFileSync(scratch.at("again.html"), "utf8")).toBe(page);
  expect(await runCli("verify", report, "--data", scratch.at("data"))).toEqual({
    code: 0,
    stderr: "",
    stdout: `confirmed: values, sections, data files, scores, drawing, ${scratch.at("data")}\n`,
  });
});

test("verify: exit 1 for a report that was changed, and what was changed", async () => {
  const page = readFileSync(report, "utf8");
  const changed = scratch.write(
    "changed.html",
    await withData(page, (json) => json.replace('"swapImages":false', '"swapImages":true')),
  );
  const { code, stdout } = await runCli("verify", changed);
  expect(code).toBe(1);
  expect(stdout).toContain("settings.swapImages was changed after the report was written: it is true");
});

test("without references: verify says that scores are not confirmed, and with the data they are", async () => {
  const left = scratch.at("left.html");
  await runCli("report", scratch.at("good"), scratch.at("poor"), "--out", left, ...FLAGS, "--without-references");
  const alone = await runCli("verify", left);
  expect(alone).toMatchObject({ code: 0, stdout: expect.stringMatching(/^confirmed: values, sections, drawing$/m) });
  expect(alone.stdout + alone.stderr).toContain("the references are not in the report");
  const { code, stdout } = await runCli("verify", left, "--data", scratch.at("data"));
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^confirmed: .*scores, drawing/m) });
  const other = scratch.at("other.html");
  scratch.write(
    "other.html",
    await withData(readFileSync(left, "utf8"), (json) => json.replace("a yellow car at night", "a green car at night")),
  );
  expect((await runCli("verify", other, "--data", scratch.at("data"))).stdout).toMatch(/run poor|comparison\.scores/);
});

test("verify: a file that is no report", async () => {
  const path = scratch.write("page.html", "<p>hello</p>");
  expect(await runCli("verify", path)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining("not a report"),
  });
});

test("models that are not there are named, on the page and on the terminal", async () => {
  const { stderr } = await runCli("report", scratch.at("good"), "--out", scratch.at("one.html"), "--resamples", "50");
  expect(stderr).toContain("The predictions of good do not come from one of our own models.");
  expect(readFileSync(scratch.at("one.html"), "utf8")).toContain(
    "The predictions of good do not come from one of our own models.",
  );
});

test.each<[string, () => string[], RegExp]>([
  ["no --out", () => [scratch.at("good")], /--out/],
  ["another kind of file", () => [scratch.at("good"), "--out", scratch.at("x.pdf")], /must end in \.html/],
  ["inside of a run", () => [scratch.at("good"), "--out", scratch.at("good/x.html")], /outside the runs/],
  ["no folder", () => [scratch.at("good"), "--out", scratch.at("none/x.html")], /no folder/],
  ["no run", () => [scratch.at("nothing"), "--out", scratch.at("x.html")], /nothing/],
  ["a number of examples", () => [scratch.at("good"), "--out", scratch.at("x.html"), "--examples", "-1"], /0 or more/],
])("report, wrong arguments: %s", async (_, args, message) => {
  const { code, stdout, stderr } = await runCli("report", ...args());
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(existsSync(scratch.at("x.html"))).toBe(false);
});

test("data that lie elsewhere now are found with --data", async () => {
  renameSync(scratch.at("data"), scratch.at("moved"));
  const args = [scratch.at("good"), "--out", scratch.at("moved.html"), ...FLAGS];
  expect(await runCli("report", ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("--data") });
  expect((await runCli("report", ...args, "--data", scratch.at("moved"))).code).toBe(0);
  renameSync(scratch.at("moved"), scratch.at("data"));
});

test("so many small pictures that no page would open are refused, before any work", async () => {
  const { code, stderr } = await runCli("report", scratch.at("good"), "--out", report, "--thumbnails", "50001");
  expect(code).toBe(2);
  expect(stderr).toContain("50,000 at most");
});
