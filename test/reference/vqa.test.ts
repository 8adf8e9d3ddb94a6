import { type HumanAnswer, normalizeAnswer, vqaAccuracy } from "@simvlm/metrics";
import { describe, expect, test } from "vitest";
import { hasShared, readGolden } from "../shared.js";

interface Golden {
  input: {
    gts: { question_id: number; question_type: string; answer_type: string; answers: HumanAnswer[] }[];
    res: { question_id: number; answer: string }[];
  };
  raw: number[];
  normalisation: [string, string, string][];
  accuracy: { overall: number; perQuestionType: Record<string, number>; perAnswerType: Record<string, number> };
}

describe.runIf(hasShared)("10,000 questions against the official VQA evaluation", () => {
  const golden = hasShared ? readGolden<Golden>("vqa_synthetic.json.gz") : undefined;

  test("answers are normalised identically", () => {
    const inputs = golden!.normalisation.map(([answer]) => normalizeAnswer(answer));
    expect(inputs).toEqual(golden!.normalisation.map(([, , normalized]) => normalized));
  });

  test("accuracies are bit-identical: each question, overall, by type", () => {
    const answers = new Map(golden!.input.res.map(({ question_id, answer }) => [question_id, answer]));
    const questions = golden!.input.gts.map((question) => ({
      answers: question.answers,
      questionType: question.question_type,
      answerType: question.answer_type,
    }));
    const result = vqaAccuracy(
      golden!.input.gts.map(({ question_id }) => answers.get(question_id)!),
      questions,
    );
    expect([...result.perExample.accuracy]).toEqual(golden!.raw.map((accuracy) => 100 * accuracy));
    expect({
      overall: result.scores.accuracy,
      perQuestionType: result.perQuestionType,
      perAnswerType: result.perAnswerType,
    }).toEqual(golden!.accuracy);
  });
});
