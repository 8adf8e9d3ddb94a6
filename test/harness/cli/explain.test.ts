import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { ExplainedExample } from "../../../harness/compare/explained.js";
import { withData } from "../report/document/edit-data.js";
import { captionRuns } from "../report/document/world.js";
import { runCli, type Scratch } from "./run-cli.js";

let scratch: Scratch;
let id: string;

beforeAll(async () => {
  scratch = await captionRuns();
  const [first] = readFileSync(scratch.at("good/predictions.jsonl"), "utf8").split("\n");
  id = (JSON.parse(first!) as { id: string }).id;
});

test("explain says why an example has its scores, prints it, and writes it as a page and as JSON", async () => {
  const files = ["--out", scratch.at("why.html"), "--json", scratch.at("why.json")];
  const { code, stdout, stderr } = await runCli("explain", scratch.at("good"), "--example", id, ...files);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("What adds to the score");
  expect(stdout).toContain("in order");
  const [explained] = scratch.readJson<ExplainedExample[]>("why.json");
  expect(explained).toMatchObject({ id, run: "good" });
  expect(explained!.metrics.map(({ metric }) => metric)).toEqual(expect.arrayContaining(["BLEU", "CIDEr", "ROUGE-L"]));
  const page = readFileSync(scratch.at("why.html"), "utf8");
  expect(page).toContain("<details open>");
  expect(page).toContain("</svg>");
});

test("the metrics are chosen; an example or an explanation that there is none of is told", async () => {
  const chosen = await runCli("explain", scratch.at("good"), "--example", id, "--metrics", "rouge");
  expect(chosen.stdout).not.toContain("CIDEr");
  const explain = (...args: string[]) => runCli("explain", scratch.at("good"), ...args);
  expect(await explain("--example", "nobody")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no prediction for the example nobody\. It has .*--example names it/s),
  });
  expect(await explain("--example", id, "--metrics", "sacrebleu")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("words in a row"),
  });
  expect(await explain("--example", id, "--out", "why.pdf")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("must end in .html"),
  });
});

test("a report explains what it shows, and verify finds a changed explanation", async () => {
  const report = scratch.at("report.html");
  const runs = [scratch.at("good"), scratch.at("poor")];
  const flags = ["--resamples", "20", "--examples", "1", "--explore", "0"];
  expect(await runCli("report", ...runs, "--out", report, ...flags)).toMatchObject({ code: 0 });
  const page = readFileSync(report, "utf8");
  expect(page).toContain("Why these scores");
  const changed = scratch.write(
    "changed.html",
    await withData(page, (json) => json.replace('"by":"in order"', '"by":"in odour"')),
  );
  const { code, stdout } = await runCli("verify", changed);
  expect(code).toBe(1);
  expect(stdout).toContain("explanations");
});
