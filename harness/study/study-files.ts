import { join } from "node:path";
import { type CellName, nameCell } from "./study-cell.js";

/**
 * Where the parts of a study lie in its folder. `weights` and `runs` are large, not needed once their cells are done, and
 * may lie in another folder.
 */
export const STUDY_FILES = {
  recipe: "recipe.json",
  tokenizer: "tokenizer.json",
  data: "data.sha256",
  weights: "weights",
  runs: "runs",
  cells: "cells",
  study: "study.json",
  report: "report.html",
} as const;

/** The folder of what a cell trains. */
export function weightsOf(work: string, cell: CellName, training: string): string {
  return join(work, STUDY_FILES.weights, nameCell(cell), training);
}

/** The folder of a cell's run of a test. */
export function runOf(work: string, cell: CellName, test: string): string {
  return join(work, STUDY_FILES.runs, nameCell(cell), test);
}

/** The file that says that a cell is done, and what it took. */
export function recordOf(out: string, cell: CellName): string {
  return join(out, STUDY_FILES.cells, `${nameCell(cell)}.json`);
}
