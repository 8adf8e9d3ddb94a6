import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { runBinary, runCli, Scratch } from "./run-cli.js";

const DATA = "fixtures/kept/nocaps";
const PLUGIN = ["--plugin", "examples/metric/length-ratio.ts"];
const BUILT_IN = ["BLEU", "CIDEr", "ROUGE-L"];

const scratch = new Scratch();

/** What a run of `fixtures/kept` said, said once more by a run of its own. */
const runAgain = (name: string, ...more: string[]) => [
  ...["run", "--task", "caption", "--data", DATA, "--out", scratch.at(name)],
  ...["--predictions", `fixtures/kept/${name}/predictions.jsonl`, ...more],
];

/** What is said of the file that they read. */
const recognized = (name: string) =>
  `simvlm: fixtures/kept/${name}/predictions.jsonl: read as a run's predictions: 6 predictions\n`;

const scoredWith = (name: string) => Object.keys(scratch.readJson<Manifest>(`${name}/manifest.json`).metricSignatures!);

// A plug-in stays loaded as long as its process lives, so whatever loads one is run in a process of its own.
describe("a plug-in's metric", () => {
  const [first, second, report] = ["zero-shot", "fine-tuned", "report.html"].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  const drawn = ["report", first, second, "--out", report, "--explore", "0", "--resamples", "50"];

  beforeAll(() => {
    for (const name of ["zero-shot", "fine-tuned"]) {
      const { code, stderr } = runBinary(runAgain(name, "--metrics", "bleu,cider,length-ratio", ...PLUGIN));
      expect([code, stderr]).toEqual([0, recognized(name)]);
    }
    expect(runBinary([...drawn, ...PLUGIN])).toMatchObject({ code: 0 });
  });

  test("is what a run says it was scored with", () => {
    expect(scoredWith("zero-shot")).toEqual(["BLEU", "CIDEr", "length ratio"]);
    expect(scratch.readJson<{ scores: object }>("zero-shot/scores.json").scores).toHaveProperty("length_ratio");
  });

  test("is compared and reported because the runs name it", () => {
    const json = scratch.at("comparison.json");
    const { code, stdout } = runBinary(["compare", first, second, "--resamples", "50", "--json", json, ...PLUGIN]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("length_ratio")]);
    const { signatures } = scratch.readJson<RunComparison>("comparison.json");
    expect(Object.keys(signatures)).toEqual(["BLEU", "CIDEr", "length ratio"]);
    expect(readFileSync(report, "utf8")).toContain("<b>length_ratio</b>");
  });

  test.each([first, report])("is verified: %s", (path) => {
    const { code, stdout } = runBinary(["verify", path, ...PLUGIN]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^confirmed: .*scores/m)]);
  });

  test.each([
    ["compare", ["compare", first, second]],
    ["report", drawn],
  ])("is missed where no plug-in defines it: %s", async (_, args) => {
    const { code, stdout, stderr } = await runCli(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/was scored with length ratio, .* the plug-in length-ratio\.ts .*\(--plugin /);
  });

  test.each([first, report])("is not verified where no plug-in defines it: %s", async (path) => {
    const { code, stdout } = await runCli("verify", path);
    expect(code).toBe(0);
    expect(stdout).toMatch(/no metric length ratio here: not scored again\. .* the plug-in length-ratio\.ts/);
    expect(stdout).toMatch(/^confirmed: .*scores of BLEU, CIDEr/m);
  });

  test("may be left out of a comparison", async () => {
    const { code, stdout } = await runCli("compare", first, second, "--metrics", "cider", "--resamples", "50");
    expect([code, stdout]).toEqual([0, expect.stringContaining("CIDEr")]);
    expect(stdout).not.toContain("Bleu_4");
  });

  test("scores shards when they are merged, and is then theirs", () => {
    const parts = [1, 2].map((part) => {
      const out = scratch.at(`part-${part}`);
      const args = runAgain("zero-shot").map((word) => (word === first ? out : word));
      expect(runBinary([...args, "--shard", `${part}/2`])).toMatchObject({ code: 0 });
      return out;
    });
    const whole = scratch.at("whole");
    const metrics = ["--metrics", "length-ratio"];
    expect(runBinary(["merge", ...parts, "--out", whole, ...metrics, ...PLUGIN])).toMatchObject({ code: 0 });
    expect(scoredWith("whole")).toEqual(["length ratio"]);
    expect(runBinary(["verify", whole, ...PLUGIN])).toMatchObject({ code: 0 });
    const page = scratch.at("whole.html");
    const report = ["report", whole, "--out", page, "--explore", "0", "--resamples", "50"];
    expect(runBinary([...report, ...PLUGIN])).toMatchObject({ code: 0 });
    for (const path of [whole, page]) {
      const { code, stdout } = runBinary(["verify", path]);
      expect([code, stdout]).toEqual([0, expect.stringContaining("length-ratio.ts")]);
      expect(stdout).toMatch(/^confirmed: (?!.*scores)/m);
    }
  });

  test("of a report alone is missed as well", () => {
    const page = scratch.at("wordy.html");
    const metrics = ["--metrics", "cider,length-ratio"];
    const kept = ["report", "fixtures/kept/zero-shot", "--data", DATA, "--explore", "0", "--resamples", "50"];
    expect(runBinary([...kept, "--out", page, ...metrics, ...PLUGIN])).toMatchObject({ code: 0 });
    expect(runBinary(["verify", page])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^note: there is no metric length ratio here: .* A plug-in may define it\.$/m),
    });
  });
});

describe("--metrics", () => {
  const out = new Scratch();
  const run = (...more: string[]) =>
    runCli(...runAgain("zero-shot", ...more).map((word) => word.replace(scratch.path, out.path)));
  const titles = () => Object.keys(out.readJson<Manifest>("zero-shot/manifest.json").metricSignatures!);

  test("is the task's metrics by default", async () => {
    expect(await run()).toMatchObject({ code: 0 });
    expect(titles()).toEqual(BUILT_IN);
  });

  test("scores a finished run again where it names others, and only then", async () => {
    expect(await run("--metrics", "rouge,cider,bleu")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("is already finished"),
    });
    expect(await run("--metrics", "rouge")).toMatchObject({ code: 0, stderr: recognized("zero-shot") });
    expect(titles()).toEqual(["ROUGE-L"]);
    expect(await runCli("verify", join(out.path, "zero-shot"))).toMatchObject({ code: 0 });
  });

  test("without the task's main score, examples are sorted by the first there is", async () => {
    const json = out.at("comparison.json");
    const folders = [out.at("zero-shot"), out.at("zero-shot")];
    expect(await runCli("compare", ...folders, "--resamples", "50", "--json", json)).toMatchObject({ code: 0 });
    expect(out.readJson<RunComparison>("comparison.json").winsAndLosses[0]).toMatchObject({ score: "ROUGE_L" });
    const page = ["--out", out.at("page.html"), "--explore", "0", "--resamples", "50"];
    expect(await runCli("report", out.at("zero-shot"), ...page)).toMatchObject({ code: 0 });
    expect(await runCli("verify", out.at("page.html"))).toMatchObject({ code: 0 });
  });

  test.each([
    ["run", ["--metrics", "wisdom"], /no metric wisdom: it is one of bleu, cider, rouge/],
    ["run", ["--metrics", "bleu,,cider"], /'--metrics <list>' argument 'bleu,,cider' is invalid/],
    ["run", ["--metrics", "bleu", "--shard", "1/2"], /--metrics has no meaning with --shard/],
  ])("%s %j is refused before anything is done", async (_, args, message) => {
    const { code, stderr } = await runCli(
      ...runAgain("fine-tuned", ...args).map((word) => word.replace(scratch.path, out.path)),
    );
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(out.list()).not.toContain("fine-tuned");
  });

  test("compare and report refuse names that no metric has", async () => {
    const folders = [out.at("zero-shot"), out.at("zero-shot"), "--metrics", "wisdom"];
    for (const args of [
      ["compare", ...folders],
      ["report", ...folders, "--out", out.at("x.html")],
    ]) {
      expect(await runCli(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("no metric wisdom") });
    }
  });
});
