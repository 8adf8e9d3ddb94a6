import { checkReport } from "../../check/check-report.js";
import { unpackScoring } from "../../check/scoring.js";
import type { EmbeddedFile } from "../../document/embedded-file.js";
import { checkHashes } from "./hashes.js";
import type { CheckAnswer, CheckRequest } from "./protocol.js";

/** Between two answers that say how far it is. */
const PROGRESS_MILLISECONDS = 50;

/** What this script does as a worker: it checks the one report that it is asked about. */
export function answerRequests(): void {
  self.addEventListener("message", ({ data }: MessageEvent<CheckRequest>) => {
    answer(data).then(tell, (error: unknown) =>
      tell({ kind: "failed", problem: error instanceof Error ? error.message : String(error) }),
    );
  });
}

function tell(answer: CheckAnswer): void {
  self.postMessage(answer);
}

async function answer({ data, seal }: CheckRequest): Promise<CheckAnswer> {
  const { files } = data.data;
  const contents = await Promise.all(files.map(extract));
  const hashes = await checkHashes(data, seal, contents);
  if (data.scoring === undefined) return { kind: "done", check: undefined, hashes };
  const texts = contents.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const check = await checkReport(data, unpackScoring(data.scoring, texts), startProgress);
  return { kind: "done", check, hashes };
}

function startProgress(steps: number): () => void {
  let [done, told] = [0, 0];
  return () => {
    done++;
    if (performance.now() - told < PROGRESS_MILLISECONDS && done < steps) return;
    told = performance.now();
    tell({ kind: "progress", done, steps });
  };
}

/** Empty for a file that was left out. */
async function extract({ text, gzip }: EmbeddedFile): Promise<Uint8Array<ArrayBuffer>> {
  if (gzip === undefined) return new TextEncoder().encode(text);
  const packed = Uint8Array.from(atob(gzip), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
