import { parentPort } from "node:worker_threads";
import { CAPTION_TOKENIZERS, tokenizeExamples } from "@simvlm/metrics";

/** What a worker thread is given: some examples' captions. */
export interface TokenizeJob {
  readonly hypotheses: readonly string[];
  readonly references: readonly (readonly string[])[];
}

parentPort!.once("message", ({ hypotheses, references }: TokenizeJob) => {
  const tokenized = tokenizeExamples(hypotheses, references, CAPTION_TOKENIZERS.ptb);
  const lines = [tokenized.hypotheses, tokenized.references];
  const buffers = lines.flatMap(({ ids, offsets }) => [ids.buffer, offsets.buffer] as ArrayBuffer[]);
  parentPort!.postMessage(tokenized, buffers);
});
