import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { KERNEL_TIMEOUT_MS } from "../notebook/open-kernel.js";
import { BINARY, project, runCli, Scratch } from "./run-cli.js";

interface StoredCell {
  cell_type: string;
  source: string[];
  outputs: { output_type: string; text?: string[]; ename?: string }[];
  execution_count: number | null;
}

const code = (source: string, ...tags: string[]) => ({
  ...{ cell_type: "code", metadata: tags.length > 0 ? { tags } : {}, source, outputs: [], execution_count: null },
});
const notebook = (...cells: object[]) => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 });
const outputsOf = (scratch: Scratch, name: string) =>
  scratch.readJson<{ cells: StoredCell[] }>(name).cells.map(({ outputs }) => outputs);

test(
  "each notebook is run in a kernel of its own; one that fails does not keep the next from running",
  async () => {
    const scratch = new Scratch();
    const bad = scratch.write(
      "bad.ipynb",
      notebook(code("const shared = 1;", "parameters"), code("throw new Error('no')"), code("1")),
    );
    const good = scratch.write(
      "good.ipynb",
      notebook(code("const shared = 2;", "parameters"), code("console.log(shared)")),
    );
    const {
      code: exit,
      stdout,
      stderr,
    } = await runCli("notebook", "run", bad, good, "--param", "shared=3", "--out", scratch.at("out"), "--html");
    expect(stderr.replace(/\d+\.\d s/g, "T s").split("\n")).toEqual([
      ...[1, 2, 3].map((cell) => `${bad}: cell ${cell}/4, T s`),
      `${bad}: cell 3 failed: Error: no`,
      ...[1, 2, 3].map((cell) => `${good}: cell ${cell}/3, T s`),
      "",
    ]);
    expect(exit).toBe(1);
    expect(stdout.trim().split("\n")).toEqual(
      ["bad.ipynb", "bad.html", "good.ipynb", "good.html"].map((name) => scratch.at(`out/${name}`)),
    );
    expect(outputsOf(scratch, "out/bad.ipynb").map((outputs) => outputs.map((output) => output.ename))).toEqual([
      [],
      [],
      ["Error"],
      [],
    ]);
    expect(outputsOf(scratch, "out/good.ipynb").at(-1)).toMatchObject([{ text: ["3\n"] }]);
    expect(readFileSync(scratch.at("out/bad.html"), "utf8")).toContain("Error: no");
    expect(outputsOf(scratch, "good.ipynb")).toEqual([[], []]);
  },
  KERNEL_TIMEOUT_MS,
);

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

test(
  "stopped from outside it takes its kernel along, and leaves the notebook as it was",
  async () => {
    const scratch = new Scratch();
    const told = scratch.at("pid");
    const cells = [
      code(`require("fs").writeFileSync(${JSON.stringify(told)}, String(process.pid))`),
      code("for (;;);"),
    ];
    const path = scratch.write("endless.ipynb", notebook(...cells));
    const before = readFileSync(path, "utf8");
    const child = spawn(process.execPath, [BINARY, "notebook", "run", path], { cwd: project });
    child.stderr.once("data", () => setTimeout(() => child.kill("SIGTERM"), 500));
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(143);
    const kernel = Number(readFileSync(told, "utf8"));
    await vi.waitFor(() => expect(() => process.kill(kernel, 0)).toThrow("ESRCH"), 10_000);
    expect(readFileSync(path, "utf8")).toBe(before);
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
    [[path, "--param", "n"], "must be like name=value"],
    [[path, "--timeout", "0"], "must be a number above 0"],
  ];
  for (const [args, message] of wrong) {
    const { code: exit, stderr } = await runCli("notebook", "run", ...args);
    expect([exit, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("cell 1/");
  }
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(existsSync(scratch.at("out"))).toBe(false);
});
