import { afterAll, beforeAll, expect, test } from "vitest";
import { KERNEL_TIMEOUT_MS, type OpenKernel, openKernel, streamText } from "../open-kernel.js";

let kernel: OpenKernel;

beforeAll(async () => {
  kernel = await openKernel();
}, KERNEL_TIMEOUT_MS);
afterAll(() => kernel.close(), KERNEL_TIMEOUT_MS);

const SHELL = `"sh", ["-c", "echo out; echo err >&2"]`;

test.each<[how: string, code: string, stdout: string, stderr: string]>([
  [
    "a program",
    `await new Promise((r) => cp.spawn(${SHELL}, { stdio: "inherit" }).on("close", r))`,
    "out\n0\n",
    "err\n",
  ],
  ["one that is waited for", `cp.spawnSync(${SHELL}, { stdio: "inherit" }).stdout`, "out\n", "err\n"],
  ["a command", `cp.execSync("echo out; echo err >&2", { stdio: "inherit" })`, "out\n", "err\n"],
  ["a file", `cp.execFileSync(${SHELL}, { stdio: ["ignore", "inherit", "inherit"] })`, "out\n", "err\n"],
  ["standard error by itself", `cp.execSync("echo out; echo err >&2").toString()`, "out\n\n", "err\n"],
  [
    "one stream of two",
    `cp.spawnSync(${SHELL}, { stdio: ["ignore", "pipe", "inherit"] }).stdout.toString()`,
    "out\n\n",
    "err\n",
  ],
  [
    "by descriptor",
    `await new Promise((r) => cp.spawn(${SHELL}, { stdio: ["ignore", 1, 2] }).on("close", r))`,
    "out\n0\n",
    "err\n",
  ],
  [
    "by stream",
    `await new Promise((r) => cp.spawn(${SHELL}, { stdio: ["ignore", process.stdout, process.stderr] }).on("close", r))`,
    "out\n0\n",
    "err\n",
  ],
  [
    "exit code and words of one that fails",
    `try { cp.execSync("echo out; echo err >&2; exit 3", { stdio: "inherit" }); } catch (e) { e.status }`,
    "out\n",
    "err\n",
  ],
])(
  "what a child process writes to inherited streams goes to its cell: %s",
  async (_, code, stdout, stderr) => {
    const { published, reply } = await kernel.execute(`const cp = require("node:child_process");\n${code}`);
    expect(reply.status).toBe("ok");
    expect([streamText(published), streamText(published, "stderr")]).toEqual([stdout, stderr]);
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "whoever starts one sees no difference",
  async () => {
    const code = `import { spawn } from "node:child_process";
const child = spawn("true", { stdio: "inherit" });
[child.stdout, child.stderr, child.stdio]`;
    expect(await kernel.print(code)).toBe("[ null, null, [ null, null, null ] ]\n");
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "what is written to a descriptor goes to the cell, in its order",
  async () => {
    const { published } = await kernel.execute(`import { writeSync, write, writeFileSync } from "node:fs";
console.log("a");
writeSync(1, "b\\n");
writeSync(1, Buffer.from("--c\\n--"), 2, 2);
writeFileSync(2, "d\\n");
writeFileSync("/dev/stdout", "e\\n");
await new Promise((resolve) => write(1, "f\\n", resolve));
require("node:fs").appendFileSync(1, "g\\n");
console.log("h");`);
    expect([streamText(published), streamText(published, "stderr")]).toEqual(["a\nb\nc\ne\nf\ng\nh\n", "d\n"]);
  },
  KERNEL_TIMEOUT_MS,
);
