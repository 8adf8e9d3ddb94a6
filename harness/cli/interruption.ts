import { tell } from "../terminal/streams.js";

/** What a shell says of a command that was stopped with Ctrl-C. */
export const EXIT_INTERRUPTED = 130;

/** The first Ctrl-C asks to stop; a second ends the process at once, as it would without us. */
export function listenToInterrupts(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const ask = () => {
    tell("simvlm: finishing what is being predicted; press Ctrl-C again to stop at once");
    controller.abort();
  };
  process.once("SIGINT", ask);
  return { signal: controller.signal, stop: () => process.off("SIGINT", ask) };
}
