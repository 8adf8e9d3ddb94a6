import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandomSource } from "@simvlm/metrics";
import { measureBeside, requireShared, scratchFolder, simvlm } from "./measure.js";
import type { BenchOptions, Row } from "./runner/row.js";

const QUESTIONS = 20_000;
const ANSWERS = 10;

/** 20,000 questions, their answers drawn from the usual 3,129. */
export async function benchVqa(options: BenchOptions): Promise<Row[]> {
  const labels = JSON.parse(readFileSync(requireShared("data/vqa-v2/trainval_label2ans.json"), "utf8")) as string[];
  const list = labels.filter((label) => label !== ""); // whoever says nothing has not answered
  const folder = scratchFolder();
  const files = writeQuestions(folder, QUESTIONS, list);
  const ours = simvlm("score", "--task", "vqa", ...files, "--json", join(folder, "scores.json"));
  return [await measureBeside(`VQA score, ${QUESTIONS} questions`, ours, undefined, options)];
}

/** So many questions in VQA v2's format, with people's disagreement, and a system's answers; gives the options that name both. */
export function writeQuestions(folder: string, count: number, list: readonly string[]): string[] {
  const random = createRandomSource(1);
  const draw = () => list[Math.floor(random() ** 3 * list.length)]!;
  const annotations = Array.from({ length: count }, (_, id) => {
    const common = draw();
    return {
      question_id: id,
      image_id: Math.floor(id / 5),
      question_type: `what ${id % 65}`,
      answer_type: ["yes/no", "number", "other"][id % 3],
      multiple_choice_answer: common,
      answers: Array.from({ length: ANSWERS }, (_, k) => ({
        answer: random() < 0.6 ? common : draw(),
        answer_confidence: "yes",
        answer_id: k + 1,
      })),
    };
  });
  const results = annotations.map(({ question_id, answers }) => ({
    question_id,
    answer: answers[question_id % ANSWERS]!.answer,
  }));
  const [references, predictions] = [join(folder, "annotations.json"), join(folder, "results.json")];
  writeFileSync(references, JSON.stringify({ data_subtype: "val2014", annotations }));
  writeFileSync(predictions, JSON.stringify(results));
  return ["--references", references, "--predictions", predictions];
}
