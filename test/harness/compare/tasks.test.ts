import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "./runs.js";

const FEW = { resamples: 200 };

function dataFolder(): Scratch {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  return scratch;
}

test("VQA: by answer type, as the run's own scores; what most people say is the reference", async () => {
  const scratch = dataFolder();
  const types = ["yes/no", "number", "other"];
  const truths = ["yes", "2", "red"];
  const ids = Array.from({ length: 12 }, (_, i) => i + 1);
  const image_id = (id: number) => Math.ceil(id / 2);
  scratch.write("data/questions-test.json", {
    data_subtype: "test",
    questions: ids.map((id) => ({ question_id: id, image_id: image_id(id), question: `question ${id}?` })),
  });
  scratch.write("data/annotations-test.json", {
    data_subtype: "test",
    annotations: ids.map((id) => ({
      question_id: id,
      image_id: image_id(id),
      answer_type: types[id % 3],
      answers: Array.from({ length: 10 }, (_, i) => ({
        answer: i < 2 ? "else" : truths[id % 3],
        answer_id: i + 1,
      })),
    })),
  });
  const task = "vqa" as const;
  scratch.write("data/answers.json", ["yes", "2", "red"]);
  const good = await makeRun(scratch, "good", (_, place) => truths[(place + 1) % 3]!, { task });
  const generate = { task, settings: { answer: "generate" as const } };
  const yes = await makeRun(scratch, "yes", () => "yes", generate);
  const comparison = await compareRuns([good, yes], FEW);
  const report = scratch.readJson<ScoreReport>("yes/scores.json").scores;
  const rows = comparison.scores.filter(({ run }) => run === "yes");
  expect(rows.map(({ subset, examples }) => [subset, examples])).toEqual([
    ["all", 12],
    ["number", 4],
    ["other", 4],
    ["yes/no", 4],
  ]);
  const perType = report.perAnswerType as Record<string, number>;
  for (const { subset, value } of rows.slice(1)) expect(value).toBeCloseTo(perType[subset]!, 2);
  expect(rows[0]!.value).toBeCloseTo(report.accuracy as number, 2);
  const loss = comparison.winsAndLosses[0]!.losses[0]!;
  expect(loss).toMatchObject({ prediction: "yes", asked: `question ${loss.id}?`, difference: -100 });
  expect(loss.reference).toBe(truths[Number(loss.id) % 3]);
  expect(loss.images).toEqual([`COCO_test_${String(image_id(Number(loss.id))).padStart(12, "0")}.jpg`]);
  const openEnded = comparison.paper.find(({ id }) => id === "open-ended-vqa")!;
  expect(openEnded.ours.map(({ run }) => run)).toEqual(["yes"]);
});

test("SNLI-VE: McNemar's test joins, whatever the encoder was shown", async () => {
  const scratch = dataFolder();
  const labels = ["entailment", "neutral", "contradiction"];
  const lines = Array.from({ length: 15 }, (_, i) =>
    JSON.stringify({
      pairID: `${i}.jpg#0`,
      gold_label: labels[i % 3],
      Flickr30K_ID: `${i}`,
      sentence1: `premise ${i}`,
      sentence2: `hypothesis ${i}`,
    }),
  );
  scratch.write("data/test.jsonl", `${lines.join("\n")}\n`);
  const task = "snli-ve" as const;
  const text = { modality: "text" as const };
  const good = await makeRun(scratch, "good", (_, place) => labels[place % 3], { task, settings: text });
  // right in all but nine of fifteen
  const poor = await makeRun(scratch, "poor", (_, place) => (place < 9 ? labels[(place + 1) % 3] : labels[place % 3]), {
    task,
  });
  const { differences, winsAndLosses } = await compareRuns([good, poor], FEW);
  expect(differences).toHaveLength(1);
  expect(differences[0]!.difference).toBeCloseTo(-9 / 15, 12);
  const { mcNemar } = differences[0]!;
  expect(mcNemar).toMatchObject({ onlyFirst: 0, onlySecond: 9 });
  expect(mcNemar!.pValue).toBeCloseTo(2 / 2 ** 9, 12);
  expect(winsAndLosses[0]!.counts).toEqual({ wins: 0, losses: 9, ties: 6 });
  expect(winsAndLosses[0]!.losses[0]).toMatchObject({
    id: "0.jpg#0",
    images: ["0.jpg"],
    asked: "hypothesis 0",
    reference: "entailment",
    prediction: "neutral",
    againstPrediction: "entailment",
  });
});

test("NLVR2: accuracy and consistency, with both pictures", async () => {
  const scratch = dataFolder();
  const lines = Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({
      identifier: `test1-${i}-0-${i % 2}`,
      sentence: `sentence ${i}`,
      label: i % 3 === 0 ? "True" : "False",
    }),
  );
  scratch.write("data/test.jsonl", `${lines.join("\n")}\n`);
  const task = "nlvr2" as const;
  const good = await makeRun(scratch, "good", (_, place) => (place % 3 === 0 ? "True" : "False"), { task });
  const never = await makeRun(scratch, "never", () => "False", { task });
  const { differences, winsAndLosses, paper } = await compareRuns([good, never], FEW);
  expect(differences.map(({ score, difference }) => [score, difference.toFixed(6)])).toEqual([
    ["accuracy", (-4 / 12).toFixed(6)],
    ["consistency", (-4 / 12).toFixed(6)],
  ]);
  expect(differences.map(({ mcNemar }) => mcNemar?.onlySecond)).toEqual([4, undefined]);
  expect(winsAndLosses[0]!.losses[0]).toMatchObject({ prediction: "False", reference: "True", asked: "sentence 0" });
  expect(winsAndLosses[0]!.losses[0]!.images).toHaveLength(2);
  expect(paper[0]!.ours.map(({ values }) => values)).toEqual([
    [null, null, 100],
    [null, null, expect.closeTo(200 / 3, 10)],
  ]);
});

test("translations: sacreBLEU, with the sentence, its picture and the reference", async () => {
  const scratch = dataFolder();
  const german = ["der rote Hund läuft im Schnee", "die Katze schläft auf dem Haus", "zwei Boote auf dem blauen Meer"];
  scratch.write("data/test.de", `${german.join("\n")}\n`);
  scratch.write(
    "data/test.en",
    "the red dog runs in the snow\nthe cat sleeps on the house\ntwo boats on the blue sea\n",
  );
  scratch.write("data/test.images", "1.jpg\n2.jpg\n3.jpg\n");
  const task = "translate" as const;
  const good = await makeRun(scratch, "good", (_, place) => german[place], { task });
  const worse = await makeRun(scratch, "worse", (_, place) => (place === 1 ? "der Hund" : german[place]), {
    task,
    settings: { modality: "text" },
  });
  const { differences, winsAndLosses } = await compareRuns([good, worse], FEW);
  expect(differences[0]).toMatchObject({ score: "sacreBLEU", againstValue: expect.closeTo(100, 6) });
  expect(differences[0]!.difference).toBeLessThan(0);
  expect(winsAndLosses[0]!.losses).toEqual([
    expect.objectContaining({ images: ["2.jpg"], asked: "the cat sleeps on the house", reference: german[1] }),
  ]);
});

test("completions: how many are not those of the first run", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const task = "complete" as const;
  const first = await makeRun(scratch, "first", () => "a dog in the snow", { task });
  const swapped = await makeRun(
    scratch,
    "swapped",
    (_, place) => (place % 7 === 0 ? " a dog  in the snow" : CAPTIONS[place]),
    { task, settings: { swapImages: true } },
  );
  const { changes, scores, winsAndLosses, notes } = await compareRuns([first, swapped], FEW);
  expect(changes).toEqual([
    expect.objectContaining({ run: "swapped", against: "first", examples: 14, differing: 12, share: 12 / 14 }),
  ]);
  expect(changes![0]!.low).toBeLessThan(12 / 14);
  expect(changes![0]!.high).toBeLessThanOrEqual(1);
  expect(new Set(scores.map(({ score }) => score))).toEqual(
    new Set(["Bleu_1", "Bleu_2", "Bleu_3", "Bleu_4", "ROUGE_L"]),
  );
  expect(winsAndLosses[0]!.wins[0]!.asked).toBeDefined();
  expect(notes).toContain("Shown pictures other than the examples' own: swapped.");
});

test("completions of one beginning have no scores, only changes", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const options = { task: "complete" as const, settings: { prompt: "there is" } };
  const first = await makeRun(scratch, "first", (id) => id, options);
  const second = await makeRun(scratch, "second", () => "101", options);
  const { changes, scores, differences, winsAndLosses } = await compareRuns([first, second], FEW);
  expect(changes![0]).toMatchObject({ differing: CAPTIONS.length - 1, examples: CAPTIONS.length });
  expect([scores, differences, winsAndLosses]).toEqual([[], [], []]);
});
