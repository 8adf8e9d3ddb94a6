import type { Scratch } from "./run-cli.js";

interface StoredCell {
  cell_type: string;
  source: string[];
  outputs: { output_type: string; text?: string[]; ename?: string }[];
  execution_count: number | null;
}

/** A code cell as a file has it. */
export const code = (source: string, ...tags: string[]) => ({
  ...{ cell_type: "code", metadata: tags.length > 0 ? { tags } : {}, source, outputs: [], execution_count: null },
});
/** A notebook file of these cells. */
export const notebook = (...cells: object[]) => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 4 });
/** What the cells of a written notebook show. */
export const outputsOf = (scratch: Scratch, name: string) =>
  scratch.readJson<{ cells: StoredCell[] }>(name).cells.map(({ outputs }) => outputs);
