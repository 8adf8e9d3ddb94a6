import { expect, test } from "vitest";
import { runNotebook } from "../../../../harness/notebook/runner/run-notebook.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS } from "../open-kernel.js";
import { codeCells, notebook } from "./story.js";

const scratch = new Scratch();
const path = scratch.at("story.ipynb");

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

kernelTest("a cell that takes too long is interrupted", async () => {
  const cells = ['console.log("so far");\nawait new Promise(() => { setTimeout(() => {}, 1e6); });', "2"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path, { timeoutSeconds: 10 });
  expect(failure).toEqual({ cell: 1, message: "CellTimeout: The cell did not finish within 10 s." });
  expect(codeCells(result)[0]!.outputs).toMatchObject([
    { text: "so far\n" },
    { output_type: "error", ename: "CellTimeout" },
  ]);
});

kernelTest("a cell that does not let itself be interrupted ends with its kernel", async () => {
  const cells = ["await new Promise((resolve) => setTimeout(resolve, 10));\nfor (;;);"];
  const { notebook: result, failure } = await runNotebook(notebook(...cells), path, { timeoutSeconds: 3 });
  expect(failure?.message).toMatch(/^CellTimeout: The cell did not finish within 3 s/);
  expect(codeCells(result)[0]!.outputs).toMatchObject([{ output_type: "error", ename: "CellTimeout" }]);
});
