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
    [[path, "--late-output", "3000000"], "must be a number from 0 to 86400"],
  ];
  for (const [args, message] of wrong) {
    const { code: exit, stderr } = await runCli("notebook", "run", ...args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("cell 1/");
  }
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(existsSync(scratch.at("out"))).toBe(false);
});

test(
  "what is still going on after the last cell is waited for as long as was said, which is told",
  async () => {
    const scratch = new Scratch();
    const cells = [code("setTimeout(() => console.log('late'), 100); setInterval(() => {}, 1000); 1")];
    const path = scratch.write("late.ipynb", notebook(...cells));
    const { code: exit, stderr } = await runCli("notebook", "run", path, "--late-output", "1");
    expect([exit, outputsOf(scratch, "late.ipynb")]).toEqual([
      0,
      [[expect.objectContaining({ text: ["1\n", "late\n"] })]],
    ]);
    expect(stderr).toContain("was still going on 1 s after the last one");
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a rejection that nothing handles makes the command fail, with the cell that it belongs to",
  async () => {
    const scratch = new Scratch();
    const path = scratch.write(
      "late.ipynb",
      notebook(code("1"), code("setTimeout(() => Promise.reject(new Error('NO')), 100);")),
    );
    const { code: exit, stderr } = await runCli("notebook", "run", path);
    expect([exit, stderr]).toEqual([1, expect.stringContaining("cell 2 failed: Error: NO")]);
    expect(outputsOf(scratch, "late.ipynb")[1]).toContainEqual(expect.objectContaining({ ename: "Error" }));
  },
  KERNEL_TIMEOUT_MS,
);
