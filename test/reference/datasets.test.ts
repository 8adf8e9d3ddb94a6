import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alignPredictions } from "../../harness/formats/align.js";
import { readCocoCaptions } from "../../harness/formats/coco.js";
import { readMulti30k } from "../../harness/formats/multi30k.js";
import { readNlvr2 } from "../../harness/formats/nlvr2.js";
import { readNocaps } from "../../harness/formats/nocaps.js";
import { readCaptionResults } from "../../harness/formats/results.js";
import { readSnliVe } from "../../harness/formats/snli-ve.js";
import { readAnswerList, readVqa } from "../../harness/formats/vqa.js";
import { hasShared, sharedFolder } from "../shared.js";

const data = (...steps: string[]) => join(sharedFolder, "data", ...steps);

function count(values: readonly unknown[]): Map<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

describe.runIf(hasShared)("every reader on real files", () => {
  test("COCO val2017: 5,000 images, 25,014 captions; the results file is of 4,989 of them", async () => {
    const path = data("coco", "captions_val2017.json");
    const examples = await readCocoCaptions(path);
    expect(examples).toHaveLength(5000);
    expect(examples.flatMap(({ references }) => references)).toHaveLength(25014);
    expect(examples[0]).toMatchObject({ id: "397133", file: "000000397133.jpg" });
    expect(await readNocaps(path)).toEqual(examples);

    const results = data("coco", "captions_val2017_fakecap_results.json");
    const predictions = await readCaptionResults(results);
    const options = { path: results, allowMissing: true };
    const aligned = alignPredictions(examples, predictions, options);
    expect([aligned.predictions.length, aligned.missing.length]).toEqual([4989, 11]);
    expect(() => alignPredictions(examples, predictions, { path: results })).toThrow(/no prediction for 11 of 5000/);
  });

  test("COCO photographs: every image is on disk", async () => {
    const examples = await readCocoCaptions(data("coco-photos", "captions.json"), {
      imageRoot: data("coco-photos", "images"),
    });
    expect(examples.filter(({ file }) => existsSync(file!))).toHaveLength(29);
    expect(examples.flatMap(({ references }) => references)).toHaveLength(145);
  });

  test("VQA v2 sample: ten answers a question, the image is on disk", async () => {
    const files = { annotations: data("vqa-v2", "annotations.json"), questions: data("vqa-v2", "questions.json") };
    const examples = await readVqa(files, { imageRoot: data("vqa-v2", "images") });
    expect(
      examples.map(({ id, question, answers, file }) => [id, question, answers.length, existsSync(file!)]),
    ).toEqual([
      ["458752000", "What is this photo taken looking through?", 10, true],
      ["458752001", "What position is this man playing?", 10, true],
      ["458752002", "What color is the players shirt?", 10, true],
    ]);
  });

  test("the usual 3,129 VQA answers, the first of them empty", async () => {
    const answers = await readAnswerList(data("vqa-v2", "trainval_label2ans.json"));
    expect([answers.length, answers[0], new Set(answers).size]).toEqual([3129, "", 3129]);
  });

  test("VizWiz: 4,319 questions of ten answers", async () => {
    const examples = await readVqa({
      annotations: data("vizwiz", "val_annotations_vqa_format.json.gz"),
      questions: data("vizwiz", "val_questions_vqa_format.json.gz"),
    });
    expect(examples).toHaveLength(4319);
    expect(new Set(examples.map(({ answers }) => answers.length))).toEqual(new Set([10]));
    expect(new Set(examples.map(({ answerType }) => answerType))).toEqual(new Set([undefined]));
    expect(examples[0]).toMatchObject({ id: "0", file: "VizWiz_val_00000000.jpg", questionType: "unanswerable" });
  });

  test("NLVR2 dev: 6,982 statements in 2,018 groups, each group of one sentence", async () => {
    const examples = await readNlvr2(data("nlvr2", "dev.jsonl.gz"));
    expect(count(examples.map(({ label }) => label))).toEqual(
      new Map([
        [true, 3551],
        [false, 3431],
      ]),
    );
    const groups = new Set(examples.map(({ sentenceGroup }) => sentenceGroup));
    expect(groups.size).toBe(2018);
    expect(new Set(examples.map(({ sentenceGroup, sentence }) => `${sentenceGroup} ${sentence}`)).size).toBe(2018);
    expect(new Set(examples.map(({ sentence }) => sentence)).size).toBe(2004);
  });

  test("NLVR2 sample: every image is on disk", async () => {
    const examples = await readNlvr2(data("nlvr2", "tiny-dev.jsonl"), { imageRoot: data("nlvr2", "images") });
    const images = new Set(examples.flatMap(({ images }) => images));
    expect([images.size, [...images].every((file) => existsSync(file))]).toEqual([8, true]);
  });

  test("SNLI-VE sample: 16 pairs of two images, which are on disk", async () => {
    const imageRoot = data("snli-ve", "images");
    const { examples, unlabelled } = await readSnliVe(data("snli-ve", "sample_pairs.jsonl"), { imageRoot });
    expect(count(examples.map(({ label }) => label))).toEqual(
      new Map([
        ["contradiction", 4],
        ["neutral", 6],
        ["entailment", 6],
      ]),
    );
    expect(unlabelled).toEqual([]);
    expect(new Set(examples.map(({ file }) => file)).size).toBe(2);
    expect(examples.every(({ file }) => existsSync(file!))).toBe(true);
  });

  test("e-SNLI-VE dev: 14,339 pairs", async () => {
    const { examples, unlabelled } = await readSnliVe(data("snli-ve", "esnlive_dev.csv.gz"));
    expect(examples).toHaveLength(14339);
    expect(unlabelled).toEqual([]);
    expect(examples[0]).toEqual({
      id: "4465359505.jpg#2r1c",
      file: "4465359505.jpg",
      hypothesis: "The old man is chopping down a tree in his yard.",
      label: "contradiction",
    });
  });

  test.each([
    ["train", 29000],
    ["val", 1014],
    ["test_2016_flickr", 1000],
  ])("Multi30k %s: %i pairs", async (split, lines) => {
    const [source, target] = [data("multi30k", `${split}.en.gz`), data("multi30k", `${split}.de.gz`)];
    const images = split === "test_2016_flickr" ? data("multi30k", `${split}.images.txt`) : undefined;
    const examples = await readMulti30k({ source, target, images });
    expect(examples).toHaveLength(lines);
    expect(examples.every(({ source, target }) => source !== "" && target !== "")).toBe(true);
    expect(examples[0]!.file).toBe(images && "1007129816.jpg");
  });
});
