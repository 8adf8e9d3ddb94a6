import { afterAll, beforeAll, expect, test } from "vitest";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const SOME_TYPES = `interface Options {
  a: number;
  b?: string;
}
type Pair = readonly [
  number,
  number,
];
`;

/** Cells, each with "HERE" in a comment on the lines that its error must name, in the order of its stack. */
test.each<[how: string, cell: string]>([
  ["after types that are no code", `${SOME_TYPES}throw new Error("x"); // HERE`],
  ["after an import that is no code", `import type { Stats } from "node:fs";\n\nthrow new Error("x"); // HERE`],
  [
    "after an import",
    `import fs from "node:fs";\nimport { join } from "node:path";\n\nthrow new Error(join("x")); // HERE`,
  ],
  ["on the first line", 'throw new Error("x"); // HERE'],
  ["on the first line of an asynchronous cell", 'if (await 1) throw new Error("x"); // HERE'],
  ["as the value of the cell", "const o = undefined as unknown as { p: 1 };\n\no.p // HERE"],
  [
    "in a helper",
    `${SOME_TYPES}function helper(o: Options): never {\n\n  throw new Error("x"); // HERE\n}\n\nhelper({ a: 1 }); // HERE`,
  ],
  [
    "in nested functions",
    `const outer = (n: number) => {
  const inner = (pair: readonly [number, number]): never => {
    throw new RangeError("x"); // HERE
  };
  return inner([n, n]); // HERE
};
outer(1); // HERE`,
  ],
  [
    "in a method of a class with types",
    `class Model<T extends object> {
  declare kind: string;
  private readonly parts: T[] = [];
  constructor(readonly name: string, protected size?: number) {}
  run(
    input: T,
    options?: { deep: boolean },
  ): void {
    this.parts.push(input);
    throw new Error("x"); // HERE
  }
}
new Model<{ a: 1 }>("m").run({ a: 1 }); // HERE`,
  ],
  [
    "rethrown",
    `${SOME_TYPES}const helper = () => {\n  throw new Error("x"); // HERE\n};\ntry {\n  helper(); // HERE\n} catch (error) {\n  throw error;\n}`,
  ],
  ["rethrown by a finally", `try {\n  throw new Error("x"); // HERE\n} finally {\n  void 0;\n}`],
  [
    "after an await",
    `${SOME_TYPES}await 1;\nawait new Promise((resolve) => setTimeout(resolve, 5));\nthrow new Error("x"); // HERE`,
  ],
  [
    "in an asynchronous helper",
    `async function helper(o: { a: number }) {
  await null;
  throw new Error("x"); // HERE
}

await helper({ a: 1 }); // HERE`,
  ],
  [
    "in a callback",
    `${SOME_TYPES}[1, 2].map((n: number) => { // HERE\n  if (n === 2)\n    throw new Error("x"); // HERE\n  return n;\n});`,
  ],
  [
    "in a generator",
    `function* count(): Generator<number> {\n  yield 1;\n  throw new Error("x"); // HERE\n}\nfor (const n of count()) { // HERE\n  void n;\n}`,
  ],
  [
    "in a call over several lines",
    "const f: (a: number) => unknown = (\n  a: number,\n) => {\n  return a.toFixed(\n    1000, \n  ); // no\n};\n\nf(\n  1,\n); ",
  ],
  [
    "beside names of earlier cells in short form",
    "const size = { earlier, fails: (() => { throw new Error('x'); })() }; // HERE",
  ],
  [
    "in an enumeration and a namespace",
    `enum Kind {\n  A = "a",\n  B = "b",\n}\nnamespace Space {\n  export const deep = (): never => {\n    throw new Error(Kind.A); // HERE\n  };\n}\nSpace.deep(); // HERE`,
  ],
  [
    "in a promise that is not awaited",
    `${SOME_TYPES}void (async () => {\n  await null;\n  throw new Error("x"); // HERE\n})();`,
  ],
])(
  "an error %s names its lines",
  async (_, cell) => {
    await kernel.print("const earlier = 1;");
    const { reply } = await kernel.execute(cell);
    expect(reply.status).toBe("error");
    const lines = cell.split("\n");
    const traceback = reply.traceback as string[];
    const named = traceback.flatMap((frame) => / at .*In \[\d+\]:(\d+):/.exec(frame)?.[1] ?? []).map(Number);
    const expected = lines.flatMap((line, index) => (line.endsWith("// HERE") ? [index + 1] : []));
    expect(named.every((line) => line <= lines.length)).toBe(true);
    expect(new Set(named)).toEqual(expected.length === 0 ? new Set([4, 9]) : new Set(expected));
    expect(traceback[1]).toBe(`  > ${lines[named[0]! - 1]!.trim()}`);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "columns are those of the cell as it was written, also where a name was written out",
  async () => {
    await kernel.print("const first = 1, second = 2;");
    const cell = "const p = { first, second, z: (undefined as unknown as { x: 1 }).x };";
    const { traceback } = (await kernel.execute(cell)).reply as { traceback: string[] };
    expect(traceback.at(-1)).toMatch(new RegExp(`In \\[\\d+\\]:1:${cell.indexOf(".x") + 2}$`));
  },
  KERNEL_TIMEOUT_MS,
);
