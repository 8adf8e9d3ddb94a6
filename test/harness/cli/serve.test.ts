import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ask, askWhole, linksOf, tablesOf } from "../serve/ask.js";
import { BINARY, project, runCli, Scratch } from "./run-cli.js";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Starts the program, and waits for the address that it prints. */
async function startServer(...args: string[]) {
  const cache = new Scratch().path;
  const child = spawn(process.execPath, [BINARY, "serve", ...args], {
    cwd: project,
    env: { ...process.env, XDG_CACHE_HOME: cache },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let printed = "";
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const [found] = /^http:\S+/m.exec(printed) ?? [];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
  return { child, address, printed: () => printed };
}

/** The kept runs with their data, in a folder of their own. */
function keptRuns(): Scratch {
  const scratch = new Scratch();
  mkdirSync(scratch.at("runs"));
  for (const name of ["zero-shot", "fine-tuned", "nocaps"]) {
    cpSync(`${project}fixtures/kept/${name}`, scratch.at(`runs/${name}`), { recursive: true });
  }
  return scratch;
}

test("it prints an address, at which runs, their reports and comparisons are", async () => {
  const scratch = keptRuns();
  const { address, printed } = await startServer(scratch.at("runs"));
  expect(printed()).toContain(`Serving ${scratch.at("runs")} at`);
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  const { text } = await askWhole(address);
  const [table] = tablesOf(text);
  expect(table!.slice(1).map(([name, rank, score]) => [name, rank, score])).toEqual([
    ["zero-shot beam, seed 1", "1", "3.7358 [2.839, 4.726]"],
    ["fine-tuned beam, seed 1", "2", "3.6594 [2.978, 4.200]"],
  ]);
  const links = linksOf(text);
  const { pathname } = new URL(address);
  const report = await ask(address, { path: `${pathname}${links["zero-shot"]}` });
  expect(report.status).toBe(200);
  expect(report.text).toContain('id="simvlm-report"');
  const [a, b] = ["zero-shot", "fine-tuned"].map((name) => links[name]!.replace("run/", "run="));
  const compared = await ask(address, { path: `${pathname}compare?${a}&${b}` });
  expect(compared.text).toContain("the others are compared with it");
});

test("what cannot be compared is a page that says why", async () => {
  const scratch = keptRuns();
  for (const name of ["vqa", "vqa-open"]) {
    cpSync(`${project}fixtures/kept/${name}`, scratch.at(`runs/${name}`), { recursive: true });
  }
  const { address } = await startServer(scratch.at("runs"));
  const links = linksOf((await askWhole(address)).text);
  const [a, b] = ["zero-shot", "vqa-open"].map((name) => links[name]!.replace("run/", "run="));
  const { pathname } = new URL(address);
  const answer = await ask(address, { path: `${pathname}compare?${a}&${b}` });
  expect([answer.status, answer.text]).toEqual([422, expect.stringMatching(/This cannot be shown[\s\S]*vqa/)]);
  expect((await ask(address)).status).toBe(200);
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends it at once, also while somebody waits for a report", async (signal, exitCode) => {
  const { child, address } = await startServer(keptRuns().at("runs"));
  const { text } = await askWhole(address);
  const { pathname } = new URL(address);
  const waiting = ask(address, { path: `${pathname}${linksOf(text)["zero-shot"]}` }).catch((error: Error) => error);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  expect(await ended).toBe(exitCode);
  await waiting;
});

test("a port that is taken, and a folder that is not there, are said before anything else", async () => {
  const scratch = keptRuns();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  try {
    expect(await runCli("serve", scratch.at("runs"), "--port", String(port))).toEqual({
      code: 2,
      stdout: "",
      stderr: `simvlm: Port ${port} cannot be listened at: another program has it. Choose another one. (--port names it)\n`,
    });
  } finally {
    other.close();
  }
  expect(await runCli("serve", scratch.at("nowhere"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/nowhere: there is no such folder/),
  });
  expect(await runCli("serve", scratch.write("file", "x"))).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/file: there is no such folder/),
  });
  for (const port of ["65536", "-1", "x", "1.5"]) {
    expect(await runCli("serve", scratch.at("runs"), "--port", port)).toMatchObject({ code: 2 });
  }
});
