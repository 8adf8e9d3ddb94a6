import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type CodeCell, type Notebook, readNotebook } from "../../harness/notebook/runner/notebook-file.js";
import type { Parameters } from "../../harness/notebook/runner/notebook-parameters.js";
import { runNotebook } from "../../harness/notebook/runner/run-notebook.js";
import { project } from "../harness/cli/run-cli.js";

export const folder = join(project, "notebooks");

/** The files of the notebooks that come along, in their order. */
export const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ipynb"))
  .sort();

export const readText = (name: string): string => readFileSync(join(folder, name), "utf8");

export const codeCells = ({ cells }: Pick<Notebook, "cells">): CodeCell[] =>
  cells.filter((cell): cell is CodeCell => cell.cell_type === "code");

/** Runs a notebook with other parameters; every cell must go well. @returns the text of all that it shows */
export async function runNamed(name: string, parameters: Parameters): Promise<string> {
  const path = join(folder, name);
  const { notebook, failure } = await runNotebook(await readNotebook(path), path, { parameters });
  expect(failure).toBeUndefined();
  const outputs = codeCells(notebook).flatMap((cell) => cell.outputs);
  expect(outputs.map((output) => output.output_type)).toEqual(outputs.map(() => "display_data"));
  return outputs.map((output) => ("data" in output ? String(output.data["text/plain"]) : "")).join("\n");
}
