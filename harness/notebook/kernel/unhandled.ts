/** Told of what nothing in a cell has caught. */
export type OnUnhandled = (thrown: unknown, note: string) => void;

const UNCAUGHT = "It was thrown in a timer or an event, where nothing caught it.";
const UNHANDLED = "It is the rejection of a promise that nothing awaited or caught when it was rejected.";
const OF_A_LISTENER = "It was thrown by a listener for what nothing caught.";

type Emit = (event: string | symbol, ...values: readonly unknown[]) => boolean;

/**
 * Takes what cells leave unhandled instead of Node, which would end the process. Listeners of the cells' own go first, and
 * what they handle is handled, as in any program: so this is none of the listeners, which a cell could count or remove.
 */
export function catchUnhandled(onUnhandled: OnUnhandled): void {
  const emit = process.emit.bind(process) as Emit;
  const catching: Emit = (event, ...values) => {
    if (event !== "uncaughtException" && event !== "unhandledRejection") return emit(event, ...values);
    try {
      if (emit(event, ...values)) return true;
    } catch (error) {
      onUnhandled(error, OF_A_LISTENER);
      return true;
    }
    const isRejection = event === "unhandledRejection";
    // Node offers it again as an exception.
    if (isRejection && process.listenerCount("uncaughtException") > 0) return false;
    onUnhandled(values[0], isRejection ? UNHANDLED : UNCAUGHT);
    return true;
  };
  process.emit = catching as typeof process.emit;
}
