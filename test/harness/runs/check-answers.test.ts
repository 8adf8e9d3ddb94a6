import { expect, test } from "vitest";
import { checkAnswers } from "../../../harness/runs/check-answers.js";
import type { Outcome } from "../../../harness/tasks/prediction.js";
import type { TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";

const data: TaskData = { examples: [], files: [], classes: [] };
const check = (name: string, outcome: Outcome) =>
  checkAnswers({ source: { answers: { name, accepted: [] } }, task: findTask("caption"), data, outcomes: [outcome] });

test("answers are held against their replies by the rule that the run was read by", () => {
  const content = "<|begin_of_box|>a street<|end_of_box|>";
  const reply = { content, finishReason: "stop" };
  expect(check("final-answer-1", { id: "1", prediction: content, reply })).toEqual([]);
  expect(check("final-answer-2", { id: "1", prediction: "a street", reply })).toEqual([]);
  expect(check("final-answer-2", { id: "1", prediction: content, reply })).toHaveLength(1);
  expect(check("final-answer-1", { id: "1", prediction: "a street", reply })).toHaveLength(1);
  expect(check("final-answer-99", { id: "1", prediction: "a bus", reply })).toEqual([]);
});

test("a reason that only the second rule knows", () => {
  const failed = { id: "1", error: "cut", reply: { content: "a", finishReason: "max_new_tokens" } };
  expect(check("final-answer-1", { ...failed, flaw: "unfinished" })).toEqual([]);
  expect(check("final-answer-2", { ...failed, flaw: "cut" })).toEqual([]);
});
