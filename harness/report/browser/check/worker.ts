import { checkReport } from "../../check/check-report.js";
import { unpackScoring } from "../../check/scoring.js";
import type { EmbeddedFile } from "../../document/embedded-file.js";
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

async function answer({ report, files, scoring }: CheckRequest): Promise<CheckAnswer> {
  const contents = await Promise.all(files.map(extract));
  const changedFiles = await findChanged(files, contents);
  const texts = contents.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  const check = await checkReport(report, unpackScoring(scoring, texts), startProgress);
  return { kind: "done", check, changedFiles };
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

async function extract({ text, gzip = "" }: EmbeddedFile): Promise<Uint8Array<ArrayBuffer>> {
  if (text !== undefined) return new TextEncoder().encode(text);
  const packed = Uint8Array.from(atob(gzip), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The files that do not have the hash that the report gives for them; undefined where the browser does not hash. */
async function findChanged(
  files: readonly EmbeddedFile[],
  contents: readonly Uint8Array<ArrayBuffer>[],
): Promise<string[] | undefined> {
  const { subtle } = crypto;
  if (!subtle) return undefined; // a page that a server sends without encryption
  const changed = await Promise.all(
    contents.map(async (bytes, i) => {
      const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
      const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return hex === files[i]!.sha256 ? [] : [files[i]!.path];
    }),
  );
  return changed.flat();
}
