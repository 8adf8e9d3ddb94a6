import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { KERNEL_TIMEOUT_MS, PATIENCE } from "../notebook/open-kernel.js";
import { code, notebook, outputsOf } from "./notebook-files.js";
import { BINARY, project, runCli, Scratch } from "./run-cli.js";

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

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
  ["SIGKILL", null],
] as const)(
  "stopped by %s it takes its kernel along, and leaves the notebook as it was and no file of its own",
  async (signal, exitCode) => {
    const scratch = new Scratch();
    const told = scratch.at("pid");
    const cells = [
      code(`require("fs").writeFileSync(${JSON.stringify(told)}, String(process.pid))`),
      code("for (;;);"),
    ];
    const path = scratch.write("endless.ipynb", notebook(...cells));
    const before = readFileSync(path, "utf8");
    const temporary = new Scratch();
    const env = { ...process.env, TMPDIR: temporary.path };
    const child = spawn(process.execPath, [BINARY, "notebook", "run", path], { cwd: project, env });
    child.stderr.once("data", () => setTimeout(() => child.kill(signal), 500));
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(exitCode);
    const kernel = Number(readFileSync(told, "utf8"));
    await vi.waitFor(() => expect(() => process.kill(kernel, 0)).toThrow("ESRCH"), PATIENCE);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect([scratch.list(), temporary.list()]).toEqual([["endless.ipynb", "pid"], []]);
  },
  KERNEL_TIMEOUT_MS,
);
