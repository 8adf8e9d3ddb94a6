import { afterAll, beforeAll, expect, test } from "vitest";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const READLINE = 'require("node:readline").createInterface({ input: process.stdin })';

test.each([
  'prompt("Your name?")',
  'const rl = require("node:readline/promises").createInterface({ input: process.stdin });\nawait rl.question("Name? ")',
  `for await (const line of ${READLINE}) console.log(line);`,
  "for await (const chunk of process.stdin) console.log(chunk);",
  'await new Promise((resolve) => process.stdin.on("end", resolve).on("data", console.log));',
  'process.stdin.once("data", console.log);\n1',
  'require("node:fs").readFileSync(0, "utf8")',
  'require("node:fs").readFileSync("/dev/stdin", "utf8")',
  'require("node:fs").readSync(0, Buffer.alloc(9))',
])(
  "where nobody can answer, a cell that asks fails, and says what to do: %s",
  async (code) => {
    const { reply } = await kernel.execute(code);
    expect(reply).toMatchObject({ status: "error", ename: "NoInput" });
    expect(reply.evalue).toMatch(/nobody is there to answer.*--param name=value/s);
    expect(await kernel.print("1")).toBe("1\n");
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a cell that has a variable of that name, or catches the error, goes on",
  async () => {
    expect(await kernel.print('const prompt = "A photo of";\nprompt')).toBe("A photo of\n");
    expect(await kernel.print("prompt.length")).toBe("10\n");
    const code =
      "let seen = '';\ntry { for await (const c of process.stdin) seen += c; } catch (e) { seen = e.name; }\nseen";
    expect(await kernel.print(code)).toBe("NoInput\n");
  },
  KERNEL_TIMEOUT_MS,
);
