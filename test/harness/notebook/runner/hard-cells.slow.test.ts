import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { writeNotebook } from "../../../../harness/notebook/runner/notebook-file.js";
import { runNotebook } from "../../../../harness/notebook/runner/run-notebook.js";
import { code, notebook as notebookFile } from "../../cli/notebook-files.js";
import { BINARY, project, Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS, PATIENCE } from "../open-kernel.js";
import { codeCells, notebook } from "./story.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Debian's Python, which has nbformat where Jupyter is installed. */
const PYTHON = "/usr/bin/python3";
const VALIDATE = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4)); print('valid')";
const hasNbformat = spawnSync(PYTHON, ["-c", "import nbformat"]).status === 0;
if (!hasNbformat) console.log("nbformat is not installed: what is written is not validated by it.");

test.skipIf(!hasNbformat)(
  "whatever cells put out, and when, the notebook is valid",
  async () => {
    const scratch = new Scratch();
    const cells = [
      "for (let i = 0; i < 5; i++) setTimeout(() => { console.log('a', i); console.error('b', i); }, 20 * i); 1",
      "for (let i = 0; i < 5; i++) setTimeout(() => console.log('c', i), 20 * i); 2",
      "process.stdout.write(Buffer.from([0, 255, 254, 195, 40, 10])); console.log('\\ud800 lone \\u202e \\u001b[31m')",
      'import { display } from "tslab";\ndisplay.png(Buffer.from([137, 80, 78, 71])); display.html("<b>\\u0000</b>");',
      "console.log('x'.repeat(3_000_000))",
      "await new Promise((resolve) => setTimeout(resolve, 300));",
      "setTimeout(() => { throw { not: 'an error' }; }, 50); setTimeout(() => void Promise.reject(new Error('')), 60);",
    ];
    const run = await runNotebook(notebook(...cells), scratch.at("hard.ipynb"));
    await writeNotebook(scratch.at("hard.ipynb"), run.notebook);
    const { stdout, stderr } = spawnSync(PYTHON, ["-c", VALIDATE, scratch.at("hard.ipynb")], { encoding: "utf8" });
    expect(stderr + stdout).toBe("valid\n");
    const types = codeCells(run.notebook).map(({ outputs }) => outputs.map(({ output_type }) => output_type));
    expect(types[3]).toEqual(["display_data", "display_data"]);
    expect(types[6]).toEqual(["stream", "error", "error"]);
    expect(run.failure).toMatchObject({ cell: 7 });
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a cell that fills the memory ends its kernel, which is said, and nothing else",
  async () => {
    vi.stubEnv("NODE_OPTIONS", "--max-old-space-size=400");
    const cells = ["console.log('before')", "const all: object[] = [];\nfor (;;) all.push({ a: [1, 2, 3] });", "3"];
    const { failure, notebook: result } = await runNotebook(notebook(...cells), new Scratch().at("full.ipynb"));
    expect(failure).toMatchObject({
      cell: 2,
      message: expect.stringMatching(/^DeadKernel: .*out of memory/s) as string,
    });
    expect(codeCells(result).map(({ outputs }) => outputs.length)).toEqual([1, 1, 0]);
  },
  KERNEL_TIMEOUT_MS,
);

/** The processes that have this variable, from what Linux tells. */
function processesWith(variable: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "latin1").split("\0").includes(variable);
      } catch {
        return false; // it has ended, or is not ours
      }
    })
    .map(Number);
}

/** The kernels of a process, and what their cells have started. */
const kernelsOf = (pid: number) => processesWith(`JPY_PARENT_PID=${pid}`);

test.skipIf(process.platform !== "linux")(
  "programs that cells started end with notebook run, however that ends",
  async () => {
    const scratch = new Scratch();
    const started = scratch.at("started");
    const start = `const { spawn, exec } = require("node:child_process");
spawn("sleep", ["600"], { stdio: "inherit" }).unref();
exec("sleep 600 & sleep 600");`;
    const wait = `require("node:fs").writeFileSync(${JSON.stringify(started)}, "");\nawait new Promise((r) => setTimeout(r, 1e6));`;
    for (const [ending, cells] of Object.entries({
      SIGKILL: [start, wait],
      "its end": [start],
      "a kernel that dies": [start, "process.abort()"],
    })) {
      const path = scratch.write("programs.ipynb", notebookFile(...cells.map((source) => code(source))));
      const child = spawn(process.execPath, [BINARY, "notebook", "run", path, "--late-output", "0"], {
        stdio: "ignore",
      });
      const closed = new Promise((resolve) => child.once("close", resolve));
      if (cells.includes(wait)) {
        await vi.waitFor(() => expect(readdirSync(scratch.path)).toContain("started"), PATIENCE);
        await vi.waitFor(() => expect(kernelsOf(child.pid!).length).toBeGreaterThan(3), PATIENCE);
        rmSync(started);
        child.kill(ending as NodeJS.Signals);
      }
      await closed;
      await vi.waitFor(() => expect([ending, kernelsOf(child.pid!)]).toEqual([ending, []]), PATIENCE);
    }
  },
  KERNEL_TIMEOUT_MS,
);

test.skipIf(process.platform !== "linux")(
  "killed at any moment, notebook run leaves the notebook whole, no kernel, and no file",
  async () => {
    const scratch = new Scratch();
    const temporary = new Scratch();
    const cells = [code("1"), code("await new Promise((resolve) => setTimeout(resolve, 300));"), code("for (;;);")];
    const path = scratch.write("killed.ipynb", notebookFile(...cells));
    const before = readFileSync(path, "utf8");
    const env = { ...process.env, TMPDIR: temporary.path };
    let kernels = 0;
    const kills = 20;
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, [BINARY, "notebook", "run", path], { cwd: project, env, stdio: "ignore" });
      // The first half may come before there is a kernel; a busy machine takes seconds to start one.
      if (kill >= kills / 2) await vi.waitFor(() => expect(kernelsOf(child.pid!)).not.toEqual([]), PATIENCE);
      await sleep(200 * (kill % (kills / 2)) + 50);
      const ours = kernelsOf(child.pid!);
      kernels += ours.length;
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
      await vi.waitFor(() => expect(kernelsOf(child.pid!)).toEqual([]), PATIENCE);
      expect(readFileSync(path, "utf8")).toBe(before);
      expect([scratch.list(), temporary.list()]).toEqual([["killed.ipynb"], []]);
    }
    console.log(`${kills} kills of notebook run, ${kernels} of them with a kernel: none is left`);
    expect(kernels).toBeGreaterThanOrEqual(kills / 2);
  },
  600_000,
);
