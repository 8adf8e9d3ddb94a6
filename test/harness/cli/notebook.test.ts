import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { KERNEL_TIMEOUT_MS } from "../notebook/open-kernel.js";
import { code, notebook, outputsOf } from "./notebook-files.js";
import { runCli, Scratch } from "./run-cli.js";

test(
  "without --out the notebook itself is filled in",
  async () => {
    const scratch = new Scratch();
    const path = scratch.write("own.ipynb", notebook(code("console.log(6 * 7)")));
    const { code: exit, stdout } = await runCli("notebook", "run", path);
    expect([exit, stdout]).toEqual([0, `${path}\n`]);
    expect(outputsOf(scratch, "own.ipynb")).toMatchObject([[{ text: ["42\n"] }]]);
    expect(scratch.list()).toEqual(["own.ipynb"]);
  },
  KERNEL_TIMEOUT_MS,
);

test("what is wrong with what was asked is said before anything runs", async () => {
  const scratch = new Scratch();
  const path = scratch.write("fine.ipynb", notebook(code("const n = 1;", "parameters")));
  const text = readFileSync(path, "utf8");
  const python = scratch.write("python.ipynb", { ...notebook(), metadata: { language_info: { name: "python" } } });
  const wrong: [args: string[], message: string][] = [
    [[path, scratch.at("missing.ipynb")], "missing.ipynb"],
    [[path, scratch.write("text.txt", "x")], "is not a notebook"],
    [[path, scratch.write("broken.ipynb", "{")], "not JSON"],
    [[path, python], "is written in python"],
    [[path, path, "--out", scratch.at("out")], "Two notebooks would be written to"],
    [[path, "--param", "m=1"], "has no parameter m. It has n."],
    [[path, "--param", "n"], "must look like name=value"],
    [[path, "--timeout", "0"], "must be a number greater than 0"],
  ];
  for (const [args, message] of wrong) {
    const { code: exit, stderr } = await runCli("notebook", "run", ...args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("cell 1/");
  }
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(existsSync(scratch.at("out"))).toBe(false);
});
