import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  increment(): void;
  stop(): void;
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
  const format = `${label} {bar} {value}/{total} | {eta_formatted} left`;
  const bar = new SingleBar({ format, clearOnComplete: true, stream: process.stderr }, Presets.shades_grey);
  bar.start(total, 0);
  return { increment: () => bar.increment(), stop: () => bar.stop() };
}

function startPlainLines(label: string, total: number): Progress {
  const started = Date.now();
  let printed = started;
  let done = 0;
  return {
    increment() {
      done++;
      const now = Date.now();
      if (now - printed < PLAIN_INTERVAL_MS) return;
      printed = now;
      const left = Math.round((((now - started) / done) * (total - done)) / 1000);
      process.stderr.write(`${label} ${done}/${total}, about ${left} s left\n`);
    },
    stop() {},
  };
}
