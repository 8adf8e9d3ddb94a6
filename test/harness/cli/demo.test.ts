import { cpSync, existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import { writeFreshCheckpoint } from "../training/small-world.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
let flags: string[];

beforeAll(async () => {
  const fresh = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  for (const name of ["pretrained", "caption", "caption-scratch"]) {
    cpSync(fresh, scratch.at(`checkpoints/${name}`), { recursive: true });
  }
  flags = ["--out", scratch.at("demo"), "--checkpoints", scratch.at("checkpoints"), "--images", "4"];
});

test("new pictures, three runs, their comparison as tables, JSON and a report; a finished demo is shown again", {
  timeout: 240_000,
}, async () => {
  const { code, stdout, stderr } = await runCli("demo", ...flags);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("fine-tuned minus zero-shot");
  const comparison = scratch.readJson<RunComparison>("demo/comparison.json");
  expect(comparison.runs.map(({ label }) => label)).toEqual(["zero-shot", "fine-tuned", "scratch"]);
  expect(comparison.data.examples).toBe(4);
  for (const run of ["zero-shot", "fine-tuned", "scratch"]) {
    expect(existsSync(scratch.at(`demo/${run}/manifest.json`)), run).toBe(true);
  }
  expect(stderr).toMatch(/seed \d+/);
  expect(stdout.trimEnd().split("\n").at(-1)).toBe(`As a page to open and pass on: ${scratch.at("demo/report.html")}`);
  const page = readFileSync(scratch.at("demo/report.html"));
  const again = await runCli("demo", ...flags);
  expect(again.stdout).toBe(stdout);
  expect(readFileSync(scratch.at("demo/report.html")).equals(page)).toBe(true);
  expect(await runCli("verify", scratch.at("demo/report.html"))).toMatchObject({ code: 0, stderr: "" });
  const other = await runCli("demo", ...flags, "--seed", "999999999");
  expect(other).toMatchObject({ code: 2, stdout: "" });
  expect(other.stderr).toMatch(/already holds a demo of 4 pictures with seed \d+/);
});

test("missing models are named, and nothing is written", async () => {
  const { code, stderr } = await runCli("demo", "--out", scratch.at("none"), "--checkpoints", scratch.at("nowhere"));
  expect(code).toBe(2);
  expect(stderr).toContain("nowhere/pretrained");
  expect(existsSync(scratch.at("none"))).toBe(false);
});
