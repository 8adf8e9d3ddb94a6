import { expect, test } from "vitest";
import type { CodeCell, Notebook } from "../../../../harness/notebook/runner/notebook-file.js";
import { injectParameters, parseParameter } from "../../../../harness/notebook/runner/notebook-parameters.js";

const cell = (source: string, ...tags: string[]): CodeCell => ({
  cell_type: "code",
  id: source.slice(0, 3),
  metadata: tags.length > 0 ? { tags } : {},
  source,
  outputs: [],
  execution_count: null,
});
const notebook = (...cells: CodeCell[]): Notebook => ({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
const declaring = cell('const images: number = 8, name = "a";\nlet folder: string | undefined;', "parameters");

test.each([
  ["images=12", ["images", 12]],
  ["name=12 apples", ["name", "12 apples"]],
  ['name="12"', ["name", "12"]],
  ["list=[1, 2]", ["list", [1, 2]]],
  ["on=true", ["on", true]],
  ["none=null", ["none", null]],
  ["formula=a=b", ["formula", "a=b"]],
  ["empty=", ["empty", ""]],
])("%s", (text, expected) => {
  expect(parseParameter(text)).toEqual(expected);
});

test.each(["images", "=1", "1a=2", "a b=3"])("%s is no parameter", (text) => {
  expect(() => parseParameter(text)).toThrow("must look like name=value");
});

test("a cell after the one that declares them declares them anew, with their types", () => {
  const given = notebook(cell("0"), declaring, cell("2"));
  const { cells } = injectParameters(given, { images: 12, folder: "x", name: 'quo"te' }, "n.ipynb");
  expect(cells).toHaveLength(4);
  expect(cells[2]).toMatchObject({ cell_type: "code", metadata: { tags: ["injected-parameters"] }, outputs: [] });
  expect(cells[2]!.source).toBe(
    '// Parameters\nlet images: number = 12;\nlet folder: string | undefined = "x";\nlet name = "quo\\"te";',
  );
  expect(given.cells).toHaveLength(3);
});

test("what was injected before is replaced, and goes where nothing is given", () => {
  const once = injectParameters(notebook(declaring, cell("2")), { images: 1 }, "n.ipynb");
  const twice = injectParameters(once, { images: 2 }, "n.ipynb");
  expect(twice.cells.map(({ source }) => source)).toEqual([
    declaring.source,
    "// Parameters\nlet images: number = 2;",
    "2",
  ]);
  expect(injectParameters(twice, {}, "n.ipynb")).toEqual(notebook(declaring, cell("2")));
});

test("a name that is not declared there is an error that says which are", () => {
  const inject = () => injectParameters(notebook(declaring), { image: 1 }, "n.ipynb");
  expect(inject).toThrow("n.ipynb has no parameter image. It has images, name, folder.");
  expect(() => injectParameters(notebook(cell("1")), { a: 1 }, "n.ipynb")).toThrow("takes no parameters");
});
