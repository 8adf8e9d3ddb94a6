import { parentPort } from "node:worker_threads";
import { CAPTION_WORK } from "@simvlm/metrics";
import type { ThreadRequest } from "./caption-threads.js";

// The program of a thread that helps to score captions.
parentPort!.on("message", ({ kind, request }: ThreadRequest) => {
  parentPort!.postMessage(CAPTION_WORK[kind](request as never));
});
