import { readdirSync, readFileSync } from "node:fs";

/*
 * What Linux tells of processes in /proc. Where there is none, nothing is known.
 */

/** A tick of Linux' clock, in milliseconds. */
const TICK = 10;

/** The most that a process had; where it has others beside it, what they have together now. 0 where none can be asked. */
export function treeMegabytes(pid: number): number {
  const children = childrenOf(pid);
  const peak = readMegabytes(pid, "VmHWM");
  if (children.length === 0) return peak;
  return Math.max(peak, readMegabytes(pid, "VmRSS") + children.reduce((sum, child) => sum + sumMegabytes(child), 0));
}

function sumMegabytes(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + sumMegabytes(child), readMegabytes(pid, "VmRSS"));
}

function readMegabytes(pid: number, field: "VmHWM" | "VmRSS"): number {
  const status = readProc(pid, "status");
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status ?? "")?.[1] ?? 0) / 1024;
}

/** Processor time of this process' children that have ended, and of theirs. */
export function endedChildrenMs(): number | undefined {
  const ticks = readTicks("self");
  return ticks && ticks.ended * TICK;
}

/** Processor time of this process and of all that it has started, whether or not they have ended. */
export function treeProcessorMs(pid: number = process.pid): number | undefined {
  const ticks = readTicks(pid);
  if (!ticks) return undefined;
  const running = childrenOf(pid).reduce((sum, child) => sum + (treeProcessorMs(child) ?? 0), 0);
  return (ticks.own + ticks.ended) * TICK + running;
}

function readTicks(pid: number | "self"): { own: number; ended: number } | undefined {
  const fields = readProc(pid, "stat")
    ?.replace(/^.*\) /s, "")
    .split(" ")
    .map(Number);
  return fields && { own: fields[11]! + fields[12]!, ended: fields[13]! + fields[14]! };
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      (readProc(pid, `task/${task}/children`) ?? "").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Undefined also of a process that has just ended. */
function readProc(pid: number | "self", file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
