import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test, vi } from "vitest";
import { requirePackage, resolvePackageFile } from "../../../../harness/optional-packages.js";
import { LIBRARY, loadLibrary } from "../../../../harness/sources/transformers/library.js";
import { hasTransformers } from "../../../transformers.js";
import { Scratch } from "../../cli/run-cli.js";

vi.mock(import("../../../../harness/optional-packages.js"), async (original) => {
  const actual = await original();
  return {
    ...actual,
    requirePackage: vi.fn(actual.requirePackage) as typeof actual.requirePackage,
    resolvePackageFile: vi.fn(actual.resolvePackageFile),
  };
});

const scratch = new Scratch();

function write(path: string): string {
  mkdirSync(dirname(scratch.at(path)), { recursive: true });
  return scratch.write(path, "");
}

test("a library of an older version is refused by its version", () => {
  vi.mocked(requirePackage).mockReturnValueOnce({ env: { version: "3.0.0" }, AutoProcessor: {}, AutoTokenizer: {} });
  expect(loadLibrary).toThrow(
    expect.objectContaining({ code: "old-package", message: expect.stringMatching(/3\.0\.0.*ModelRegistry.*4\.3/) }),
  );
});

test.runIf(hasTransformers)("one that has an onnxruntime-node of its own is refused, with both places", () => {
  const theirs = write(`node_modules/${LIBRARY}/node_modules/onnxruntime-node/index.js`);
  const library = write(`node_modules/${LIBRARY}/index.js`);
  const own = write("node_modules/onnxruntime-node/index.js");
  vi.mocked(resolvePackageFile).mockReturnValueOnce(own).mockReturnValueOnce(library);
  expect(loadLibrary).toThrow(
    expect.objectContaining({ code: "two-runtimes", message: expect.stringContaining(`(${theirs})`) }),
  );
  expect(() => loadLibrary()).not.toThrow();
});
