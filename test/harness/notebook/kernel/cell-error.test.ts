import { inspect } from "node:util";
import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { describeDiagnostics, describeThrown } from "../../../../harness/notebook/kernel/cell-error.js";
import { CellStacks } from "../../../../harness/notebook/kernel/cell-stacks.js";
import type { Place } from "../../../../harness/notebook/kernel/source-map.js";

function stacksIn(folder: string): CellStacks {
  const stacks = new CellStacks([`${folder}/notebooks`, folder]);
  // What runs is a line longer than what was written.
  const locate = ({ line, column }: Place) => ({ line: line - 1, column: column - 5 });
  stacks.addCell(2, { source: "f(1);\ng(2);", locate });
  stacks.addModule("/project/helper.ts", { source: "", locate: () => ({ line: 70, column: 7 }) });
  return stacks;
}

const stacks = stacksIn("/project");

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
    "cell-0:2:30",
    "cell-0:4:3",
    "sigintHandlersWrap (node:vm:280:12)",
    "Object.execute (/project/node_modules/tslab/dist/executor.js:160:38)",
  ]);
  expect(describeThrown(error, stacks).traceback).toEqual([
    "Error: no",
    "  > f(1);",
    "    at f (harness/dist/a b.js:1:2)",
    "    at async g (node_modules/p/index.js:3:4)",
    "    at new Promise (<anonymous>)",
    "    at In [2]:1:25",
  ]);
});

test("places are those of the texts that were compiled, in modules too; a cell continued after an await stays", () => {
  const error = errorWith([
    "Proxy.f (/project/helper.ts:1:2)",
    "async cell-0:3:9",
    "async Object.execute (/project/node_modules/tslab/dist/executor.js:160:38)",
  ]);
  expect(describeThrown(error, stacks).traceback).toEqual([
    "Error: no",
    "  > g(2);",
    "    at f (helper.ts:70:7)",
    "    at async In [2]:2:4",
  ]);
});

test("what is shown already stays as it is", () => {
  const error = errorWith(["Proxy.f (/project/helper.ts:1:2)", "cell-0:3:9"]);
  const once = describeThrown(error, stacks);
  error.stack = once.traceback.join("\n");
  expect(describeThrown(error, stacks)).toEqual(once);
});

test.each([
  ["a package of another folder", "/usr/lib/node_modules/p/node_modules/q/a.js", "node_modules/q/a.js"],
  ["a file above the notebook", "/project/src/a (1).ts", "src/a (1).ts"],
  ["a file of a folder beside the project", "/elsewhere/a.ts", "../../elsewhere/a.ts"],
  ["a file that lies far away", "/home/somebody/code/a.ts", "a.ts"],
  ["a file as an address", "file:///home/some%20body/code/a%20b.ts", "a b.ts"],
  ["no file", "evalmachine.<anonymous>", "evalmachine.<anonymous>"],
])("%s is named without folders of the machine", (_, file, shown) => {
  const far = stacksIn(file.includes("/home/") ? "/srv/of/mine/project" : "/project");
  const frames = [`    at f (${file}:1:2)`, `    at async ${file}:3:4`];
  expect(far.show(frames, "Error")).toEqual([`    at f (${shown}:1:2)`, `    at async ${shown}:3:4`]);
});

test("a program that a cell runs by itself has the frames of its own", () => {
  const frames = ["eval (eval at f (evalmachine.<anonymous>:3:4), <anonymous>:1:7)", "f (evalmachine.<anonymous>:1:7)"];
  const nodes = ["Script.runInThisContext (node:vm:137:12)", "cell-0:3:23", "cell-0:9:3"];
  const kernels = [
    "Object.runInThisContext (node:vm:317:38)",
    "Object.execute (/p/node_modules/tslab/dist/executor.js:1:2)",
  ];
  const stack = [...frames, ...nodes, ...kernels].map((frame) => `    at ${frame}`);
  expect(stacks.show(stack, "Error")).toEqual([
    "    at eval (<anonymous>:1:7)",
    "    at f (evalmachine.<anonymous>:1:7)",
    "    at In [2]:2:18",
  ]);
});

test("a message may look like a stack, and causes have lines of their own", () => {
  const cause = errorWith(["cell-0:2:30"], new Error("why"));
  const message = "two\n    at cell-0:9:9";
  const error = errorWith(["cell-0:3:30"], new Error(message, { cause }));
  expect(describeThrown(error, stacks).traceback).toEqual([
    `Error: ${message}`,
    "  > g(2);",
    "caused by: Error: why",
    "  > f(1);",
    "    at In [2]:2:25",
  ]);
});

test("causes that cause each other come to an end", () => {
  const [a, b] = [new Error("a"), new Error("b")];
  a.cause = b;
  b.cause = a;
  expect(describeThrown(a, stacks).traceback.length).toBeLessThan(30);
});

test("bad input says what to do; where the library found it is nobody's business", () => {
  const error = errorWith(
    ["read (file:///project/harness/dist/a.js:1:2)", "cell-0:2:30"],
    new SimvlmError("x", "Do this."),
  );
  expect(describeThrown(error, stacks).traceback).toEqual(["SimvlmError: Do this.", "  > f(1);", "    at In [2]:1:25"]);
});

test("an error that is its own cause, or the cause of its cause, is told once", () => {
  const own = errorWith([]);
  own.cause = own;
  expect(describeThrown(own, stacks).traceback).toEqual(["Error: no", "caused by: …"]);
  const outer = new Error("outer", { cause: own });
  outer.stack = "";
  own.cause = outer;
  expect(describeThrown(outer, stacks).traceback).toEqual(["Error: outer", "caused by: Error: no", "caused by: …"]);
});

test("an error without a stack, of another realm, with a cause that is no error", () => {
  const error = errorWith([]);
  delete error.stack;
  error.cause = { code: 7 };
  expect(describeThrown(error, stacks).traceback).toEqual(["Error: no", "caused by: { code: 7 }"]);
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

const throws = (): never => {
  throw new Error("trap");
};
const withGetter = (key: PropertyKey, object: object = {}) => Object.defineProperty(object, key, { get: throws });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

test.each<[name: string, thrown: unknown, shown: string | RegExp]>([
  [
    "a proxy whose traps throw",
    new Proxy({ a: 1 }, { get: throws, getPrototypeOf: throws }),
    /^Thrown: Proxy \[\s+\{ a: 1 /,
  ],
  ["a revoked proxy", revoked, "Thrown: <Revoked Proxy>"],
  ["a proxy of an error", new Proxy(new RangeError("inner"), {}), "RangeError: inner"],
  ["an object without a prototype", Object.create(null), "Thrown: [Object: null prototype] {}"],
  ["a symbol", Symbol("why"), "Thrown: Symbol(why)"],
  ["null", null, "Thrown: null"],
  ["an error without a stack", Object.assign(new Error("no"), { stack: undefined }), "Error: no"],
  ["an error whose stack throws", withGetter("stack", new Error("no")), "Error: no"],
  ["an error whose message throws", withGetter("message", new Error("no")), /^Error: \(it cannot be read/],
  [
    "an error whose name and message are none",
    Object.assign(new Error(), { name: 1n, message: { a: 1 } }),
    "Error: { a: 1 }",
  ],
  ["an object whose tag throws", withGetter(Symbol.toStringTag), /^Thrown: \(it cannot be read/],
  ["an object that throws where it is inspected", { [inspect.custom]: throws }, /^Thrown: \{/],
])("%s is shown as well as it can be", (_, thrown, shown) => {
  const { traceback } = describeThrown(thrown, stacks);
  if (typeof shown === "string") expect(traceback[0]).toBe(shown);
  else expect(traceback[0]).toMatch(shown);
  const cause = describeThrown(new Error("outer", { cause: thrown }), stacks).traceback.join("\n");
  expect(cause).toMatch(/^Error: outer\ncaused by: ./);
});

test("the errors that one gathers are told", () => {
  const error = new AggregateError([new RangeError("first"), "second"], "both");
  expect(describeThrown(error, stacks).traceback.slice(0, 3)).toEqual([
    "AggregateError: both",
    "one of them: RangeError: first",
    "one of them: second",
  ]);
});
