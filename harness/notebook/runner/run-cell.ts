import { SimvlmError } from "@simvlm/metrics";
import { toMilliseconds } from "../../duration.js";
import { delay, type KernelClient, type Listener } from "./kernel-client.js";
import type { KernelProcess } from "./kernel-process.js";
import type { Output } from "./notebook-file.js";

/** What a cell has to end in after it is interrupted, and a kernel to shut down. */
export const GRACE_MS = 3000;

/** How a cell ended. */
export interface CellResult {
  readonly failed: boolean;
  readonly executionCount: number | null;
  /** Why the kernel itself could not say how it ended. */
  readonly error?: DescribedError;
}

/** An error as an output. */
export type DescribedError = Extract<Output, { output_type: "error" }>;

/**
 * Runs a cell, and waits for its end or for the kernel's. One that takes too long is interrupted, and its kernel ended.
 *
 * @param listen is called with what the kernel publishes about the cell, also after the cell's end
 */
export async function runCell(
  client: KernelClient,
  kernel: KernelProcess,
  source: string,
  timeoutSeconds: number,
  listen: Listener,
): Promise<CellResult> {
  if (source.trim() === "") return { failed: false, executionCount: null };
  let timedOut = false;
  const execution = client.execute(source, {}, (message) => {
    // What the interruption itself throws is not what happened: the time was over.
    if (!(timedOut && message.header.msg_type === "error")) listen(message);
  });
  const timer = new AbortController();
  const timeout = delay(toMilliseconds(timeoutSeconds, "A cell's time-out"), timer.signal).then(async () => {
    timedOut = true;
    kernel.interrupt();
    await Promise.race([execution, delay(GRACE_MS, timer.signal)]);
    await kernel.kill();
    return undefined;
  });
  const fail = (ename: string, evalue: string): CellResult => {
    return { failed: true, executionCount: null, error: describeError(ename, evalue) };
  };
  try {
    const reply = await Promise.race([execution, timeout, client.died()]);
    if (timedOut || reply === undefined)
      return fail("CellTimeout", `The cell did not finish within ${timeoutSeconds} s.`);
    const count = reply.execution_count;
    return { failed: reply.status !== "ok", executionCount: typeof count === "number" ? count : null };
  } catch (error) {
    if (!(error instanceof SimvlmError)) throw error;
    if (timedOut)
      return fail("CellTimeout", `The cell did not finish within ${timeoutSeconds} s, and the kernel was stopped.`);
    return fail("DeadKernel", error.message);
  } finally {
    timer.abort();
  }
}

/** An error that the kernel did not live to tell. */
export function describeError(ename: string, evalue: string): DescribedError {
  return { output_type: "error", ename, evalue, traceback: [`${ename}: ${evalue}`] };
}
