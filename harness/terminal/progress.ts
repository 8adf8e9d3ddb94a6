import { Presets, SingleBar } from "cli-progress";
import { tell } from "./streams.js";

/** Work that is under way. */
export interface Progress {
  /** So many steps are done; default one. */
  increment(steps?: number): void;
  stop(): void;
}

/** Progress of work that says itself how many steps it has, see {@link startProgress}. */
export async function withProgress<T>(
  label: string,
  work: (onStart: (steps: number) => (steps?: number) => void) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  const onStart = (steps: number) => {
    progress?.stop(); // of what went before
    const started = startProgress(label, steps);
    progress = started;
    return started.increment;
  };
  return work(onStart).finally(() => progress?.stop());
}

const PLAIN_INTERVAL_MS = 5000;

/**
 * Progress of long work on stderr: an updating bar with rate and time left in a terminal, now and then a plain line
 * elsewhere, and nothing for work without steps.
 */
export function startProgress(label: string, total: number): Progress {
  if (total === 0) return { increment() {}, stop() {} };
  return process.stderr.isTTY ? startBar(label, total) : startPlainLines(label, total);
}

function startBar(label: string, total: number): Progress {
  const format = `${label} {bar} {value}/{total} | {rate} | {eta_formatted} left`;
  const bar = new SingleBar({ format, clearOnComplete: true, stream: process.stderr }, Presets.shades_grey);
  const started = Date.now();
  let done = 0;
  bar.start(total, 0, { rate: "" });
  return {
    increment(steps = 1) {
      done += steps;
      bar.increment(steps, { rate: formatRate(done, Date.now() - started) });
    },
    stop: () => bar.stop(),
  };
}

function startPlainLines(label: string, total: number): Progress {
  const started = Date.now();
  let printed = started;
  let done = 0;
  return {
    increment(steps = 1) {
      done += steps;
      const now = Date.now();
      if (now - printed < PLAIN_INTERVAL_MS) return;
      printed = now;
      const left = Math.round((((now - started) / done) * (total - done)) / 1000);
      tell(`${label} ${done}/${total}, ${formatRate(done, now - started)}, about ${left} s left`);
    },
    stop() {},
  };
}

/** `12/s`: how many in so many milliseconds, by the second. */
export function formatRate(done: number, milliseconds: number): string {
  const rate = (1000 * done) / Math.max(1, milliseconds);
  return `${rate.toFixed(rate < 10 ? 1 : 0)}/s`;
}
