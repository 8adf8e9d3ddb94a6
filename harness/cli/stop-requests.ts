import { EXIT_INTERRUPTED, EXIT_UNFINISHED } from "../exit-codes.js";
import { tellLines } from "../terminal/streams.js";

/** By which schedulers say that a time limit, another job or the end of a machine is near. */
const NOTICES = ["SIGTERM", "SIGUSR2"] as const;

/** Whether somebody has asked long work to stop where it can go on later. */
export interface StopRequests {
  readonly signal: AbortSignal;
  /** What the command ends with that was stopped: 130 after Ctrl-C, 75 after TERM or USR2, by which a script knows to start it again. */
  exitCode(): number;
  /** From now on signals end the process at once, as they would without us. */
  release(): void;
}

/**
 * Ctrl-C, TERM and USR2 ask to stop. A second Ctrl-C ends the process at once; TERM and USR2 may come as often as they
 * like, for schedulers send them to a script and its programs both.
 * @param what is finished first: `what is being predicted`
 */
export function listenToStops(what: string): StopRequests {
  const controller = new AbortController();
  let code = EXIT_INTERRUPTED;
  const interrupt = () => {
    tellLines(`\nsimvlm: finishing ${what}; press Ctrl-C again to stop at once`);
    controller.abort();
  };
  const notice = (signal: string) => {
    if (controller.signal.aborted) return;
    tellLines(`simvlm: ${signal}: finishing ${what}`);
    code = EXIT_UNFINISHED;
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  for (const signal of NOTICES) process.on(signal, notice);
  return {
    signal: controller.signal,
    exitCode: () => code,
    release: () => {
      process.off("SIGINT", interrupt);
      for (const signal of NOTICES) process.off(signal, notice);
    },
  };
}
