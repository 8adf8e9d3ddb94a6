import { afterAll, beforeAll, expect, test } from "vitest";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

test.each([
  ["%time 1 + 1", /^%time is written for IPython.* Write console\.time/],
  ["%%time\n1 + 1", /^%%time .* console\.time/],
  ["%matplotlib inline", /^%matplotlib .* show\(…\)/],
  ["%load_ext autoreload\n%autoreload 2", /^%load_ext .* loaded anew/],
  ["%cd /", /^%cd .* process\.chdir/],
  ["const a = 1;\n%lsmagic", /^%lsmagic .* what it does in TypeScript/],
  ["%%bash\nls | wc -l", /^%%bash .* execSync\("…"/],
  ["!ls", /^!command .* execSync\("ls", \{ stdio: "inherit" \}\)/],
  ["!ls -la *.ts", /execSync\("ls -la \*\.ts"/],
  ["!pip install numpy", /execSync\("pip install numpy"/],
  [
    "files = !ls",
    /^files = !command is .* const files = execSync\("ls", \{ encoding: "utf8" \}\)\.trim\(\)\.split\("\\n"\)\.$/,
  ],
  ["const files = !ls -la *.ts", /^files = !command .* const files = execSync\("ls -la \*\.ts", \{ enc/],
  ["let lines = !!wc -l < README.md", /const lines = execSync\("wc -l < README\.md"/],
  ["const a = 1;\nlisted = !./list.sh", /const listed = execSync\("\.\/list\.sh"/],
  ["took = %time f()", /^took = %time is .* console\.time/],
  ["const rows = %sql select 1", /^rows = %sql /],
  ["!ls | wc -l", /execSync\("ls \| wc -l", \{ stdio/],
  ["!ls *.png;", /execSync\("ls \*\.png;"/],
  ["pip install numpy", /^pip is .* npm install PACKAGE/],
  ["npm install lodash", /^npm is .* npm install PACKAGE, in a terminal/],
  ["help(simvlm)", /^There is no help\(…\) here\. Write the name alone/],
  ["?simvlm", /^\?simvlm .* press Shift\+Tab/],
  ["simvlm.show??", /^simvlm\.show\?\? .* Write simvlm\.show, and press Shift\+Tab/],
  ['const name = input("Name?")', /^There is no input\(…\) here\. Write prompt/],
  ['print("x")', /^There is no print\(…\) here\. Write console\.log/],
])(
  "%j is answered with what to write instead",
  async (code, sentence) => {
    const { ename, evalue, traceback } = (await kernel.execute(code)).reply;
    expect(ename).toBe("NotTypeScript");
    expect(evalue).toMatch(sentence);
    // One sentence or two, on one line; what the compiler says is there, too.
    expect(evalue).not.toContain("\n");
    expect((traceback as string[]).length).toBeGreaterThan(1);
  },
  KERNEL_TIMEOUT_MS,
);

test.each([
  ...["const off = !flagged;", "off = !flagged", "const b = !flagged || 1", "const b = !missing(2)", "!flagged;"],
  ...["if (1) {\n  const b = !flagged ? 1 : 2;\n}", "const c = a == !flagged", "const b = !flagged as boolean"],
  ...["!flagged && 1", "!flagged", "!isDone(2) || go()", "missing % 5", "const b = missing ? 1 : 2"],
])(
  "%j is TypeScript, and its own error",
  async (code) => {
    const { reply } = await kernel.execute(code);
    expect([reply.ename, reply.evalue]).toEqual(["CompileError", expect.stringMatching(/Cannot find name/) as string]);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "what begins a line and is TypeScript runs",
  async () => {
    expect(await kernel.print("const n = 17\n% 5;\nn")).toBe("2\n");
    expect(await kernel.print("const done = false;\n!done")).toBe("true\n");
    expect(await kernel.print("const maybe = done\n? 1 : 2;\nmaybe")).toBe("2\n");
  },
  KERNEL_TIMEOUT_MS,
);
