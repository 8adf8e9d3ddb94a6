import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { describeDiagnostics, describeThrown } from "../../../../harness/notebook/kernel/cell-error.js";

const cells = new Map([["cell-2", '"use strict";\nexports.tsLastExpr = exports.f(1);']]);

function errorWith(stack: string[], error = new Error("no")): Error {
  error.stack = [`${error.name}: ${error.message}`, ...stack.map((frame) => `    at ${frame}`)].join("\n");
  return error;
}

test("frames of the cell and of packages stay, with paths of the project; the kernel's go", () => {
  const error = errorWith([
    "f (file:///project/harness/dist/a%20b.js:1:2)",
    "async g (/project/node_modules/p/index.js:3:4)",
    "new Promise (<anonymous>)",
    "node:internal/process/task_queues:95:5",
    "cell-2:2:30",
    "cell-2:4:3",
    "sigintHandlersWrap (node:vm:280:12)",
    "Object.execute (/project/node_modules/tslab/dist/executor.js:160:38)",
  ]);
  expect(describeThrown(error, cells, "/project").traceback).toEqual([
    "Error: no",
    "  > f(1);",
    "    at f (harness/dist/a b.js:1:2)",
    "    at async g (node_modules/p/index.js:3:4)",
    "    at new Promise (<anonymous>)",
    "    at cell-2:2:30",
  ]);
});

test("bad input says what to do; where the library found it is nobody's business", () => {
  const error = errorWith(
    ["read (file:///project/harness/dist/a.js:1:2)", "cell-2:2:30"],
    new SimvlmError("x", "Do this."),
  );
  expect(describeThrown(error, cells, "/project").traceback).toEqual([
    "SimvlmError: Do this.",
    "  > f(1);",
    "    at cell-2:2:30",
  ]);
});

test("an error without a stack, of another realm, with a cause that is no error", () => {
  const error = errorWith([]);
  delete error.stack;
  error.cause = { code: 7 };
  expect(describeThrown(error, cells, "/").traceback).toEqual(["Error: no", "caused by: { code: 7 }"]);
});

test("messages about other files have no line of the cell", () => {
  const format = "%s%d:%d - %s";
  const calls = [
    [format, "", 2, 3, "first"],
    [format, "helper.ts ", 9, 1, "second"],
  ];
  expect(describeDiagnostics(calls, "one\ntwo")).toEqual({
    ename: "CompileError",
    evalue: "2:3 - first",
    traceback: ["2:3 - first", "  two", "    ^", "helper.ts 9:1 - second"],
  });
});
