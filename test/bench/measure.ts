import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { endedChildrenMs, treeMegabytes } from "./runner/processes.js";
import { type BenchOptions, type Row, type Run, rowOf, Skip } from "./runner/row.js";

export const project = fileURLToPath(new URL("../../..", import.meta.url));
const OWN_PYTHON = join(project, ".peers/venv/bin/python");
export const shared = process.env.SIMVLM_SHARED ?? join(project, "../shared");

/** Seldom enough to take nothing from the work on a machine of two cores. */
const POLL_MS = 100;
const ROUNDS = 5;
/** A peer that takes minutes is not run so often, unless it is asked for. */
const PEER_BUDGET_MS = 20_000;
const MOST_COMPLAINTS = 2000;

/** A program and what it is given. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether its output is a line of JSON with the milliseconds of what is measured, leaving out what came before. */
  readonly tellsTime?: boolean;
}

/** A program that does the same work, as Python source that imports `module`. */
export interface Peer {
  readonly module: string;
  readonly python: string;
  readonly args: readonly string[];
}

const scratch = new Set<string>();

/** A folder for the data of one benchmark, gone when the program ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-bench-"));
  scratch.add(folder);
  return folder;
}

/** A file or folder of data that not everybody has. @throws Skip */
export function requireShared(path: string): string {
  const found = join(shared, path);
  if (!existsSync(found)) throw new Skip(`${path} is not in SIMVLM_SHARED or ../shared`);
  return found;
}

/** The Python of `test/peers.sh`, or the one that is named. @throws Skip */
export function requirePython(): string {
  const python = process.env.SIMVLM_PYTHON ?? OWN_PYTHON;
  if (!existsSync(python)) {
    throw new Skip(`${python} is not there; run sh test/peers.sh, or name another in SIMVLM_PYTHON`);
  }
  return python;
}

/** The Python that may have the peers: the same, or else the system's. */
function findPython(): string {
  return process.env.SIMVLM_PYTHON ?? (existsSync(OWN_PYTHON) ? OWN_PYTHON : "/usr/bin/python3");
}

/** `simvlm` with these words. */
export function simvlm(...args: readonly string[]): Command {
  return { command: process.execPath, args: [join(project, "harness/bin/simvlm.js"), ...args] };
}

/** Children that have to end when the program does. */
export const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill();
  for (const folder of scratch) rmSync(folder, { recursive: true, force: true });
});

/**
 * Runs a command once.
 * @throws Skip where it says that it lacks something
 */
export async function runCommand({ command, args, env = process.env, tellsTime = false }: Command): Promise<Run> {
  const processorBefore = endedChildrenMs();
  const started = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", tellsTime ? "pipe" : "ignore", "pipe"], env });
  running.add(child);
  let output = "";
  child.stdout?.on("data", (part: Buffer) => {
    output += part;
  });
  let complaints = "";
  child.stderr?.on("data", (part: Buffer) => {
    complaints = `${complaints}${part}`.slice(-MOST_COMPLAINTS);
  });
  let megabytes = 0;
  const poll = setInterval(() => {
    if (child.pid !== undefined) megabytes = Math.max(megabytes, treeMegabytes(child.pid));
  }, POLL_MS);
  let code: number | null;
  try {
    code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  } finally {
    clearInterval(poll);
    running.delete(child);
  }
  const ms = performance.now() - started;
  if (code !== 0) {
    const lack = findLack(complaints);
    if (lack !== undefined) throw new Skip(lack);
    const line = [command, ...args].join(" ").slice(0, MOST_COMPLAINTS);
    throw new Error(`${line} ended with ${code}: ${complaints.trim()}`);
  }
  const processorAfter = endedChildrenMs();
  return {
    ms: tellsTime ? (JSON.parse(output) as { ms: number }).ms : ms,
    ...(processorBefore !== undefined &&
      processorAfter !== undefined && { processorMs: processorAfter - processorBefore }),
    ...(megabytes > 0 && { megabytes }),
  };
}

/** What a program says that it lacks: a metric's data, or a module of Python. */
function findLack(complaints: string): string | undefined {
  return (
    complaints.split("\n").find((line) => line.includes("simvlm metrics install")) ??
    /^ModuleNotFoundError: .*$/m.exec(complaints)?.[0]
  );
}

/**
 * Ours, after a run that warms the disk's cache, and the peer where it is installed, in turn.
 * @param usual rounds where none are asked for: then a peer that takes long has fewer
 */
export async function measureBeside(
  work: string,
  ours: Command,
  peer: Peer | undefined,
  { rounds: asked }: Pick<BenchOptions, "rounds">,
  usual = ROUNDS,
): Promise<Row> {
  const rounds = asked ?? usual;
  await runCommand(ours);
  if (!peer) return rowOf(work, await repeat(ours, rounds), { none: "none to install" });
  const python: Command = { command: findPython(), args: ["-c", peer.python, ...peer.args] };
  const name = await findModule(peer.module);
  if (name === undefined) {
    return rowOf(work, await repeat(ours, rounds), { none: `${peer.module} is not installed` });
  }
  const [mine, theirs]: [Run[], Run[]] = [[], []];
  let left = asked === undefined ? PEER_BUDGET_MS : Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    mine.push(await runCommand(ours));
    if (left <= 0) continue;
    try {
      theirs.push(await runCommand(python));
    } catch (error) {
      return rowOf(work, mine, { none: `${name} failed: ${(error as Error).message.split("\n").at(-1)}` });
    }
    left -= theirs.at(-1)!.ms;
  }
  return rowOf(work, mine, { name, runs: theirs });
}

async function repeat(command: Command, rounds: number): Promise<Run[]> {
  const runs: Run[] = [];
  while (runs.length < rounds) runs.push(await runCommand(command));
  return runs;
}

/** The module with its version; undefined where Python does not have it. */
async function findModule(module: string): Promise<string | undefined> {
  const source = `import importlib.metadata as m; print(m.version("${module}"))`;
  return new Promise((resolve) => {
    const child = spawn(findPython(), ["-c", source], { stdio: ["ignore", "pipe", "ignore"] });
    let version = "";
    child.stdout.on("data", (part: Buffer) => {
      version += part;
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? `${module} ${version.trim()}` : undefined));
  });
}
