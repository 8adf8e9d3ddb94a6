import { checkMetric, SimvlmError } from "@simvlm/metrics";
import { z } from "zod";
import { Callable, findProblem, Name, Text } from "../files/plugin-values.js";
import { requireOwnScores } from "./choose-metrics.js";
import { ANSWER_KINDS, MODALITIES, type Task } from "./task.js";
import { TASK_OPTIONS } from "./task-option.js";

/** A run's own files, beside which its results are written. */
const RESERVED = ["manifest.json", "predictions.jsonl", "scores.json", "pictures.txt", "seal.json", "readme.md"];

const Definition = z.strictObject({
  kind: z.literal("task", 'expected "task"'),
  name: Name,
  modalities: z.array(z.enum(MODALITIES)).min(1, "expected at least one"),
  answers: z.array(z.enum(ANSWER_KINDS)).min(1, "expected at least one"),
  head: z
    .strictObject({
      passes: z.union([z.literal(1), z.literal(2)], "expected 1 or 2"),
      loss: z.enum(["softmax", "sigmoid"]),
      sayClass: Callable.optional(),
    })
    .optional(),
  maxLength: z.int().positive(),
  options: z.array(z.enum(TASK_OPTIONS)).optional(),
  load: Callable,
  readReferences: Callable.optional(),
  listSplits: Callable.optional(),
  instruct: Callable,
  readAnswer: Callable.optional(),
  formatResults: Callable,
  readResults: Callable,
  resultsName: z
    .string()
    .regex(/^\w[\w.-]*$/, "expected a file's name, of letters, digits, dots and dashes")
    .refine((name) => !RESERVED.includes(name.toLowerCase()), "expected a name that a run's other files do not have"),
  resultsInOrder: z.boolean().optional(),
  metrics: z.array(z.unknown()).min(1, "expected at least one"),
  furtherMetrics: z.array(z.unknown()).optional(),
  mainScore: Text,
  scoredText: Callable.optional(),
  groupings: z
    .array(z.strictObject({ by: Text, order: z.array(z.string()).optional(), summary: Text.optional() }))
    .optional(),
  warn: Callable.optional(),
  scoreNote: z.string().optional(),
  countsChanges: z.boolean().optional(),
  sharedSettings: z.array(z.string()).optional(),
});

/**
 * Whether something from outside, a plug-in's export, is a task.
 * @param where it comes from, for the message
 * @throws SimvlmError `bad-plugin` that names the first field that is wrong
 */
export function checkTask(value: unknown, where: string): Task {
  const found = findProblem(Definition, value);
  if (found) {
    const place = found.place === "" ? "the definition of a task" : `field \`${found.place}\``;
    throw badPlugin(where, `${place}: ${found.problem}`);
  }
  const task = value as Task; // what the schema has looked at
  if (task.answers.includes("classify") && !task.head) {
    throw badPlugin(where, "field `head`: expected what a classifier is like, since `answers` has classify");
  }
  const metrics = task.metrics.map((metric, i) => checkMetric(metric, `${where}: field \`metrics[${i}]\``));
  for (const [i, metric] of (task.furtherMetrics ?? []).entries()) {
    checkMetric(metric, `${where}: field \`furtherMetrics[${i}]\``);
  }
  try {
    requireOwnScores(metrics);
  } catch (cause) {
    throw badPlugin(where, `field \`metrics\`: ${(cause as Error).message}`);
  }
  const names = metrics.flatMap(({ scores }) => scores);
  if (names.includes(task.mainScore)) return task;
  throw badPlugin(
    where,
    `field \`mainScore\`: expected a score of the task's metrics, ${names.join(", ")}, found "${task.mainScore}"`,
  );
}

function badPlugin(where: string, problem: string): SimvlmError {
  return new SimvlmError("bad-plugin", `${where}: ${problem.replace(/\.$/, "")}.`);
}
