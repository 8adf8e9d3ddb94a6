import { inspect, types } from "node:util";

/** What can be read of an error. */
export interface ReadError {
  readonly name: string;
  readonly message: string;
  /** Empty where there is none. */
  readonly stack: string;
  readonly cause: unknown;
  /** Those that an `AggregateError` gathers. */
  readonly errors: readonly unknown[];
}

/**
 * Whatever was thrown, read as an error; undefined for what is none. Reading may itself throw, by a getter or a proxy of
 * the cell's: what cannot be read is said to be unreadable. Errors of other realms count, too.
 */
export function readError(thrown: unknown): ReadError | undefined {
  const isError = attempt(() => {
    return types.isNativeError(thrown) || thrown instanceof Error || toStringTag(thrown) === "[object Error]";
  }, false);
  if (!isError) return undefined;
  const read = (key: string) => attempt(() => (thrown as Readonly<Record<string, unknown>>)[key], UNREADABLE);
  const [name, message, stack] = ["name", "message", "stack"].map(read);
  return {
    name: typeof name === "string" && name !== UNREADABLE ? name : "Error",
    message: message === undefined ? "" : show(message),
    stack: typeof stack === "string" ? stack : "",
    cause: read("cause"),
    errors: attempt(() => [...(read("errors") as readonly unknown[])], []),
  };
}

/** A value as Node prints it, or as well as it can be shown where printing it throws. */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  const plain = () => attempt(() => inspect(value, { showProxy: true, customInspect: false }), toStringTag(value));
  return attempt(() => inspect(value, { showProxy: true }), undefined) ?? plain();
}

const UNREADABLE = "(it cannot be read: reading it throws an error)";

const toStringTag = (value: unknown): string => attempt(() => Object.prototype.toString.call(value), UNREADABLE);

/** What is read, or something else where reading throws. */
export function attempt<T, Otherwise>(read: () => T, otherwise: Otherwise): T | Otherwise {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
