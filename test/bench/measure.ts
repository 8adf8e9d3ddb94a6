import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One piece of work: ours, and beside it the peer's where it is installed. */
export interface Measurement {
  work: string;
  /** Median wall-clock time of the whole command. */
  oursMs: number;
  oursMegabytes: number;
  peer: string;
  peerMs: number | null;
  /** Peer time / our time. */
  ratio: number | null;
}

export const project = fileURLToPath(new URL("../../..", import.meta.url));
export const shared = process.env.SIMVLM_SHARED ?? join(project, "../shared");

/** Seldom enough to take nothing from the work on a machine of two cores. */
const POLL_MS = 100;

/** A folder for the data of one benchmark, gone when the program ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "simvlm-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a command once; milliseconds and peak resident megabytes (0 where the system does not tell). */
export async function runCommand(command: string, args: readonly string[]): Promise<{ ms: number; megabytes: number }> {
  const started = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  let megabytes = 0;
  const poll = setInterval(() => {
    megabytes = Math.max(megabytes, peakMegabytes(child.pid));
  }, POLL_MS);
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const ms = performance.now() - started;
  clearInterval(poll);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  return { ms, megabytes };
}

function peakMegabytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Median of several runs of `simvlm` after one that warms the disk cache. */
export async function measureSimvlm(args: readonly string[], runs = 5): Promise<{ ms: number; megabytes: number }> {
  const command = [join(project, "harness/bin/simvlm.js"), ...args];
  await runCommand(process.execPath, command);
  const all = [];
  for (let i = 0; i < runs; i++) all.push(await runCommand(process.execPath, command));
  const byTime = all.map(({ ms }) => ms).sort((a, b) => a - b);
  return { ms: byTime[Math.floor(runs / 2)]!, megabytes: Math.max(...all.map(({ megabytes }) => megabytes)) };
}

/** A program that does the same work, as Python source that imports `module`. */
export interface Peer {
  readonly module: string;
  readonly python: string;
  readonly args: readonly string[];
}

/** Times a peer that a user may have installed; without it there is no ratio. */
export async function measureAgainst(
  work: string,
  ours: { ms: number; megabytes: number },
  peer?: Peer,
): Promise<Measurement> {
  const theirs = peer && (await isInstalled(peer.module)) ? await runPython(peer.python, peer.args) : undefined;
  return {
    work,
    oursMs: Math.round(ours.ms),
    oursMegabytes: Math.round(ours.megabytes),
    peer: peer ? `${peer.module}${theirs ? "" : " (not installed)"}` : "none to install",
    peerMs: theirs ? Math.round(theirs.ms) : null,
    ratio: theirs ? theirs.ms / ours.ms : null,
  };
}

/** The Python that has the peers: the one that is named, or that of `test/peers.sh`, or else the system's. */
function findPython(): string {
  const own = join(project, ".peers/venv/bin/python");
  return process.env.SIMVLM_PYTHON ?? (existsSync(own) ? own : "/usr/bin/python3");
}

function runPython(source: string, args: readonly string[]) {
  return runCommand(findPython(), ["-c", source, ...args]);
}

function isInstalled(module: string): Promise<boolean> {
  return runPython(`import importlib.util as u; exit(u.find_spec("${module}") is None)`, []).then(
    () => true,
    () => false,
  );
}
