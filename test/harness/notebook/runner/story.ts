import type { Cell, CodeCell, Notebook } from "../../../../harness/notebook/runner/notebook-file.js";

/** A notebook of code cells, which have outputs of another time, and of cells as they are given. */
export function notebook(...sources: readonly (string | Cell)[]): Notebook {
  const cells = sources.map((source, index): Cell => {
    if (typeof source !== "string") return source;
    const outputs = [{ output_type: "stream" as const, name: "stdout", text: "of another time" }];
    return { cell_type: "code", id: `id-${index}`, metadata: {}, source, outputs, execution_count: 99 };
  });
  return { cells, metadata: { title: "kept" }, nbformat: 4, nbformat_minor: 5 };
}

export const codeCells = ({ cells }: Notebook): CodeCell[] =>
  cells.filter((cell): cell is CodeCell => cell.cell_type === "code");
