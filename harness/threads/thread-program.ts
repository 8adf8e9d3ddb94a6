import { parentPort } from "node:worker_threads";
import { THREAD_WORK } from "@simvlm/metrics";
import type { ThreadRequest } from "./helper-thread.js";

// The program of a thread that helps to score captions and to resample.
parentPort!.on("message", ({ kind, request }: ThreadRequest) => {
  parentPort!.postMessage(THREAD_WORK[kind](request as never));
});
