import { expect, test } from "vitest";
import { runNotebook } from "../../../../harness/notebook/runner/run-notebook.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";
import { codeCells, notebook } from "./story.js";

const path = new Scratch().at("story.ipynb");
const WAIT = "await new Promise((resolve) => setTimeout(resolve, 400)); 'waited'";

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

const later = (statement: string, milliseconds = 30) => `setTimeout(() => { ${statement} }, ${milliseconds}); 'now'`;
const texts = (result: Awaited<ReturnType<typeof runNotebook>>) =>
  codeCells(result.notebook).map(({ outputs }) =>
    outputs.map((output) => (output.output_type === "stream" ? output.text : output.output_type)),
  );

kernelTest("what comes late goes to its cell, that of the last cell too", async () => {
  const cells = [
    later("console.log('LATE 1')"),
    later("console.log('LATE 2')"),
    WAIT,
    later("console.log('LAST')", 500),
  ];
  const run = await runNotebook(notebook(...cells), path);
  expect(texts(run)).toEqual([["now\nLATE 1\n"], ["now\nLATE 2\n"], ["waited\n"], ["now\nLAST\n"]]);
  expect(run).toMatchObject({ cutOff: false });
  expect(run.failure).toBeUndefined();
});

kernelTest("a late error makes its own cell fail, and the run stop after the one that is running", async () => {
  // The second cell lets it happen: a timer of the first one's may be late, or as early as its end.
  const first = `let begin = () => {};
void new Promise<void>((resolve) => { begin = resolve; }).then(() => { throw new Error('NOBODY'); });
'now'`;
  const cells = [first, `begin();\n${WAIT}`, "3"];
  const run = await runNotebook(notebook(...cells), path);
  expect(run.failure).toEqual({ cell: 1, message: "Error: NOBODY" });
  expect(texts(run)).toEqual([["now\n", "error"], ["waited\n"], []]);
  expect(codeCells(run.notebook).map(({ metadata }) => metadata.papermill)).toMatchObject([
    { status: "failed", exception: true },
    { status: "completed", exception: false },
    { status: "pending" },
  ]);
  expect(run.notebook.metadata).toMatchObject({ papermill: { exception: true } });
});

kernelTest("an error after the last cell makes the run fail", async () => {
  for (const statement of ["throw new Error('LATE')", "void Promise.reject(new Error('LATE'))"]) {
    const run = await runNotebook(notebook("1", later(statement, 300)), path);
    expect(run.failure).toEqual({ cell: 2, message: "Error: LATE" });
  }
});

kernelTest(
  "an error that a listener of a cell's own handles makes nothing fail, late and in later cells too",
  async () => {
    const listens = `process.on("unhandledRejection", (reason) => console.log("handled", reason));
process.on("uncaughtException", (error) => console.log("handled", error));
undefined`;
    const cells = [listens, "void Promise.reject(2); undefined", later("throw 3", 300)];
    const run = await runNotebook(notebook(...cells), path);
    expect([run.failure, texts(run).flat().join("")]).toEqual([undefined, "handled 2\nnow\nhandled 3\n"]);
  },
);

kernelTest("what never ends is waited for as long as was said, and that is told", async () => {
  const endless = "let n = 0; setInterval(() => { if (++n === 1) console.log('once'); }, 20); 'now'";
  const run = await runNotebook(notebook(endless), path, { lateOutputSeconds: 1 });
  expect(run).toMatchObject({ cutOff: true });
  expect(texts(run)).toEqual([["now\nonce\n"]]);
  const unheard = await runNotebook(notebook(later("console.log('LATE')", 100_000)), path, { lateOutputSeconds: 0 });
  expect([texts(unheard), unheard.cutOff]).toEqual([[["now\n"]], false]);
});

kernelTest(
  "a kernel that dies keeps what was printed before, and makes the run fail after the last cell, too",
  async () => {
    const dies = await runNotebook(notebook("console.log('words');\nprocess.abort()", "2"), path);
    expect(dies.failure?.message).toMatch(/^DeadKernel: The kernel died \(signal SIGABRT/);
    expect(texts(dies)).toEqual([["words\n", "error"], []]);
    const late = await runNotebook(notebook("process.once('beforeExit', () => process.abort()); 'now'"), path);
    expect(late.failure).toMatchObject({
      cell: 1,
      message: expect.stringMatching(/^DeadKernel: .* after the last/) as string,
    });
  },
);

kernelTest("listeners of the process's end are heard, and what they begin", async () => {
  const first = `process.on("exit", () => console.log("bye"));
process.once("beforeExit", () => { console.log("before"); setTimeout(() => console.log("again"), 30); });
undefined`;
  const run = await runNotebook(notebook(first, "console.log(2)"), path);
  expect([texts(run), run.failure]).toEqual([[[], ["2\nbefore\nagain\nbye\n"]], undefined]);
  const fails = await runNotebook(notebook("process.on('exit', () => { throw new Error('at the end'); }); 1"), path);
  expect(fails.failure).toEqual({ cell: 1, message: "Error: at the end" });
});

kernelTest("what comes out of the kernel's process past its cells is part of the cell that runs", async () => {
  const code = `const { Worker } = require("node:worker_threads");
const worker = new Worker('require("node:fs").writeSync(1, "raw\\\\n")', { eval: true });
await new Promise((resolve) => worker.once("exit", resolve));
${WAIT}`;
  const run = await runNotebook(notebook("1", code, "3"), path);
  expect(texts(run)).toEqual([["1\n"], ["waited\nraw\n"], ["3\n"]]);
});

kernelTest("a loop without end in a late timer makes the run fail", async () => {
  const run = await runNotebook(
    notebook("1", `process.once("beforeExit", () => { ${later("for (;;);")} }); 'now'`),
    path,
    { lateOutputSeconds: 1 },
  );
  expect(run).toMatchObject({ failure: { cell: 2 }, cutOff: false });
  expect(run.failure?.message).toMatch(/^CellTimeout: After the last cell the kernel did not come to its end/);
});
