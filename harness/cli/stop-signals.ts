import { constants } from "node:os";

/** By which a command is stopped from outside: Ctrl-C, `kill`, and a terminal that is closed. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of {@link STOP_SIGNALS}. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** The exit code by which shells know what was stopped by a signal. */
export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal];

/** How signals are answered. */
interface Stopping {
  /** Ends what works for the command. */
  readonly signal: AbortSignal;
  /** From now on signals do not end the command at once. */
  listen(): void;
}

/** Does what is stopped by a signal in its own way; then the command ends as the signal would have ended it. */
export async function withStopSignals<T>(work: (stopping: Stopping) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let stoppedBy: StopSignal | undefined;
  const stop = (signal: StopSignal) => {
    stoppedBy ??= signal;
    controller.abort();
  };
  const release = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  };
  const listen = () => {
    release(); // the work may come in several parts
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
  };
  try {
    return await work({ signal: controller.signal, listen });
  } finally {
    release();
    if (stoppedBy !== undefined) process.exitCode = exitCodeOf(stoppedBy);
  }
}
