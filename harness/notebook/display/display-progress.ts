import { html } from "../../report/html.js";
import { formatRate, type Progress, startProgress, withProgress } from "../../terminal/progress.js";
import { type Bundle, type FrontEnd, findFrontEnd } from "./front-end.js";

const INTERVAL_MS = 300;

/**
 * Shows the progress of work that says by itself how many steps it has: in a notebook as an output that is updated a
 * few times a second and stays at the end, elsewhere on stderr. Hand what `work` receives to any of our functions as
 * `onStart`.
 */
export async function trackProgress<T>(
  label: string,
  work: (onStart: (steps: number) => (steps?: number) => void) => Promise<T>,
): Promise<T> {
  const frontEnd = findFrontEnd();
  if (!frontEnd) return withProgress(label, work);
  let progress: NotebookProgress | undefined;
  try {
    const result = await work((steps) => {
      const started = startInNotebook(frontEnd, label, steps);
      progress = started;
      return started.increment;
    });
    progress?.stop();
    return result;
  } catch (error) {
    progress?.fail();
    throw error;
  }
}

/** Shows progress over `total` steps; stop it at the end. */
export function showProgress(label: string, total: number): Progress {
  const frontEnd = findFrontEnd();
  return frontEnd ? startInNotebook(frontEnd, label, total) : startProgress(label, total);
}

interface NotebookProgress extends Progress {
  fail(): void;
}

function startInNotebook(frontEnd: FrontEnd, label: string, total: number): NotebookProgress {
  const started = Date.now();
  let [done, shown] = [0, started];
  const bundle = (ending?: string) => bundleOfProgress(label, done, total, Date.now() - started, ending);
  const replace = frontEnd.open(bundle());
  return {
    increment(steps = 1) {
      done += steps;
      const now = Date.now();
      if (now - shown < INTERVAL_MS) return;
      shown = now;
      replace(bundle());
    },
    stop: () => replace(bundle("done")),
    fail: () => replace(bundle("stopped by an error")),
  };
}

function bundleOfProgress(label: string, done: number, total: number, elapsed: number, ending?: string): Bundle {
  const left = done > 0 ? `, about ${formatTime((elapsed / done) * (total - done))} left` : "";
  const state = ending ? `, ${ending} after ${formatTime(elapsed)}` : left;
  const rate = done > 0 ? `, ${formatRate(done, elapsed)}` : "";
  const text = `${label} ${done}/${total}${rate}${state}`;
  return {
    "text/html":
      html`<div style="font: 13px system-ui, sans-serif; color: light-dark(#1b1b1f, #e6e7eb); padding: 4px 8px">
<progress value="${done}" max="${Math.max(1, total)}" style="accent-color: light-dark(#2458a6, #8ab4f8); vertical-align: middle"></progress> ${text}</div>`
        .markup,
    "text/plain": text,
  };
}

function formatTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
