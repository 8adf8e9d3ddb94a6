import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BINARY, project } from "../../harness/cli/run-cli.js";

const PRELOAD = fileURLToPath(new URL("kill-at.mjs", import.meta.url));

/** A command that writes. */
export interface Writer {
  readonly name: string;
  /** @param out the folder that it writes to, and nowhere else */
  readonly command: (out: string) => readonly string[];
  /** What lies in that folder before it begins; default nothing. */
  readonly before?: string;
}

/** What came of killing a command at each of its first operations. */
export interface Trials {
  readonly operations: readonly string[];
  readonly kills: number;
  /** What went wrong, a sentence for each kill; none when all is well. */
  readonly failures: readonly string[];
}

/**
 * Kills a command before and in the middle of each of its first operations that change the file system, then runs it
 * again: it must succeed, and leave what it leaves undisturbed, byte for byte, and nothing else.
 * @param folder for the trials
 * @param most operations, the first
 * @param step 2 leaves out every other of them
 */
export function killAndContinue(folder: string, writer: Writer, most = 20, first = 1, step = 1): Trials {
  const { run, prepare, expected, operations, out } = prepareTrials(folder, writer);
  const failures: string[] = [];
  let kills = 0;
  for (let at = first; at <= Math.min(most, operations.length); at += step) {
    for (const torn of operations[at - 1]!.endsWith(" torn") ? ["0", "1"] : ["0"]) {
      const where = `${writer.name}, ${torn === "1" ? "in the middle of" : "before"} ${at}: ${operations[at - 1]}`;
      prepare();
      const killed = run({ KILL_AT: String(at), KILL_TORN: torn });
      kills++;
      if (killed.signal !== "SIGKILL") failures.push(`${where}: not killed, but ${killed.status}: ${killed.stderr}`);
      const again = run();
      if (again.status === 0)
        failures.push(...compareFiles(expected, readFiles(out)).map((what) => `${where}: ${what}`));
      else failures.push(`${where}: then exit code ${again.status}: ${again.stderr}`);
    }
  }
  rmSync(out, { recursive: true, force: true });
  return { operations, kills, failures };
}

/** Runs the command undisturbed once. */
function prepareTrials(folder: string, writer: Writer) {
  const out = join(folder, "out");
  const list = join(folder, "operations");
  const prepare = () => {
    rmSync(out, { recursive: true, force: true });
    if (writer.before === undefined) mkdirSync(out, { recursive: true });
    else cpSync(writer.before, out, { recursive: true });
  };
  const run = (kill: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["--import", PRELOAD, BINARY, ...writer.command(out)], {
      cwd: project,
      encoding: "utf8",
      env: { ...process.env, KILL_BELOW: out, ...kill },
    });
  prepare();
  writeFileSync(list, "");
  const whole = run({ KILL_LIST: list });
  if (whole.status !== 0) throw new Error(`${writer.name} fails undisturbed: ${whole.stderr}`);
  const expected = readFiles(out);
  const operations = readFileSync(list, "utf8").split("\n").slice(0, -1);
  return { run, prepare, expected, operations, out };
}

/**
 * Fills the disk before some of a command's operations: it must say so with exit code 2, leave nothing half-written,
 * and succeed when there is room again, with what it leaves undisturbed.
 * @param moments the numbers of the operations, from 1
 */
export function fillAndContinue(folder: string, writer: Writer, moments: readonly number[]): Trials {
  const { run, prepare, expected, operations, out } = prepareTrials(folder, writer);
  const failures: string[] = [];
  const due = moments.filter((at) => at <= operations.length);
  for (const at of due) {
    const where = `${writer.name}, no room from ${at} on: ${operations[at - 1]}`;
    prepare();
    const filled = run({ KILL_AT: String(at), KILL_FULL: "1" });
    const isSaid = filled.status === 2 && /ENOSPC/.test(filled.stderr) && !/bug/.test(filled.stderr);
    // What comes after all that needs room may still succeed.
    if (!isSaid && filled.status !== 0) failures.push(`${where}: exit code ${filled.status}: ${filled.stderr}`);
    const left = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => /\.tmp$|\.draft-/.test(name));
    failures.push(...left.map((name) => `${where}: ${name} is left over`));
    const again = run();
    if (again.status === 0) failures.push(...compareFiles(expected, readFiles(out)).map((what) => `${where}: ${what}`));
    else failures.push(`${where}: then exit code ${again.status}: ${again.stderr}`);
  }
  rmSync(out, { recursive: true, force: true });
  return { operations, kills: due.length, failures };
}

/** Every file below a folder; folders have no content. Speeds are left out: they are never the same twice. */
function readFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const content = entry.isDirectory() ? "" : readFileSync(path, "latin1");
    files.set(path.slice(folder.length + 1), content.replace(/"examplesPerSecond":[^,}]+/g, ""));
  }
  return files;
}

function compareFiles(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): string[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => {
    if (!found.has(name)) return [`${name} is missing`];
    if (!expected.has(name)) return [`${name} is left over`];
    return expected.get(name) === found.get(name) ? [] : [`${name} is another`];
  });
}
