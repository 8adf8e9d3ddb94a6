import { readPackedReport } from "../report-data.js";
import type { ScoringWork, WorkAnswer, WorkRequest } from "./protocol.js";

declare global {
  interface Window {
    /** The source of the worker that scores, where the page has one. */
    simvlmWorker?: string;
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ProgressListener | undefined;
}

type ProgressListener = (done: number, steps: number) => void;

/** The page's side of the worker that scores its report: it is started by the first question, and lives until it is ended. */
export class ScoringWorker {
  readonly #source: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Promise<Worker> | undefined;
  #asked = 0;
  #ended: Error | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** Asks something; what the worker is at is told to all who wait. */
  ask<Kind extends keyof ScoringWork>(
    kind: Kind,
    asked: Parameters<ScoringWork[Kind]>,
    onProgress?: ProgressListener,
  ): ReturnType<ScoringWork[Kind]> {
    const question = this.#asked++;
    const answer = new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#ended);
      this.#waiting.set(question, { resolve, reject, onProgress });
    });
    this.#worker ??= this.#start();
    this.#worker.then((worker) => worker.postMessage({ question, kind, asked } satisfies WorkRequest));
    return answer as ReturnType<ScoringWork[Kind]>;
  }

  /** Ends it; who waits for an answer, and who asks from now on, is told why. */
  end(why: string): void {
    this.#ended = new Error(why);
    this.#worker?.then((worker) => worker.terminate());
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }

  /** Its first message is the report as the page holds it. */
  async #start(): Promise<Worker> {
    const packed = await readPackedReport();
    const address = URL.createObjectURL(new Blob([this.#source], { type: "text/javascript" }));
    const worker = new Worker(address);
    worker.addEventListener("error", ({ message }) => this.end(message || "the browser does not start it"));
    worker.addEventListener("message", ({ data }: MessageEvent<WorkAnswer>) => {
      URL.revokeObjectURL(address);
      this.#hear(data);
    });
    worker.postMessage(packed);
    return worker;
  }

  #hear(answer: WorkAnswer): void {
    if (answer.kind === "progress") {
      for (const { onProgress } of this.#waiting.values()) onProgress?.(answer.done, answer.steps);
      return;
    }
    const waiting = this.#waiting.get(answer.question);
    this.#waiting.delete(answer.question);
    if (answer.kind === "failed") waiting?.reject(new Error(answer.problem));
    else waiting?.resolve(answer.answer);
  }
}
