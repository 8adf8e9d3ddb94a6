import { expect, test } from "vitest";
import type { Cell } from "../../../../harness/notebook/runner/notebook-file.js";
import { runNotebook } from "../../../../harness/notebook/runner/run-notebook.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";
import { codeCells, notebook } from "./story.js";

const scratch = new Scratch();
const path = scratch.at("story.ipynb");

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

kernelTest("outputs, execution counts and metadata are filled in, from top to bottom", async () => {
  const text: Cell = { cell_type: "markdown", id: "text", metadata: {}, source: "# Story" };
  const given = notebook(
    text,
    { ...notebook("const n: number = 1;").cells[0]!, id: "given", metadata: { tags: ["parameters"] } },
    'import { newDisplay } from "tslab";\nconst bar = newDisplay();\nbar.text("0 %");',
    "",
    'bar.text("100 %");\nconsole.log(n * 2);\nprocess.cwd()',
  );
  const before = structuredClone(given);
  const seen: number[][] = [];
  const { notebook: result, failure } = await runNotebook(given, path, {
    parameters: { n: 21 },
    onCell: (done, cells) => seen.push([done, cells]),
  });
  expect(failure).toBeUndefined();
  expect(given).toEqual(before);
  const cells = codeCells(result);
  expect(cells.map(({ execution_count }) => execution_count)).toEqual([1, 2, 3, null, 4]);
  expect(cells.map(({ outputs }) => outputs)).toEqual([
    [],
    [],
    [{ output_type: "display_data", data: { "text/plain": "100 %" }, metadata: {} }],
    [],
    [{ output_type: "stream", name: "stdout", text: `42\n${scratch.path}\n` }],
  ]);
  expect(seen).toEqual([1, 2, 3, 4, 5].map((done) => [done, 5]));
  expect(cells[1]!.metadata).toMatchObject({
    tags: ["injected-parameters"],
    papermill: { status: "completed", exception: false, duration: expect.any(Number) as number },
  });
  expect(result.metadata).toMatchObject({
    title: "kept",
    papermill: { parameters: { n: 21 }, input_path: "story.ipynb", output_path: "story.ipynb", exception: null },
    simvlm: {
      code: { version: expect.any(String) as string },
      node: process.version,
      packages: { tslab: "1.0.22" },
      platform: { os: process.platform },
    },
  });
  const { start_time, end_time } = result.metadata.papermill as Record<string, string>;
  expect(Date.parse(end_time!)).toBeGreaterThan(Date.parse(start_time!));
  // In a repository, the commit it ran with and whether files had changed since.
  const { code } = result.metadata.simvlm as { code: { commit?: string; dirty?: boolean } };
  expect(code.commit === undefined || (/^[0-9a-f]{40}$/.test(code.commit) && typeof code.dirty === "boolean")).toBe(
    true,
  );
});

kernelTest("a cell that fails ends the run, and what ran before it is kept", async () => {
  const run = await runNotebook(notebook('console.log("before")', 'throw new Error("bad")', "3"), path);
  expect(run.failure).toEqual({ cell: 2, message: "Error: bad" });
  const [before, failed, after] = codeCells(run.notebook);
  expect(before!.outputs).toMatchObject([{ text: "before\n" }]);
  expect(failed).toMatchObject({
    execution_count: 2,
    outputs: [{ output_type: "error", ename: "Error", evalue: "bad" }],
  });
  expect(failed!.metadata).toMatchObject({ papermill: { status: "failed", exception: true } });
  expect(after).toMatchObject({ outputs: [], execution_count: null, metadata: { papermill: { status: "pending" } } });
  expect(run.notebook.metadata).toMatchObject({ papermill: { exception: true } });
});

kernelTest("a kernel that dies is told with its last words", async () => {
  const cells = ["Reflect.get(process, 'reallyExit').call(process, 7)", "2"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path);
  expect(failure?.message).toMatch(/^DeadKernel: The kernel died \(exit code 7/);
  expect(codeCells(result)[0]!.outputs).toMatchObject([{ output_type: "error", ename: "DeadKernel" }]);
});
