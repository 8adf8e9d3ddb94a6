import { fileURLToPath } from "node:url";

const ENGINE_FOLDER = new URL("../", import.meta.url);
const NOT_A_MODEL = /node:internal|[\\/]node_modules[\\/]|\(<anonymous>\)|\(native\)/;

/**
 * The line of the caller's own code that an error passed through: the first frame of the stack that lies
 * outside tfjs, Node and this engine.
 */
export function callSite(error: Error = new Error()): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const engineFolder = fileURLToPath(ENGINE_FOLDER);
  const own = frames.find(
    (frame) => !NOT_A_MODEL.test(frame) && !frame.includes(engineFolder) && !frame.includes(ENGINE_FOLDER.href),
  );
  return own ? own.trim().replace(/^at /, "") : "an unknown place";
}

/** Runs `task` with stack traces long enough to reach through tfjs's own frames to the caller's. */
export function withLongStackTraces<T>(task: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  try {
    return task();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
