import { Worker } from "node:worker_threads";
import {
  bleuMetric,
  type CaptionHelper,
  type CaptionWork,
  ciderMetric,
  countCaptions,
  type MetricDefinition,
  type MetricExample,
  rougeMetric,
  type SharedResults,
} from "@simvlm/metrics";
import { builtPath } from "../files/asset.js";
import { countProcessors } from "../processors.js";

/** What is sent to a thread. */
export type ThreadRequest = {
  [Kind in keyof CaptionWork]: { readonly kind: Kind; readonly request: Parameters<CaptionWork[Kind]>[0] };
}[keyof CaptionWork];

/** Captions, references among them, that take a thread about as long as other threads take to start. */
const FEWEST_CAPTIONS = 50_000;
/** There is no work for more. */
const MOST_THREADS = 3;
const COUNTED = [bleuMetric, ciderMetric, rougeMetric] as const;

/**
 * What metrics share of captions, counted by as many threads as there are processors; undefined where that saves no time,
 * and where there are no threads to be had: the metrics then count by themselves, with the same results.
 * @param threads beside this one
 */
export async function countInThreads(
  examples: readonly MetricExample[],
  metrics: readonly MetricDefinition[],
  threads = Math.min(countProcessors() - 1, MOST_THREADS),
): Promise<SharedResults | undefined> {
  if (threads < 1 || !COUNTED.some((metric) => metrics.includes(metric))) return undefined;
  const captions = examples.reduce((sum, { references }) => sum + 1 + references.length, 0);
  if (captions < FEWEST_CAPTIONS) return undefined;
  const helpers: CaptionThread[] = [];
  try {
    for (let i = 0; i < threads; i++) helpers.push(new CaptionThread());
    return await countCaptions(examples, metrics, helpers);
  } catch {
    return undefined;
  } finally {
    for (const helper of helpers) helper.end();
  }
}

/** A thread that helps, and answers in the order in which it is asked. */
export class CaptionThread implements CaptionHelper {
  readonly #worker = new Worker(builtPath("tasks", "caption-thread.js"), { execArgv: [] });
  readonly #waiting: { readonly resolve: (reply: never) => void; readonly reject: (reason: unknown) => void }[] = [];
  #failure: unknown;

  constructor() {
    this.#worker.on("message", (reply) => this.#waiting.shift()?.resolve(reply as never));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) => this.#fail(new Error(`The thread ended (${code}).`)));
  }

  ask<Kind extends keyof CaptionWork>(
    kind: Kind,
    request: Parameters<CaptionWork[Kind]>[0],
  ): Promise<ReturnType<CaptionWork[Kind]>> {
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
