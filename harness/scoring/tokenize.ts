import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  assembleCorpus,
  CAPTION_TOKENIZERS,
  type Corpus,
  type TokenizedExamples,
  tokenizeExamples,
} from "@simvlm/metrics";
import type { TokenizeJob } from "./tokenize-worker.js";

/** Fewer examples than this a thread are tokenised sooner than a thread starts. */
const LEAST_EXAMPLES_A_THREAD = 4000;

/**
 * Tokenises captions in several threads, this one among them. The corpus is the same for any number of them.
 *
 * @param threads how many at the most
 */
export async function tokenizeCaptions(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  threads: number,
): Promise<Corpus> {
  const parts = Math.max(1, Math.min(threads, Math.floor(hypotheses.length / LEAST_EXAMPLES_A_THREAD)));
  const jobs = Array.from({ length: parts }, (_, i): TokenizeJob => {
    const [start, end] = [i, i + 1].map((part) => Math.round((part * hypotheses.length) / parts));
    return { hypotheses: hypotheses.slice(start, end), references: references.slice(start, end) };
  });
  const [own, ...others] = jobs;
  const promised = others.map(tokenizeInWorker);
  const first = tokenizeExamples(own!.hypotheses, own!.references, CAPTION_TOKENIZERS.ptb);
  return assembleCorpus([first, ...(await Promise.all(promised))], "ptb");
}

async function tokenizeInWorker(job: TokenizeJob): Promise<TokenizedExamples> {
  const worker = new Worker(new URL("./tokenize-worker.js", import.meta.url));
  worker.postMessage(job);
  try {
    const [tokenized] = (await once(worker, "message")) as [TokenizedExamples];
    return tokenized;
  } finally {
    await worker.terminate();
  }
}
