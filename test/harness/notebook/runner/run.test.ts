import { expect, test } from "vitest";
import type { Cell, CodeCell, Notebook } from "../../../../harness/notebook/runner/notebook-file.js";
import { runNotebook } from "../../../../harness/notebook/runner/run.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";

const scratch = new Scratch();
const path = scratch.at("story.ipynb");

function notebook(...sources: readonly (string | Cell)[]): Notebook {
  const cells = sources.map((source, index): Cell => {
    if (typeof source !== "string") return source;
    const outputs = [{ output_type: "stream" as const, name: "stdout", text: "of another time" }];
    return { cell_type: "code", id: `id-${index}`, metadata: {}, source, outputs, execution_count: 99 };
  });
  return { cells, metadata: { title: "kept" }, nbformat: 4, nbformat_minor: 5 };
}

const codeCells = ({ cells }: Notebook) => cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
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

kernelTest("a cell that takes too long is interrupted", async () => {
  const cells = ['console.log("so far");\nawait new Promise(() => { setTimeout(() => {}, 1e6); });', "2"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path, { timeoutSeconds: 4 });
  expect(failure).toEqual({ cell: 1, message: "CellTimeout: The cell did not end within 4 s." });
  expect(codeCells(result)[0]!.outputs).toMatchObject([
    { text: "so far\n" },
    { output_type: "error", ename: "CellTimeout" },
  ]);
});

kernelTest("a cell that does not let itself be interrupted ends with its kernel", async () => {
  const cells = ["await new Promise((resolve) => setTimeout(resolve, 10));\nfor (;;);"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path, { timeoutSeconds: 3 });
  expect(failure?.message).toMatch(/^CellTimeout: The cell did not end within 3 s/);
  expect(codeCells(result)[0]!.outputs).toMatchObject([{ output_type: "error", ename: "CellTimeout" }]);
});

kernelTest("a kernel that dies is told with its last words", async () => {
  const cells = ["Reflect.get(process, 'reallyExit').call(process, 7)", "2"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path);
  expect(failure?.message).toMatch(/^DeadKernel: The kernel died \(exit code 7/);
  expect(codeCells(result)[0]!.outputs).toMatchObject([{ output_type: "error", ename: "DeadKernel" }]);
});
