import type { CheckAnswer, CheckRequest } from "./protocol.js";

/** What a worker says last. */
type FinalAnswer = Exclude<CheckAnswer, { readonly kind: "progress" }>;

/**
 * Starts a worker, asks it one thing, and ends it.
 * @param source of the worker
 * @param signal ends it before it has an answer
 */
export async function askWorker(
  source: string,
  request: CheckRequest,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (done: number, steps: number) => void },
): Promise<FinalAnswer> {
  signal.throwIfAborted();
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  const asked = new Promise<FinalAnswer>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    worker.addEventListener("error", ({ message }) => reject(new Error(message || "the browser does not start it")));
    worker.addEventListener("message", ({ data }: MessageEvent<CheckAnswer>) => {
      if (data.kind === "progress") onProgress(data.done, data.steps);
      else resolve(data);
    });
  });
  worker.postMessage(request);
  return asked.finally(() => {
    worker.terminate();
    URL.revokeObjectURL(address);
  });
}
