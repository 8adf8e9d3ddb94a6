import { checkReport } from "../../check/check-report.js";
import { describeTruth } from "../../check/describe-truth.js";
import { ReportedScores } from "../../check/reported-scores.js";
import { type Scoring, unpackScoring } from "../../check/scoring.js";
import type { ReportData } from "../../document/data.js";
import type { EmbeddedFile } from "../../document/embedded-file.js";
import { unpackReport } from "../report-data.js";
import { checkHashes } from "./hashes.js";
import type { ScoringWork, WorkAnswer, WorkRequest } from "./protocol.js";

/** Between two answers that say how far it is. */
const PROGRESS_MILLISECONDS = 50;

/** What this script does as a worker: it is given a report as a page holds it, and then answers questions about it. */
export function answerRequests(): void {
  self.addEventListener(
    "message",
    ({ data: packed }: MessageEvent<string>) => {
      const opened = openReport(packed);
      self.addEventListener("message", ({ data }: MessageEvent<WorkRequest>) => answer(opened, data));
    },
    { once: true },
  );
}

async function answer(opened: Promise<ScoringWork>, { question, kind, asked }: WorkRequest): Promise<void> {
  try {
    const work: (...asked: readonly never[]) => Promise<unknown> = (await opened)[kind];
    tell({ kind: "done", question, answer: await work(...(asked as readonly never[])) }); // what the page's side asks
  } catch (error) {
    tell({ kind: "failed", question, problem: error instanceof Error ? error.message : String(error) });
  }
}

function tell(answer: WorkAnswer): void {
  self.postMessage(answer);
}

async function openReport(packed: string): Promise<ScoringWork> {
  const data = await unpackReport(packed);
  const readScoring = once(() => scoringOf(data));
  const scoreAll = once(async () => ReportedScores.of(data, await readScoring(), startProgress));
  return {
    check: async (seal) => {
      // First, since they name what was changed even where it is nothing that could be scored.
      const hashes = await checkHashes(data, seal, extract);
      if (data.scoring === undefined) return { check: undefined, hashes };
      try {
        return { check: await checkReport(data, await scoringOf(data), startProgress), hashes };
      } catch (error) {
        return { check: undefined, problem: error instanceof Error ? error.message : String(error), hashes };
      }
    },
    explain: async (id) => (await scoreAll()).explain(id),
    scores: async (name) => {
      const scored = await scoreAll();
      return {
        ids: (await readScoring()).examples.map(({ id }) => id),
        values: scored.scores(name).map((own) => [...own]),
      };
    },
    references: async () => new Map((await readScoring()).examples.map((truth) => [truth.id, describeTruth(truth)])),
  };
}

async function scoringOf({ scoring, data }: ReportData): Promise<Scoring> {
  if (scoring === undefined) throw new Error("the page does not hold what it was scored with");
  const contents = await Promise.all(data.files.map(extract));
  const texts = contents.map((bytes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  return unpackScoring(scoring, texts);
}

/** What is made when it is first asked for. */
function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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
