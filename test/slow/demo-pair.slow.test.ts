import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { BINARY, project, Scratch } from "../harness/cli/run-cli.js";
import { killAndContinue } from "./kills/kill-trials.js";

const scratch = new Scratch();
const CLOCK = fileURLToPath(new URL("kills/kill-at.mjs", import.meta.url));
const command = (out: string) => [
  ...["demo", "--data", "fixtures/kept/nocaps", "--limit", "2", "--batch-size", "1", "--out", join(out, "pair")],
  ...["--zero-shot", "fixtures/captioners/git", "--supervised", "fixtures/captioners/vit-gpt2"],
  ...["--greedy", "--max-length", "4"],
];

test("killed in the first run, in the second and while it reports, the same command ends as if it had not been", () => {
  mkdirSync(scratch.at("kills"));
  // Some eighty operations: the first run's predictions are from 11 on, the second's from 48, the comparison is from 78.
  const { operations, kills, failures } = killAndContinue(scratch.at("kills"), { name: "demo", command }, 80, 12, 34);
  console.log(`demo: ${operations.length} operations, ${kills} kills`);
  expect(operations.length).toBeGreaterThan(75);
  expect(failures).toEqual([]);
});

/** @param stopAt the text on standard error upon which it is sent SIGINT; absent: it is left alone */
function run(out: string, stopAt?: string): Promise<number | null> {
  const env = { ...process.env, KILL_BELOW: scratch.at("nothing") }; // for the calendar that stands still
  const child = spawn(process.execPath, ["--import", CLOCK, BINARY, ...command(out)], { cwd: project, env });
  child.stderr.on("data", (text: Buffer) => {
    if (stopAt !== undefined && text.includes(stopAt)) child.kill("SIGINT");
  });
  child.stdout.resume();
  return new Promise((resolve) => child.once("close", resolve));
}

test("stopped by Ctrl-C, it says so by its exit code; the same command goes on to the same report", async () => {
  for (const name of ["whole", "stopped"]) mkdirSync(scratch.at(name));
  expect(await run(scratch.at("stopped"), "simvlm: supervised: ")).toBe(130);
  cpSync(scratch.at("stopped/pair/zero-shot"), scratch.at("first"), { recursive: true });
  expect(await run(scratch.at("stopped"))).toBe(0);
  expect(await run(scratch.at("whole"))).toBe(0);
  const read = (name: string) => readFileSync(join(scratch.path, name));
  expect(read("stopped/pair/report.html").equals(read("whole/pair/report.html"))).toBe(true);
  expect(read("first/manifest.json").equals(read("whole/pair/zero-shot/manifest.json"))).toBe(true);
});
