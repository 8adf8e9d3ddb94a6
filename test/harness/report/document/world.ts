import { mkdirSync } from "node:fs";
import { buildReport, type ReportOptions } from "../../../../harness/report/document/build.js";
import { renderReport } from "../../../../harness/report/document/report-page.js";
import { Scratch } from "../../cli/run-cli.js";
import { CAPTIONS, makeRun, type RunOptions, writeCaptionData } from "../../compare/runs.js";

export const FEW = { resamples: 50, examples: 2, explore: 0 } as const;

/** Two runs of captions, with domains and what is to be seen: `good` says the references, `poor` the next one's. */
export async function captionRuns(scratch = new Scratch()): Promise<Scratch> {
  writeCaptionData(scratch, { facts: true });
  await makeRun(scratch, "good", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "poor", (_, place) => CAPTIONS[place < 9 ? (place + 1) % CAPTIONS.length : place]);
  return scratch;
}

export async function writeReport(scratch: Scratch, runs: readonly string[], options: ReportOptions = {}) {
  const folders = runs.map((run) => scratch.at(run));
  return renderReport(await buildReport(folders, { ...FEW, ...options }));
}

/** One run of each task but captions; those that choose have no attention to look at. */
export const OTHER_TASKS: Readonly<Record<string, (scratch: Scratch) => Promise<string>>> = {
  async vqa(scratch) {
    const ids = Array.from({ length: 6 }, (_, i) => i + 1);
    put(scratch, "vqa/questions-test.json", {
      data_subtype: "test",
      questions: ids.map((id) => ({ question_id: id, image_id: id, question: `is it ${id}?` })),
    });
    put(scratch, "vqa/annotations-test.json", {
      data_subtype: "test",
      annotations: ids.map((id) => ({
        question_id: id,
        image_id: id,
        answer_type: id % 2 ? "yes/no" : "other",
        answers: Array.from({ length: 10 }, (_, i) => ({ answer: "yes", answer_id: i + 1 })),
      })),
    });
    put(scratch, "vqa/answers.json", ["yes", "no"]);
    return run(scratch, "vqa", (_, place) => (place < 3 ? "yes" : "no"));
  },
  async nlvr2(scratch) {
    const lines = Array.from({ length: 6 }, (_, i) =>
      JSON.stringify({ identifier: `test1-${i}-0-0`, sentence: `sentence ${i}`, label: "True" }),
    );
    put(scratch, "nlvr2/test.jsonl", `${lines.join("\n")}\n`);
    return run(scratch, "nlvr2", (_, place) => (place < 3 ? "True" : "False"));
  },
  async "snli-ve"(scratch) {
    const lines = Array.from({ length: 6 }, (_, i) =>
      JSON.stringify({
        pairID: `${i}.jpg#0`,
        gold_label: "neutral",
        Flickr30K_ID: `${i}`,
        sentence1: `premise ${i}`,
        sentence2: `hypothesis ${i}`,
      }),
    );
    put(scratch, "snli-ve/test.jsonl", `${lines.join("\n")}\n`);
    return run(scratch, "snli-ve", (_, place) => (place < 3 ? "neutral" : "entailment"));
  },
  async translate(scratch) {
    put(scratch, "translate/test.de", "der rote Hund läuft im Schnee\ndie Katze schläft auf dem Haus\n");
    put(scratch, "translate/test.en", "the red dog runs in the snow\nthe cat sleeps on the house\n");
    put(scratch, "translate/test.images", "1.jpg\n2.jpg\n");
    // What is shown, the run has not seen: the list of pictures is none of its files.
    const settings = { modality: "text" } as const;
    return run(scratch, "translate", () => "der rote Hund läuft im Schnee", { settings });
  },
  async complete(scratch) {
    writeCaptionData(scratch, { folder: "complete" });
    return run(scratch, "complete", (_, place) => (place % 2 ? "in the snow" : "at night"));
  },
};

function put(scratch: Scratch, name: string, content: unknown): void {
  mkdirSync(scratch.at(name.replace(/\/[^/]*$/, "")), { recursive: true });
  scratch.write(name, content);
}

function run(
  scratch: Scratch,
  task: NonNullable<RunOptions["task"]>,
  say: Parameters<typeof makeRun>[2],
  options: RunOptions = {},
): Promise<string> {
  return makeRun(scratch, `${task}-run`, say, { task, data: task, ...options });
}
