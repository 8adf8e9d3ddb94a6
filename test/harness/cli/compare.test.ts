import { cpSync, existsSync, mkdirSync } from "node:fs";
import { holm } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import { readSliceTable } from "../../../harness/formats/slice-table.js";
import { formatComparison } from "../../../harness/terminal/format-comparison.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

async function world(): Promise<Scratch> {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true });
  await makeRun(scratch, "good", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "bad", (_, place) => CAPTIONS[(place + 1) % CAPTIONS.length]);
  await makeRun(scratch, "short", (_, place) => CAPTIONS[place], { limit: 3 });
  return scratch;
}

test("simvlm compare prints and writes what compareRuns returns", async () => {
  const scratch = await world();
  const folders = [scratch.at("good"), scratch.at("bad")];
  const flags = ["--resamples", "50", "--confidence", "0.9", "--seed", "3", "--wins", "1"];
  const { code, stdout, stderr } = await runCli(
    "compare",
    ...folders,
    ...flags,
    "--json",
    scratch.at("comparison.json"),
  );
  expect([code, stderr]).toEqual([0, ""]);
  const comparison = await compareRuns(folders, { resamples: 50, confidence: 0.9, seed: 3, wins: 1 });
  expect(scratch.readJson<RunComparison>("comparison.json")).toEqual(comparison);
  expect(stdout).toBe(`${formatComparison(comparison)}\n`);
  expect(stdout).toContain("90 % interval");
});

test("runs that cannot be compared: exit 2, one message, nothing written", async () => {
  const scratch = await world();
  const [good, short] = [scratch.at("good"), scratch.at("short")];
  const misaligned = await runCli("compare", good, short, "--json", scratch.at("comparison.json"));
  expect(misaligned).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^simvlm: .*104, 105.*\n$/) });
  expect(existsSync(scratch.at("comparison.json"))).toBe(false);
  expect(await runCli("compare", good)).toMatchObject({ code: 2, stderr: expect.stringContaining("two or more") });
  const inside = await runCli("compare", good, good, "--json", scratch.at("good/manifest.json"));
  expect(inside).toMatchObject({ code: 2, stderr: expect.stringContaining("outside the runs") });
});

test("a folder that holds runs is no run: they are named, below it and a folder deeper", async () => {
  const scratch = await world();
  mkdirSync(scratch.at("demo/more"), { recursive: true });
  for (const [name, place] of [
    ["good", "demo/good"],
    ["bad", "demo/more/bad"],
  ] as const)
    cpSync(scratch.at(name), scratch.at(place), { recursive: true });
  const { code, stdout, stderr } = await runCli("compare", scratch.at("demo"));
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`${scratch.at("demo")} is no run itself`);
  expect(stderr).toContain(`2 runs lie below it: ${scratch.at("demo/good")}, ${scratch.at("demo/more/bad")}`);
  for (const command of ["verify", "report"] as const) {
    const rest = command === "report" ? ["--out", scratch.at("report.html")] : [];
    expect((await runCli(command, scratch.at("demo"), ...rest)).stderr).toContain("2 runs lie below it");
  }
  expect((await runCli("compare", scratch.at("data"))).stderr).toContain("is no run: it has no manifest.json");
});

test("--correct, --no-paper, --markdown, --latex", async () => {
  const scratch = await world();
  const folders = [scratch.at("good"), scratch.at("bad")];
  const plain = await runCli("compare", ...folders, "--resamples", "50");
  expect(plain.stdout).toContain("The paper: ");
  expect(plain.stdout).toMatch(/│ +< 0\.02 │/);
  expect(plain.stdout).not.toContain("Holm");
  const flags = ["--resamples", "50", "--correct", "holm", "--no-paper", "--json", scratch.at("c.json")];
  const { stdout } = await runCli("compare", ...folders, ...flags, "--markdown");
  expect(stdout).not.toContain("The paper");
  expect(stdout).toContain("p (bootstrap, Holm)");
  expect(stdout).toMatch(/\*\*bad minus good\*\*\n\n\| {2}\| score \| run \| first run \|/);
  const { differences, correction, facts, paper } = scratch.readJson<RunComparison>("c.json");
  expect([correction, paper]).toEqual(["holm", []]);
  for (const rows of [differences, facts!.differences]) {
    expect(rows.map((row) => row.holm!.pBootstrap)).toEqual(holm(rows.map(({ pBootstrap }) => pBootstrap)));
  }
  const latex = await runCli("compare", ...folders, "--resamples", "50", "--latex");
  expect(latex.stdout.match(/\\begin\{tabular\}/g)!.length).toBeGreaterThan(5);
});

test("too few resamples for the confidence are told", async () => {
  const scratch = await world();
  const args = [scratch.at("good"), scratch.at("bad"), "--metrics", "rouge", "--resamples", "10"];
  const { stdout } = await runCli("compare", ...args, "--confidence", "0.57");
  expect(stdout).toContain("57 % bootstrap intervals");
  expect(stdout).not.toContain("too few");
  expect((await runCli("compare", ...args)).stdout).toContain(
    "10 resamples are too few for intervals of 0.95 and their p-values: take more.",
  );
});

test("a table in which none of the runs stands is left out", async () => {
  const scratch = await world();
  const args = [scratch.at("good"), scratch.at("bad"), "--resamples", "20", "--metrics", "rouge"];
  expect((await runCli("compare", ...args)).stdout).not.toContain("The paper: ");
});

test("--slice-by, --slices and --baseline", async () => {
  const scratch = await world();
  const folders = [scratch.at("good"), scratch.at("bad")];
  const table = scratch.write("sky.csv", "\uFEFFid;sky\r\n000101;blue\r\n102;grey\r\n7;grey\r\n");
  const flags = ["--resamples", "20", "--baseline", "bad", "--slice-by", "domain", "--slice-by", "word:sand"];
  const { code, stdout, stderr } = await runCli(
    ...["compare", ...folders, ...flags, "--slices", table, "--json", scratch.at("c.json"), "--no-paper"],
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(/^simvlm: warning: Slices of fewer than 6 examples say nothing[^\n]*: domain in-domain \(5\)/);
  const comparison = await compareRuns(folders, {
    ...{ resamples: 20, paper: false, baseline: folders[1] },
    slices: { by: ["domain", "word:sand"], tables: [await readSliceTable(table)] },
  });
  expect(scratch.readJson<RunComparison>("c.json")).toEqual(comparison);
  expect(comparison.runs[0]!.label).toBe("bad");
  expect(stdout).toContain("By sky: column sky of sky.csv");
  expect(stdout).toContain("CIDEr by sky, minus bad");
  expect(stdout).toMatch(/│ blue +│ 1, too few +│ bad /);
  expect(stdout).toContain("In none of these slices: 12 examples.");
  expect(stdout).toContain("sky.csv: 1 of 3 ids fit no example of the data: 7.");
});

test("slices that cannot be made: exit 2, one message with the option, nothing written", async () => {
  const scratch = await world();
  const folders = [scratch.at("good"), scratch.at("bad")];
  const broken = scratch.write("broken.csv", "id,sky\n101,blue\n101,grey\n");
  for (const [flags, message] of [
    [["--slice-by", "sky"], /cannot be sliced by "sky".*\(--slice-by, --slices names the table\)\n$/],
    [["--slices", broken], /broken\.csv: more than one row with id 101/],
    [["--baseline", "none"], /called none.*\(--baseline names it\)\n$/],
    [["--slices", scratch.at("no.csv")], /no such file/],
  ] as const) {
    const failed = await runCli("compare", ...folders, ...flags, "--json", scratch.at("out.json"));
    expect(failed).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
  }
  const over = await runCli("compare", ...folders, "--slices", broken, "--json", broken);
  expect(over).toMatchObject({ code: 2, stderr: expect.stringContaining("is an input") });
  expect(existsSync(scratch.at("out.json"))).toBe(false);
});

test("--help has an example", async () => {
  const { code, stdout } = await runCli("compare", "--help");
  expect(code).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}\$ simvlm compare /);
});
