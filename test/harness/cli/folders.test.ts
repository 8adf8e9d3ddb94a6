import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseRate, parseShare } from "../../../harness/cli/options.js";
import { project, runCli, Scratch } from "./run-cli.js";

/** Commands that write folders, with what they need. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  run: ["--task", "caption", "--data", "fixtures/nocaps", "--predictions", "p.json"],
  merge: ["one", "two"],
  demo: [],
  pretrain: ["--pairs-from", "web", "--steps", "1"],
  finetune: ["--task", "caption", "--data", "captions", "--checkpoint", "toy", "--steps", "1"],
  export: ["toy"],
  ablate: ["recipe.json", "--data", "a"],
  "label-curve": ["--checkpoint", "toy", "--data", "a", "--test", "b", "--steps", "1"],
  "toybox generate": ["--seed", "1"],
  "notebook run": ["a.ipynb"],
};

describe.each(Object.keys(COMMANDS))("%s --out", (name) => {
  const run = (out: string) => runCli(...name.split(" "), ...COMMANDS[name]!, "--out", out);

  test.each(["-", "/dev/stdout", "/dev/fd/1"])("%s: a folder cannot go to standard output", async (out) => {
    const { code, stdout, stderr } = await run(out);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/'--out <folder>'.* is invalid\. It must name a folder, which cannot go to standard output/);
    expect(existsSync(join(project, "-"))).toBe(false);
  });

  test("nothing is no folder", async () => {
    expect((await run("")).stderr).toContain("It must name a folder.");
  });
});

test("the advice can be followed", async () => {
  const { stderr } = await runCli("export", "fixtures/checkpoints/caption", "--out", "-");
  const [, name] = /One that is called so is (\S+)\./.exec(stderr)!;
  expect(name).toBe("./-");
  const scratch = new Scratch();
  const { code } = await runCli(
    "toybox",
    "generate",
    "--seed",
    "1",
    "--limit",
    "1",
    "--scale",
    "small",
    "--only",
    "web",
    "--out",
    join(scratch.path, "-"),
  );
  expect(code).toBe(0);
  expect(scratch.list()).toEqual(["-"]);
});

describe("a share", () => {
  test.each([
    ["1%", 0.01],
    ["0.01", 0.01],
    [" 2.5 % ", 0.025],
    ["0%", 0],
    ["100%", 1],
  ])("%s", (text, share) => {
    expect(parseShare(text)).toBe(share);
  });

  test.each(["101%", "%", "-1%", "1%%", "", "a%", "1.2.3%", "1e1%"])("%j is none", (text) => {
    expect(() => parseShare(text)).toThrow("between 0 and 1");
    expect(() => parseRate(text)).toThrow("at least 0");
  });

  test("as options take it", async () => {
    const options = ["--pairs-from", "nowhere", "--out", "out", "--steps", "1"];
    const { stderr } = await runCli("pretrain", ...options, "--max-fault-rate", "1%", "--min-crop", "85%");
    expect(stderr).toContain("nowhere cannot be read");
  });
});
