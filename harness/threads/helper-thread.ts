import { Worker } from "node:worker_threads";
import type { ThreadHelper, ThreadWork } from "@simvlm/metrics";
import { builtPath } from "../files/asset.js";

/** What is sent to a thread. */
export type ThreadRequest = {
  [Kind in keyof ThreadWork]: { readonly kind: Kind; readonly request: Parameters<ThreadWork[Kind]>[0] };
}[keyof ThreadWork];

/** A thread that helps, and answers in the order in which it is asked. */
export class HelperThread implements ThreadHelper {
  readonly #worker = new Worker(builtPath("threads", "thread-program.js"), { execArgv: [] });
  readonly #waiting: { readonly resolve: (reply: never) => void; readonly reject: (reason: unknown) => void }[] = [];
  #failure: unknown;

  constructor() {
    this.#worker.on("message", (reply) => this.#waiting.shift()?.resolve(reply as never));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) => this.#fail(new Error(`The thread ended (${code}).`)));
  }

  ask<Kind extends keyof ThreadWork>(
    kind: Kind,
    request: Parameters<ThreadWork[Kind]>[0],
  ): Promise<ReturnType<ThreadWork[Kind]>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage({ kind, request });
    });
  }

  /** Ends it, whatever it is doing. */
  end(): void {
    void this.#worker.terminate();
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}
