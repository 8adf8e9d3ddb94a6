import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel, streamText } from "../open-kernel.js";

const scratch = new Scratch();
let kernel: OpenKernel;

const HELPER = `interface Options {
  readonly a: number;
}
export function make(options: Options): Error {
  return new Error(\`made \${options.a}\`);
}
`;

beforeAll(async () => {
  mkdirSync(scratch.at("book (1)"));
  scratch.write("book (1)/helper.ts", HELPER);
  scratch.write("book (1)/changing.ts", HELPER);
  kernel = await openKernel(scratch.at("book (1)"));
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const kernelTest = (name: string, run: () => Promise<void>) => test(name, run, KERNEL_TIMEOUT_MS);

/** What a cell prints to both streams, and its number. */
async function printed(code: string): Promise<{ text: string; n: string }> {
  const { reply, published } = await kernel.execute(code);
  const text = streamText(published) + streamText(published, "stderr");
  expect([reply.status, reply.evalue]).toEqual(["ok", undefined]);
  expect(text).not.toMatch(/node:|notebook\/kernel|tslab|cell-\d/);
  expect(text).not.toContain(scratch.path);
  return { text: text.replace(/\n$/, ""), n: `In [${String(reply.execution_count)}]` };
}

const TYPES = `interface Shape {
  a: number;
}
const f = (shape: Shape): Error => new RangeError("x" + shape.a);
`;

/** Cells that print an error of `f`, which is called in line 5. */
test.each<[how: string, cell: string]>([
  ["console.log", "console.log(f({ a: 1 }));"],
  ["console.error", "console.error(f({ a: 1 }));"],
  ["its stack", "console.log(f({ a: 1 }).stack);"],
  ["the value of the cell", "f({ a: 1 })"],
  ["util.inspect", 'console.log(require("node:util").inspect(f({ a: 1 })));'],
  ["util.format", 'console.log("%s", require("node:util").format(f({ a: 1 })));'],
  ["caught", "try { throw f({ a: 1 }); } catch (error) { console.log(error); }"],
  ["after an await", "console.log(await f({ a: 1 }));"],
])(
  "an error names the lines of its cell where it is shown: %s",
  async (_, cell) => {
    const { text, n } = await printed(TYPES + cell);
    const [shown, made, called, ...rest] = text.split("\n");
    expect([shown, made, rest]).toEqual(["RangeError: x1", `    at f (${n}:4:36)`, []]);
    expect(called?.replace(/\d+$/, "")).toBe(`    at ${n}:5:`);
  },
  KERNEL_TIMEOUT_MS,
);

kernelTest("console.trace and captureStackTrace, too", async () => {
  const code = `type A = 1;

console.trace("here");
const target: { stack?: string } = {};
Error.captureStackTrace(target);
console.log(target.stack);`;
  const { text, n } = await printed(code);
  expect(text).toContain(`Trace: here\n    at ${n}:3:9`);
  expect(text).toContain(`    at ${n}:5:7`);
});

kernelTest("errors inside of others, of objects, lists and promises", async () => {
  const { text, n } = await printed(`type A = 1;

const one = new Error("one", { cause: new TypeError("why") });
console.log(
  { deep: [one] },
  new AggregateError([one], "all"),
  new Map([["k", new Error("in a map")]]),
);`);
  const places = [...text.matchAll(/ at (In \[\d+\]:\d+)/g)].map(([, place]) => place);
  expect(new Set(places)).toEqual(new Set([3, 6, 7].map((line) => `${n}:${line}`)));
  expect(places).toHaveLength(6);
});

kernelTest("an error of an earlier cell keeps its lines, also one that made its cell fail", async () => {
  const first = await printed("type A = 1;\n\nconst kept = new Error('kept');");
  const failing = await kernel.execute(
    "type B = 1;\n\nconst lost = new Error('lost');\nObject.assign(globalThis, { lost });\nthrow lost;",
  );
  expect(failing.reply.status).toBe("error");
  const second = await printed("console.log(kept);\nconsole.log((globalThis as { lost?: Error }).lost);");
  const n = `In [${String(failing.reply.execution_count)}]`;
  expect(second.text).toBe(`Error: kept\n    at ${first.n}:3:14\nError: lost\n    at ${n}:3:14`);
});

kernelTest("also where a front end runs code between them that it does not count", async () => {
  const { n } = await printed("type A = 1;\n\nconst counted = () => new Error('counted');");
  const shown: string[] = [];
  const code = "\n\n\n\nconsole.log(new Error('uncounted'));\nthrow counted();";
  const reply = await kernel.client.request("execute_request", { code, store_history: false }, ({ content }) =>
    shown.push(String(content.text ?? "")),
  );
  expect(shown.join("")).toBe("Error: uncounted\n    at In [ ]:5:13\n");
  const traceback = ["Error: counted", "  > const counted = () => new Error('counted');", `    at counted (${n}:3:23)`];
  expect(reply.traceback).toEqual([...traceback, "    at In [ ]:6:7"]);
});

kernelTest("errors of a module beside the notebook have its lines", async () => {
  const { text, n } = await printed('import { make } from "./helper";\nconsole.log(make({ a: 1 }));');
  expect(text).toBe(`Error: made 1\n    at make (helper.ts:5:10)\n    at ${n}:2:17`);
});

kernelTest("and those that they were made in where the module has changed meanwhile", async () => {
  const first = await printed('import { make } from "./changing";\nconst before = make({ a: 1 });');
  scratch.write("book (1)/changing.ts", `\n\n${HELPER}`);
  const { text, n } = await printed('import { make as anew } from "./changing";\nconsole.log(before);\nanew({ a: 2 })');
  expect(text.split("\n")).toEqual([
    ...["Error: made 1", "    at make (changing.ts:5:10)", `    at ${first.n}:2:20`],
    ...["Error: made 2", "    at make (changing.ts:7:10)", `    at ${n}:3:5`],
  ]);
});

kernelTest("Node's own errors keep their codes, and name the cell alone", async () => {
  const { text, n } = await printed(`import fs from "node:fs";
for (const path of ["/nowhere-at-all", {} as string]) {
  try { fs.readFileSync(path); } catch (error) { console.log(error); }
}
await fs.promises.readFile("/nowhere-at-all").catch((error: unknown) => console.log((error as Error).stack));
try { require("no-such-package"); } catch (error) { console.log(error); }`);
  expect(text).toContain("TypeError [ERR_INVALID_ARG_TYPE]: The ");
  expect(text.match(/(?<= )at .*?(?=:\d+(?: \{)?$)/gm)).toEqual([
    `at ${n}:3`,
    `at ${n}:3`,
    `at async ${n}:5`,
    `at ${n}:6`,
  ]);
});

kernelTest("errors are shown whatever reading them does, and however a cell wants its stacks", async () => {
  const { text } = await printed(`class Odd extends Error {
  override get name(): string { throw new Error("name"); }
}
console.log(new Odd("odd").stack);
const standard = Error.prepareStackTrace;
Error.prepareStackTrace = (_, sites) => sites.length > 0;
console.log(new Error("x").stack);
Error.prepareStackTrace = standard;\nundefined`);
  expect(text).toMatch(/^Error: odd\n {4}at In \[\d+\]:4:13\ntrue$/);
});
