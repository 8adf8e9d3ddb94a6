import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { running } from "../measure.js";
import { treeMegabytes } from "../runner/processes.js";

/** What Linux takes for it. */
const FORGET_PEAK = "5";

/** Captions of so many photographs, each of exactly so many words, by beam search or, with one beam, greedily. */
export interface Work {
  readonly pictures: number;
  readonly beams: number;
  readonly words: number;
}

/** What both sides are asked to do: captions, or what they reach of the machine. */
export type Request = (Work & { readonly variant: string }) | { readonly limit: "sgemm" | "memory" };

/** What they answer. */
export interface Answer {
  /** Of encoder and generation. */
  readonly ms: number;
  /** The ids behind the start, of each picture. */
  readonly ids: readonly (readonly number[])[];
  /** GFLOP/s or GB/s. */
  readonly rate: number;
}

/** A program that has read a checkpoint and prepared photographs, and answers one line for each line it is given. */
export interface Side<Asked = Request, Answered = Answer> {
  /** What it is, with versions. */
  readonly name: string;
  ask(request: Asked): Promise<Answered>;
  /** Its peak memory since it began, or since it was told to forget it. */
  peakMegabytes(): number;
  /** Begins to look for the peak anew, where the system lets one. */
  forgetPeak(): void;
  close(): Promise<void>;
}

/** Starts one side in a process of its own and waits until it is ready. */
export async function startSide<Asked = Request, Answered = Answer>(
  command: string,
  args: readonly string[],
): Promise<Side<Asked, Answered>> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await answers.next();
    if (done) throw new Error(`${command} ${args[0]} ended early`);
    return JSON.parse(value);
  };
  const { name } = (await read()) as { name: string };
  return {
    name,
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return read();
    },
    peakMegabytes: () => treeMegabytes(child.pid!),
    forgetPeak() {
      try {
        writeFileSync(`/proc/${child.pid}/clear_refs`, FORGET_PEAK);
      } catch {} // the peak is then that of all works so far
    },
    async close() {
      running.delete(child);
      const closed = new Promise((resolve) => child.once("close", resolve));
      child.stdin.end();
      await closed;
    },
  };
}
