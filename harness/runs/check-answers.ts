import { z } from "zod";
import { listIds } from "../formats/ids.js";
import { findRule } from "../sources/final-answer.js";
import { judgeReply } from "../sources/judge-reply.js";
import { FLAWS, isFailure, type Outcome } from "../tasks/prediction.js";
import { readAnswer } from "../tasks/read-answer.js";
import type { Task, TaskData } from "../tasks/task.js";

/** Of an endpoint's run, as its manifest says it. */
const Answers = z.object({ name: z.string(), accepted: z.array(z.enum(FLAWS)) });

interface Answered {
  readonly source: Readonly<Record<string, unknown>>;
  readonly task: Task;
  readonly data: TaskData;
  readonly outcomes: readonly Outcome[];
}

/** Whether predictions are what the replies that are kept beside them amount to; what is not, a sentence each. */
export function checkAnswers({ source, task, data, outcomes }: Answered): string[] {
  const answers = Answers.safeParse(source.answers);
  const rule = answers.success ? findRule(answers.data.name) : undefined;
  if (!answers.success || !rule) return []; // of a later version, or of no endpoint
  const accepted = new Set(answers.data.accepted);
  const differing = outcomes.filter((outcome) => {
    if (!outcome.reply) return !isFailure(outcome);
    const { text, flaw } = judgeReply(outcome.reply, accepted, rule);
    const reading = text === undefined ? undefined : readAnswer(task, data, text);
    const prediction = reading && "prediction" in reading ? reading.prediction : undefined;
    return flaw !== outcome.flaw || prediction !== (isFailure(outcome) ? undefined : outcome.prediction);
  });
  if (differing.length === 0) return [];
  return [
    `the predictions for ${listIds(differing.map(({ id }) => id))} are not what the replies beside them amount to`,
  ];
}
