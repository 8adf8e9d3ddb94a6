import { constants } from "node:os";

/** By which a command is stopped from outside: Ctrl-C, `kill`, and a terminal that is closed. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of {@link STOP_SIGNALS}. */
export type StopSignal = (typeof STOP_SIGNALS)[number];

/** The exit code by which shells know what was stopped by a signal. */
export const exitCodeOf = (signal: StopSignal): number => 128 + constants.signals[signal];
