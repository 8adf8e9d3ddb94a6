import { totalmem } from "node:os";
import type { SpiceQuestion } from "@simvlm/metrics";
import { LONGEST_SECONDS } from "../../duration.js";
import { countProcessors } from "../../processors.js";

/*
 * What SPICE's processes may take of a machine, where nobody says it.
 */

/** Images in one process: it takes seconds to begin, and what it has found out is kept, and told, at its end only. */
const [FEW, MANY] = [50, 100];
/** What Java's heap may usually grow to: a parser that has its models needs 1.6 GB; captions of a hundred words need more. */
export const USUAL_HEAP_MB = 2048;
/** As pycocoevalcap calls it: what a caption that is too long for others is given, where the machine has it. */
const LARGEST_HEAP_MB = 8192;
/** What a process takes beside its heap. */
const BESIDE_MB = 512;
/** Of the machine's memory, what all may take together. */
const SHARE = 0.7;
/** Generous: they end what hangs, on a machine that has much to do, too. */
const SECONDS = { toBegin: 900, aText: 2 };
/** A sentence of so many words takes as long again as a short one; parsing takes the cube of its words. */
const LONG = 40;

/** How many processes the machine has processors and memory for. */
export function countProcesses(): number {
  const room = Math.floor((SHARE * machineMegabytes()) / (USUAL_HEAP_MB + BESIDE_MB));
  return Math.max(1, Math.min(countProcessors(), room));
}

/** Each process has one batch at least, and more than one, so that a stopped command goes on from there, if they are many. */
export function sizeOfBatches(images: number, processes: number): number {
  const share = Math.ceil(images / Math.max(1, processes));
  return Math.min(share, Math.max(FEW, Math.min(MANY, Math.ceil(share / 2))));
}

/** In megabytes: what one heap may grow to beside the other processes. */
export function largestHeap(processes: number): number {
  const others = Math.max(0, processes - 1) * (USUAL_HEAP_MB + BESIDE_MB);
  return Math.max(USUAL_HEAP_MB, Math.min(LARGEST_HEAP_MB, Math.floor(SHARE * machineMegabytes() - others)));
}

/** How long one process may take for questions. */
export function secondsFor(questions: readonly SpiceQuestion[]): number {
  const texts = questions.flatMap(({ caption, references }) => [caption, ...references]);
  const each = texts.map((text) => SECONDS.aText * (1 + (text.split(" ").length / LONG) ** 3));
  return Math.min(
    each.reduce((sum, seconds) => sum + seconds, SECONDS.toBegin),
    LONGEST_SECONDS,
  );
}

function machineMegabytes(): number {
  const limit = process.constrainedMemory(); // of a container; 0 or very much where there is none
  const bytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return bytes / 2 ** 20;
}
