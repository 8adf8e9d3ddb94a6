import { mkdirSync } from "node:fs";
import { buildReport, type ReportOptions } from "../../../../harness/report/document/build.js";
import type { ReportData } from "../../../../harness/report/document/data.js";
import { Scratch } from "../../cli/run-cli.js";
import { makeRun, type RunOptions, writeCaptionData } from "../../compare/runs.js";
import { FEW, OTHER_TASKS } from "../document/world.js";

type Say = Parameters<typeof makeRun>[2];

/** What the second run says, by task; the first is that of `OTHER_TASKS`. */
const SECOND: Readonly<Record<string, readonly [say: Say, options?: RunOptions]>> = {
  vqa: [(_, place) => (place % 2 ? "yes" : "no")],
  nlvr2: [(_, place) => (place % 2 ? "True" : "False")],
  "snli-ve": [(_, place) => (place % 2 ? "neutral" : "entailment")],
  // On two lines, of which one is made before it is scored.
  translate: [() => "die Katze\nschläft auf dem Haus", { settings: { modality: "text" } }],
  complete: [() => "in the snow"],
};

/** The report of a task with one run and with two. */
export async function reportTask(task: string): Promise<ReportData[]> {
  const scratch = new Scratch();
  const first = await OTHER_TASKS[task]!(scratch);
  const [say, options] = SECOND[task]!;
  const second = await makeRun(scratch, "second", say, { task, data: task, ...options });
  return Promise.all([[first], [first, second]].map((folders) => report(folders)));
}

export async function report(folders: readonly string[], options: ReportOptions = {}): Promise<ReportData> {
  return (await buildReport(folders, { ...FEW, ...options })).data;
}

/** Captions of pictures whose objects are known, by CHAIR and by what captions are usually scored with. */
export async function reportObjects(): Promise<ReportData> {
  const scratch = new Scratch();
  mkdirSync(scratch.at("chair"));
  const captions = ["a dog on a couch", "two buses and a car", "a cat on a couch", "a man on a horse"];
  writeCaptionData(scratch, { folder: "chair", captions });
  scratch.write("chair/instances.json", {
    images: captions.map((_, i) => ({ id: 101 + i, file_name: `${101 + i}.jpg` })),
    annotations: captions.map((_, i) => ({ id: i, image_id: 101 + i, category_id: i % 2 ? 6 : 63 })),
    categories: [
      { id: 6, name: "bus", supercategory: "vehicle" },
      { id: 63, name: "couch", supercategory: "furniture" },
    ],
  });
  const options = { task: "chair", data: "chair" };
  const first = await makeRun(scratch, "first", (_, place) => captions[place], options);
  const second = await makeRun(scratch, "second", (_, place) => captions[(place + 1) % 4], options);
  return report([first, second], { metrics: ["chair", "bleu", "cider"] });
}

/** Yes-or-no questions of three kinds. */
export async function reportQuestions(): Promise<ReportData> {
  const scratch = new Scratch();
  mkdirSync(scratch.at("pope"));
  for (const split of ["random", "popular", "adversarial"]) {
    const lines = [1, 2, 3, 4].map((id) => {
      const [image, text] = [`COCO_val2014_${id}.jpg`, `Is there a dog ${id} in the image?`];
      return JSON.stringify({ question_id: id, image, text, label: id % 2 ? "yes" : "no" });
    });
    scratch.write(`pope/coco_pope_${split}.json`, `${lines.join("\n")}\n`);
  }
  const options = { task: "pope", data: "pope" };
  const first = await makeRun(scratch, "first", (_, place) => (place % 2 ? "No." : "Yes"), options);
  const second = await makeRun(scratch, "second", () => "yes, there is", options);
  return report([first, second]);
}
