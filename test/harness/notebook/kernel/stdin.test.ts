import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connectionSchema } from "../../../../harness/notebook/kernel/connection.js";
import { KernelClient } from "../../../../harness/notebook/runner/kernel-client.js";
import { kernelProgram } from "../../../../harness/notebook/runner/kernel-process.js";
import { findFreePorts } from "../../../../harness/notebook/runner/ports.js";
import { Scratch } from "../../cli/run-cli.js";
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
  'await require("node:fs/promises").readFile("/dev/stdin", "utf8")',
  'await require("node:util").promisify(require("node:fs").readFile)(0)',
  'for await (const text of require("node:fs").createReadStream("/dev/stdin", "utf8")) console.log(text);',
  'for await (const text of require("node:fs").createReadStream("", { fd: 0 })) console.log(text);',
  "process.stdin.setRawMode(true);",
  `const raw = require("node:readline").createInterface({ input: process.stdin, output: process.stdout, terminal: true });
await new Promise<string>((resolve) => raw.question("Name? ", resolve));`,
  `require("node:readline").emitKeypressEvents(process.stdin);
await new Promise((resolve) => process.stdin.on("keypress", resolve));`,
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

test(
  "a program that a cell starts finds standard input empty, and what to do is said where it fails",
  async () => {
    const run = (options: string) => `import { execSync } from "node:child_process";
execSync("read answer && echo got $answer", ${options});`;
    for (const options of ['{ stdio: "inherit" }', "{ stdio: [0, 1, 2] }", "{ stdio: [process.stdin, 1, 2] }"]) {
      const { reply } = await kernel.execute(run(options));
      expect(reply.evalue).toMatch(/^Command failed: read .*\nIf it asked for something: .* stdio: \["pipe"/s);
    }
    const answered = run('{ input: "yes", stdio: ["pipe", "inherit", "inherit"] }').replace(
      "read answer",
      "answer=$(cat)",
    );
    expect(await kernel.print(answered)).toBe("got yes\n");
    const fails = 'require("node:child_process").execSync("echo it says why >&2; exit 3", { stdio: "inherit" })';
    expect((await kernel.execute(fails)).reply.evalue).not.toContain("If it asked");
  },
  KERNEL_TIMEOUT_MS,
);

test(
  "a front end that leaves the kernel's own standard input open makes no program wait",
  async () => {
    const names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"];
    const ports = await findFreePorts(names.length, "127.0.0.1");
    const byName = Object.fromEntries(names.map((name, index) => [name, ports[index]]));
    const connection = connectionSchema.parse({ transport: "tcp", ip: "127.0.0.1", key: "k", ...byName });
    const file = new Scratch().write("kernel.json", connection);
    const child = spawn(process.execPath, [kernelProgram(), "--config-path", file], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = new Promise<string>((resolve) => child.once("close", (code) => resolve(`exit code ${code}`)));
    const kill = async () => void child.kill("SIGKILL");
    const client = await KernelClient.connect({ connection, ended, interrupt() {}, kill }, KERNEL_TIMEOUT_MS);
    const code = 'const { status } = require("node:child_process").spawnSync("cat", { stdio: "inherit" });\nstatus';
    const shown: string[] = [];
    const reply = await client.execute(code, {}, ({ content }) => shown.push(String(content.text)));
    expect([reply.status, shown.at(-1)]).toEqual(["ok", "0\n"]);
    await client.shutDown(KERNEL_TIMEOUT_MS);
  },
  KERNEL_TIMEOUT_MS,
);
