import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CodeCell, Notebook } from "../../harness/notebook/runner/notebook-file.js";
import { project } from "../harness/cli/run-cli.js";

export const folder = join(project, "notebooks");

/** The files of the notebooks that come along, in their order. */
export const names = readdirSync(folder)
  .filter((name) => name.endsWith(".ipynb"))
  .sort();

export const readText = (name: string): string => readFileSync(join(folder, name), "utf8");

export const codeCells = ({ cells }: Pick<Notebook, "cells">): CodeCell[] =>
  cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
