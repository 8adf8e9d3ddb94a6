import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { treeProcessorMs } from "./processes.js";

/** What two records must have been measured on alike to be compared. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly gigabytes: number;
  readonly system: string;
}

/** What may change on a machine from one day to the next. */
export type Versions = Readonly<Record<string, string>>;

const GIGABYTE = 2 ** 30;

/** This machine. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    processors: availableParallelism(),
    gigabytes: Math.round(totalmem() / GIGABYTE),
    system: `${process.platform} ${process.arch}`,
  };
}

/** A short name for a machine, the same for the same description. */
export function machineId({ processor, processors, gigabytes, system }: Machine): string {
  return createHash("sha256")
    .update(JSON.stringify([processor, processors, gigabytes, system]))
    .digest("hex")
    .slice(0, 8);
}

/** What computes here besides our own code. */
export function listVersions(): Versions {
  const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json") as { version: string };
  return { node: process.versions.node, onnxruntime: version, system: release() };
}

/** The time of all processors so far: of this process with all that it has started, and everybody's. */
export interface ProcessorTimes {
  readonly own: number;
  readonly all: number;
  readonly at: number;
}

/** Undefined where the system does not say what children took. */
export function readProcessorTimes(): ProcessorTimes | undefined {
  const own = treeProcessorMs();
  if (own === undefined) return undefined;
  const all = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { own, all, at: performance.now() };
}

/** How many processors others kept busy between two times, on average. */
export function othersBetween(before: ProcessorTimes, now: ProcessorTimes): number {
  const others = (now.all - before.all - (now.own - before.own)) / (now.at - before.at);
  return Math.max(0, Math.round(100 * others) / 100);
}
