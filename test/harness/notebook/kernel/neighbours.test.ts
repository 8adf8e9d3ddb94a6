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
      expect.stringMatching(/^ +at cell-\d+:3:\d+$/) as string,
    ]);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a module that is changed is loaded anew",
  async () => {
    scratch.write("book/changing.ts", "export const n: number = 1;\n");
    const code = 'import { n } from "./changing";\nn';
    expect(await kernel.print(code)).toBe("1\n");
    scratch.write("book/changing.ts", "export const n: number = 2000;\n");
    let printed = "";
    for (let tries = 0; tries < 40 && printed !== "2000\n"; tries++) {
      printed = await kernel.print(`await new Promise((resolve) => setTimeout(resolve, 250));\n${code}`);
    }
    expect(printed).toBe("2000\n");
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
