import { mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Scratch } from "../../cli/run-cli.js";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel } from "../open-kernel.js";

/** A notebook's folder of somebody else's, with packages, and a folder above it with modules. */
const scratch = new Scratch();
let kernel: OpenKernel;

function writePackage(folder: string, description: object, files: Readonly<Record<string, string>>): void {
  mkdirSync(scratch.at(folder), { recursive: true });
  scratch.write(`${folder}/package.json`, { version: "1.0.0", ...description });
  for (const [name, text] of Object.entries(files)) scratch.write(`${folder}/${name}`, text);
}

beforeAll(async () => {
  mkdirSync(scratch.at("book/lib"), { recursive: true });
  scratch.write(
    "book/helper.ts",
    `import { base } from "./lib/base";
interface Options {
  by: number;
}
export const twice = (x: number, { by }: Options = { by: 2 }): number => by * x + base;
export function fail(): never {
  throw new Error("from the helper");
}
`,
  );
  scratch.write("book/lib/base.ts", 'import data from "../d.json";\nexport const base: number = data.a;\n');
  scratch.write("book/lib/index.ts", 'export const fromIndex = "index";\n');
  scratch.write("book/d.json", { a: 7 });
  scratch.write("book/plain.js", "module.exports = { plain: 1 };\n");
  scratch.write("book/ping.ts", 'import { pong } from "./pong";\nexport const ping = () => pong() + 1;\n');
  scratch.write(
    "book/pong.ts",
    'import { ping } from "./ping";\nexport const pong = () => (typeof ping === "function" ? 1 : 0);\n',
  );
  scratch.write("book/module.mts", 'export const url = import.meta.url.split("/").pop();\n');
  scratch.write("book/common.cts", "export const common: number = 4;\n");
  scratch.write(
    "book/view.tsx",
    "const React = { createElement: (tag: string) => tag };\nexport const view = <p />;\n",
  );
  scratch.write(
    "book/loose.js",
    "const o = {};\nif (o.never) o.never.x = 1;\nexports.loose = o.never === undefined;\n",
  );
  scratch.write("book/syntax.js", "exports.a = 1;\nconst = 2;\n");
  scratch.write("book/broken.ts", "export const a = 1;\nexport const b: number = ;\n");
  scratch.write("broken-above.ts", "export const a = 1;\nexport const b: number = ;\n");
  scratch.write("book/awaits.mjs", "export const a = await 1;\n");
  scratch.write("book/broken.json", "{ no json");
  scratch.write("book/declared.js", "exports.declared = 1;\n");
  scratch.write("book/declared.d.ts", "export const declared: number;\n");
  scratch.write("book/tsconfig.json", { compilerOptions: { paths: { "@lib/*": ["./lib/*"], "#h": ["./helper.ts"] } } });
  scratch.write("above.ts", 'export const above = "above" as const;\n');
  writePackage("book/node_modules/commonjs", { name: "commonjs", main: "i.js" }, { "i.js": "module.exports={own:1}" });
  writePackage(
    "book/node_modules/esm",
    { name: "esm", type: "module", exports: { ".": "./i.js", "./part": "./part.js" } },
    { "i.js": "export const esm = 2; export default 3;", "part.js": 'export const part = "part";' },
  );
  writePackage(
    "book/node_modules/@scope/import-only",
    {
      name: "@scope/import-only",
      type: "module",
      exports: {
        ".": { browser: "./none.js", node: { import: "./i.mjs" } },
        "./parts/*": [{ import: "./*.js" }],
        "./hidden/*": null,
      },
    },
    { "i.mjs": 'export const only = "import";', "part.js": 'export const part = "import, too";' },
  );
  writePackage(
    "book/node_modules/broken",
    { name: "broken", main: "i.js" },
    { "i.js": 'require("not-installed-anywhere");' },
  );
  writePackage(
    "book/node_modules/workspace",
    { name: "workspace", main: "i.ts" },
    { "i.ts": "export const inTypeScript: number = 5;" },
  );
  writePackage("node_modules/higher", { name: "higher", main: "i.js" }, { "i.js": 'exports.where = "above";' });
  // One that the kernel's own project has as well.
  writePackage("book/node_modules/zod", { name: "zod", main: "i.js" }, { "i.js": 'exports.whose = "notebook";' });
  kernel = await openKernel(scratch.at("book"));
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

test.each([
  ['import { twice } from "./helper";\ntwice(4)', "15"],
  ['import { twice as byName } from "./helper.ts";\nbyName(4, { by: 3 })', "19"],
  ['import { twice as byJs } from "./helper.js";\nbyJs(4)', "15"],
  ['import { fromIndex } from "./lib";\nfromIndex', "index"],
  ['import { above } from "../above";\nabove', "above"],
  ['(await import("./lib/base")).base', "7"],
  ['const name = "./lib/base.js";\nrequire(name).base', "7"],
  ['import type { twice as Twice } from "./helper";\nconst t: typeof Twice = (x) => x;\nt(1)', "1"],
  ['import { url } from "./module.mjs";\nurl', "module.mts"],
  ['import { common } from "./common.cts";\ncommon', "4"],
  ['import { view } from "./view";\nview', "p"],
  ['import { loose } from "./loose.js";\nloose', "true"],
  ['import { declared } from "./declared";\ndeclared', "1"],
  ['import { base as ofPath } from "@lib/base";\nofPath', "7"],
  ['import { twice as ofAlias } from "#h";\nofAlias(4)', "15"],
  ['import { inTypeScript } from "workspace";\ninTypeScript', "5"],
  ['require.resolve("./helper").split("/").pop()', "helper.ts"],
  [
    'const home = process.cwd();\nprocess.chdir("/");\nconst there = require("./lib").fromIndex;\nprocess.chdir(home);\nthere',
    "index",
  ],
  ['import { ping } from "./ping";\nping()', "2"],
  ['import data from "./d.json";\ndata.a', "7"],
  ['require("./d.json").a', "7"],
  ['import plain from "./plain.js";\nplain.plain', "1"],
  ['require("node:fs").readFileSync("d.json", "utf8")', '{"a":7}'],
  ['import own from "commonjs";\nown.own', "1"],
  ['require("commonjs").own', "1"],
  ['(await import("commonjs")).default.own', "1"],
  ['import three, { esm } from "esm";\nthree + esm', "5"],
  ['import { part } from "esm/part";\npart', "part"],
  ['(await import("esm")).esm', "2"],
  ['import { only } from "@scope/import-only";\nonly', "import"],
  ['(await import("@scope/import-only/parts/part")).part', "import, too"],
  ['import { where } from "higher";\nwhere', "above"],
  ['require("zod").whose', "notebook"],
  ['import { VERSION } from "@simvlm/metrics";\ntypeof VERSION', "string"],
  ['import { createCaptioner } from "simvlm/models";\ntypeof createCaptioner', "function"],
  ['import { display } from "tslab";\ntypeof display.html', "function"],
])(
  "%s",
  async (code, printed) => {
    expect(await kernel.print(code)).toBe(`${printed}\n`);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "modules are checked, and what they throw names their own lines",
  async () => {
    const wrong = await kernel.execute('import { twice as w } from "./helper";\nw("4")');
    expect(wrong.reply).toMatchObject({
      ename: "CompileError",
      evalue: expect.stringMatching(/^2:3 - Argument/) as string,
    });
    const { reply } = await kernel.execute('import { fail } from "./helper";\n\nfail();');
    expect(reply.traceback).toEqual([
      "Error: from the helper",
      "  > fail();",
      expect.stringMatching(/^ +at .*fail \(helper\.ts:7:9\)$/) as string,
      expect.stringMatching(/^ +at In \[\d+\]:3:\d+$/) as string,
    ]);
  },
  KERNEL_TIMEOUT_MS,
);

test.each<[file: string, code: string, where: RegExp]>([
  ["TypeScript", 'import { a } from "./broken";\na', /^broken\.ts 2:26 - Expression expected/],
  [
    "above the notebook",
    'import { a as above2 } from "../broken-above";\nabove2',
    /^\.\.\/broken-above\.ts:2:26 - Expression exp/,
  ],
  ["by require", 'require("./broken")', /^broken\.ts:2:26 - Expression expected/],
  ["JavaScript", 'require("./syntax.js")', /^syntax\.js:2:7 - Variable declaration expected/],
  ["JSON", 'require("./broken.json")', /^broken\.json: Expected property name/],
  ["an await", 'require("./awaits.mjs")', /^awaits\.mjs: .*cannot await outside of a function/],
])(
  "a module that cannot be read is named, with the line: %s",
  async (_, code, where) => {
    expect((await kernel.execute(code)).reply.evalue).toMatch(where);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "modules that are changed are loaded anew by the next cell, and those that load them",
  async () => {
    scratch.write("book/changing.ts", "export const n: number = 1;\n");
    scratch.write("book/changing.json", { n: 1 });
    scratch.write("book/through.ts", 'export { n } from "./changing";\nexport { n as m } from "./changing.json";\n');
    const code = (name: string) => `import { n as ${name} } from "./changing";
import * as through${name} from "./through";
[${name}, through${name}.n, through${name}.m]`;
    expect(await kernel.print(code("a"))).toBe("[ 1, 1, 1 ]\n");
    scratch.write("book/changing.ts", "export const n: number = 2;\n");
    expect(await kernel.print(code("b"))).toBe("[ 2, 2, 1 ]\n");
    scratch.write("book/changing.json", { n: 3 });
    scratch.write("book/changing.ts", "export const n: number = 2;\nexport const added = 4;\n");
    expect(await kernel.print(code("c"))).toBe("[ 2, 2, 3 ]\n");
    expect(await kernel.print('import { added } from "./changing";\nadded')).toBe("4\n");
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a variable of the library's keeps its type although the library lies elsewhere",
  async () => {
    await kernel.print('const { outcomes } = await simvlm.readLog("nowhere").catch(() => ({ outcomes: [] }));\n1');
    const { published, reply } = await kernel.execute("const c = simvlm.createRandom(7);");
    expect([reply.status, published.length]).toEqual(["ok", 1]);
    expect((await kernel.execute("const wrong: string = c;")).reply.evalue).toMatch(/^1:7 - Type 'Random' is not/);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "what is nowhere is said to be nowhere",
  async () => {
    expect((await kernel.execute('import x from "./nowhere";\nx')).reply).toMatchObject({ ename: "CompileError" });
    expect((await kernel.execute('require("./nowhere")')).reply.evalue).toMatch(/Cannot find module '.\/nowhere'/);
    expect((await kernel.execute('require("no-such-package")')).reply.evalue).toMatch(/Cannot find module 'no-such/);
    expect((await kernel.execute('require("broken")')).reply.evalue).toMatch(/Cannot find module 'not-installed/);
    expect((await kernel.execute('require("@scope/import-only/hidden/x")')).reply.evalue).toMatch(/not defined by/);
  },
  KERNEL_TIMEOUT_MS,
);
