import { existsSync, rmSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { readProgress } from "../../../harness/cluster/task-progress.js";
import type { LabelCurve } from "../../../harness/compare/draw-label-curve.js";
import { writeFreshCheckpoint, writeToybox } from "../training/small-world.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
let flags: string[];

beforeAll(async () => {
  const checkpoint = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  const toybox = await writeToybox(scratch, ["captions", "nocaps"], 6);
  flags = ["--checkpoint", checkpoint, "--data", `${toybox}/captions`, "--test", `${toybox}/nocaps`, "--batch", "2"];
});

test("zero-shot, and trained on ever more pictures with and without pretraining; the same again when asked again", {
  timeout: 240_000,
}, async () => {
  const command = ["label-curve", ...flags, "--out", scratch.at("curve"), "--labels", "2,4", "--steps", "1,2"];
  const { code, stdout, stderr } = await runCli(...command, "--scratch-steps", "1", "--limit", "4");
  expect(code, stderr).toBe(0);
  const curve = scratch.readJson<LabelCurve>("curve/label-curve.json");
  const runs = new Set(
    curve.points.map(({ run, supervision, labels, steps }) => `${run} ${supervision} ${labels} ${steps}`),
  );
  expect([...runs]).toEqual([
    "zero-shot zero-shot 0 0",
    "fine-tuned-2 fine-tuned 2 1",
    "fine-tuned-4 fine-tuned 4 2",
    "scratch-2 scratch 2 1",
    "scratch-4 scratch 4 1",
  ]);
  expect(curve.training).toMatchObject({ batch: 2, seed: 1 });
  expect(curve.data.examples).toBe(4);
  expect(stdout).toContain("4 test pictures");
  const again = await runCli(...command, "--scratch-steps", "1", "--limit", "4");
  expect(again).toMatchObject({ code: 0, stdout });
  expect(again.stderr).not.toContain("step 1/");
  const progress = () => readProgress("label-curve", { folder: scratch.at("curve"), leaves: undefined });
  expect(await progress()).toMatchObject({ isDone: true, done: 5, total: 5, seconds: expect.any(Number) });
  rmSync(scratch.at("curve/label-curve.json"));
  rmSync(scratch.at("curve/scratch-4"), { recursive: true });
  expect(await progress()).toMatchObject({ isDone: false, done: 4, total: 5 });
});

test("what cannot be drawn is said before anything is trained", async () => {
  const out = scratch.at("none");
  const refuse = async (...more: string[]) => {
    const { code, stderr } = await runCli("label-curve", ...flags, "--out", out, ...more);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
    return stderr;
  };
  expect(await refuse("--steps", "1", "--labels", "2,700")).toMatch(
    /--labels asks for 700 pictures, .*captions has only 6/,
  );
  expect(await refuse("--steps", "1", "--labels", "2,2")).toContain("--labels 2,2 names a count twice");
  expect(await refuse("--steps", "1,2", "--labels", "2")).toContain("--steps has 2 numbers for 1 counts of --labels");
  expect(await refuse("--steps", "0")).toContain("1 or more");
});
