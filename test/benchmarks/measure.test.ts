import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runCommand } from "../bench/measure.js";
import { describeMachine, machineId, othersBetween, readProcessorTimes } from "../bench/runner/machine.js";
import { Skip } from "../bench/runner/row.js";

const MEGABYTE = 2 ** 20;
const node = (source: string) => ({ command: process.execPath, args: ["-e", source] });
const hold = `const held = Buffer.alloc(${200 * MEGABYTE}, 1);`;
const stay = "setTimeout(() => held.length, 3000);";
/** The same in a child that ends when its parent does, and longer only when it is ready. */
const both = `const { stdin, stdout } = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(
  `${hold} console.log("ready"); process.stdin.on("end", () => held.length).resume();`,
)}]);
${hold} stdout.once("data", () => setTimeout(() => stdin.end(String(held.length)), 3000));`;

test.skipIf(!existsSync("/proc/self/status"))("a command's peak memory is that of all its processes", async () => {
  expect((await runCommand(node(`${hold}${stay}`))).megabytes).toBeGreaterThan(200);
  expect((await runCommand(node(both))).megabytes).toBeGreaterThan(400);
});

test("a command that tells its own time is believed", async () => {
  expect(await runCommand({ ...node(`console.log('{"ms": 1234.5}')`), tellsTime: true })).toMatchObject({ ms: 1234.5 });
});

test("what a program lacks skips the benchmark; any other failure is told with what it said", async () => {
  const fail = (message: string) => runCommand(node(`console.error(${JSON.stringify(message)}); process.exit(2)`));
  const lack = "METEOR is not there: `simvlm metrics install meteor` takes it";
  await expect(fail(`simvlm: reading\n${lack}`)).rejects.toThrow(new Skip(lack));
  await expect(fail("Traceback\nModuleNotFoundError: No module named 'torch'")).rejects.toBeInstanceOf(Skip);
  const failure = fail("the disk is full");
  await expect(failure).rejects.toThrow(/ended with 2: the disk is full/);
  await expect(failure).rejects.not.toBeInstanceOf(Skip);
});

test("machines have names of their own", () => {
  const machine = describeMachine();
  expect(machineId(machine)).toBe(machineId({ ...machine }));
  expect(machineId(machine)).not.toBe(machineId({ ...machine, processor: `${machine.processor} II` }));
});

test.skipIf(!existsSync("/proc/self/stat"))(
  "what others do is what neither this process nor its children do",
  async () => {
    const busy = spawn(process.execPath, ["-e", "for (;;);"]);
    try {
      const before = readProcessorTimes()!;
      // Until the child, which is still at work, has had so much that it cannot be taken for others'.
      await expect.poll(() => readProcessorTimes()!.own - before.own, { timeout: 120_000 }).toBeGreaterThan(1000);
      const now = readProcessorTimes()!;
      const everybody = (now.all - before.all) / (now.at - before.at);
      expect(othersBetween(before, now)).toBeLessThan(everybody);
    } finally {
      busy.kill();
    }
    const times = { own: 1000, all: 5000, at: 0 };
    expect(othersBetween(times, { own: 2000, all: 9000, at: 2000 })).toBe(1.5);
    expect(othersBetween(times, { own: 3000, all: 6000, at: 2000 })).toBe(0); // clocks are coarse
  },
);
