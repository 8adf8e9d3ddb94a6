import { SimvlmError } from "@simvlm/metrics";

/** Whether an error is the system's answer to a call: it has a code, such as `ENOSPC`, and the call that failed. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}

/**
 * Does what writes a file or a folder; whatever the system refuses, a full or read-only disk or a path below a file, is
 * an error that names it.
 * @throws SimvlmError `cannot-write`, and what else `write` throws
 */
export async function attemptWrite<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw cannotWrite(path, cause);
  }
}

/** What the system refuses that was to be written, as an error `cannot-write`. */
export function cannotWrite(path: string, cause: Error): SimvlmError {
  const isBelowFile =
    isSystemError(cause) && (cause.code === "ENOTDIR" || (cause.code === "EEXIST" && cause.syscall === "mkdir"));
  const why = isBelowFile ? `a part of its path is a file, not a folder (${cause.code})` : cause.message;
  return new SimvlmError("cannot-write", `${path} cannot be written: ${why}`, { cause });
}
