import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Content } from "../../../../harness/notebook/kernel/wire.js";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel } from "../open-kernel.js";

const scratch = new Scratch();
let kernel: OpenKernel;

beforeAll(async () => {
  mkdirSync(scratch.at("book/lib"), { recursive: true });
  mkdirSync(scratch.at("book/node_modules/@own/pack"), { recursive: true });
  scratch.write("book/node_modules/@own/pack/package.json", { exports: { ".": "./i.js", "./part": "./p.js" } });
  scratch.write(
    "book/helper.ts",
    "/** Adds one. @param n a number */\nexport const inc = (n: number): number => n + 1;\n",
  );
  scratch.write("book/hello.txt", "");
  scratch.write("book/types.d.ts", "");
  scratch.write("book/lib/d.json", {});
  scratch.write("book/lib/photo é.jpg", "");
  scratch.write("above.ts", "");
  kernel = await openKernel(scratch.at("book"));
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

/** Asks at the bar in a cell's code; positions are characters. */
async function ask(type: "complete" | "inspect", code: string): Promise<Content> {
  const cursor_pos = [...code.slice(0, code.indexOf("|"))].length;
  return kernel.client.request(`${type}_request`, { code: code.replace("|", ""), cursor_pos, detail_level: 0 });
}

/** The code as it is with each completion. */
async function complete(code: string): Promise<string[]> {
  const reply = await ask("complete", code);
  const whole = [...code.replace("|", "")];
  const [start, end] = [reply.cursor_start as number, reply.cursor_end as number];
  return (reply.matches as string[]).map((match) => whole.slice(0, start).join("") + match + whole.slice(end).join(""));
}

describe("completion in strings", () => {
  test.each<[code: string, completed: string[]]>([
    ['import { inc } from "./he|"', ['import { inc } from "./helper.ts"']],
    ['import { inc } from "./|"', ['import { inc } from "./helper.ts"', 'import { inc } from "./lib/"']],
    ['import { inc } from "../|', ['import { inc } from "../above.ts', 'import { inc } from "../book/']],
    ['require("./lib/|")', ['require("./lib/d.json")']],
    ['await import("./lib/|")', ['await import("./lib/d.json")']],
    ['export * from "@own/|"', ['export * from "@own/pack"']],
    ['import x from "@own/pack/|"', ['import x from "@own/pack/part"']],
    ['import x from "simvlm/mo|"', ['import x from "simvlm/models"']],
    ['import fs from "node:fs/|"', ['import fs from "node:fs/promises"']],
    ['await show("he|")', ['await show("hello.txt")', 'await show("helper.ts")']],
    ['const smile = "😀"; f("lib/ph|")', ['const smile = "😀"; f("lib/photo é.jpg")']],
    ["f(`lib/d|`)", ["f(`lib/d.json`)"]],
    ['f("nothing like it|")', []],
  ])(
    "%s",
    async (code, completed) => {
      expect(await complete(code)).toEqual(completed);
    },
    KERNEL_TIMEOUT_MS,
  );

  test(
    "outside of strings names are completed",
    async () => {
      expect(await complete('const name = "x"; process.argv|')).toContain('const name = "x"; process.argv0');
    },
    KERNEL_TIMEOUT_MS,
  );
});

describe("what is shown of a name", () => {
  const textOf = async (code: string) => ((await ask("inspect", code)).data as Content)["text/plain"] as string;

  test(
    "signature, documentation and tags, of own names too, in the cell and in later ones",
    async () => {
      const declare = `/**
 * Doubles a number.
 * @param x the number
 * @returns twice as much
 */
function double(x: number) { return 2 * x; }`;
      const expected = `function double(x: number): number

Doubles a number.

@param x the number
@returns twice as much`;
      expect(await textOf(`${declare}\ndou|ble(1)`)).toBe(expected);
      await kernel.execute(declare);
      for (const code of ["dou|ble(1)", "double|", "double(|)", "double(1, |", "double(Number(1) + |2)"]) {
        expect(await textOf(code)).toBe(expected);
      }
      expect(await textOf("double(Math.max(|))")).toMatch(/^\(method\) Math\.max/);
    },
    KERNEL_TIMEOUT_MS,
  );

  test(
    "of the library's names, and of modules beside the notebook",
    async () => {
      expect(await textOf("simvlm.show|")).toMatch(
        /show\(value: unknown, options\?: ShowOptions\)[\s\S]*Shows pictures[\s\S]*@throws/,
      );
      expect(await textOf('import { inc } from "./helper";\nin|c(1)')).toContain("Adds one.");
    },
    KERNEL_TIMEOUT_MS,
  );

  test(
    "nothing is found where there is no name",
    async () => {
      expect(await ask("inspect", "1 + |")).toMatchObject({ found: false });
    },
    KERNEL_TIMEOUT_MS,
  );
});
