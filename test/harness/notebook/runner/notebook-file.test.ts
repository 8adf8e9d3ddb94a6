import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { formatNotebook, readNotebook, writeNotebook } from "../../../../harness/notebook/runner/notebook-file.js";
import { Scratch } from "../../cli/run-cli.js";

const scratch = new Scratch();

const stored = {
  cells: [
    { cell_type: "markdown", id: "aaaa", metadata: {}, source: ["# Title\n", "\n", "ä"] },
    {
      cell_type: "code",
      execution_count: 3,
      id: "bbbb",
      metadata: { tags: ["parameters"] },
      outputs: [
        { name: "stdout", output_type: "stream", text: ["one\n", "two\n"] },
        {
          data: { "application/json": { b: 1, a: [2] }, "image/png": "aGk=\n", "text/html": ["<b>\n", "</b>"] },
          metadata: {},
          output_type: "display_data",
        },
        { ename: "E", evalue: "v", output_type: "error", traceback: ["t"] },
      ],
      source: ["1\n", "2"],
    },
    { cell_type: "raw", id: "cccc", metadata: {}, source: [] },
  ],
  metadata: { language_info: { name: "typescript" } },
  nbformat: 4,
  nbformat_minor: 5,
};

test("a notebook that is read and written is the same, byte for byte as Jupyter writes it", async () => {
  const path = scratch.write("same.ipynb", stored);
  const notebook = await readNotebook(path);
  expect(notebook.cells[0]!.source).toBe("# Title\n\nä");
  await writeNotebook(path, notebook);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(stored);
  const text = readFileSync(path, "utf8");
  expect(text.split("\n").slice(0, 4)).toEqual(["{", ' "cells": [', "  {", '   "cell_type": "markdown",']);
  expect([text.includes('"ä"'), text.endsWith("}\n")]).toEqual([true, true]);
  expect(formatNotebook(notebook).indexOf('"a"')).toBeLessThan(formatNotebook(notebook).indexOf('"b"'));
});

test("cells of an older notebook get ids, the same each time", async () => {
  const [cell] = stored.cells;
  const { id: _, ...old } = cell!;
  const path = scratch.write("old.ipynb", { ...stored, cells: [old, old], nbformat_minor: 4 });
  const [first, second] = [await readNotebook(path), await readNotebook(path)];
  expect(first).toEqual(second);
  expect(first.nbformat_minor).toBe(5);
  expect(new Set(first.cells.map(({ id }) => id)).size).toBe(2);
});

test.each([
  ["no JSON", "{", "not-json"],
  ["no notebook", { cells: [] }, "wrong-schema"],
  ["nbformat 3", { ...stored, nbformat: 3 }, "old-notebook"],
  ["a cell without a source", { ...stored, cells: [{ cell_type: "code", metadata: {}, outputs: [] }] }, "wrong-schema"],
  ["Python", { ...stored, metadata: { language_info: { name: "python" } } }, "foreign-notebook"],
  [
    "Python, never run",
    { ...stored, metadata: { kernelspec: { name: "python3", language: "python" } } },
    "foreign-notebook",
  ],
])("%s is refused", async (_, content, code) => {
  await expect(readNotebook(scratch.write("bad.ipynb", content))).rejects.toMatchObject({ code });
});
