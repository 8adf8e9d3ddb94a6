import { z } from "zod";
import { checkReturned, inherit, Text } from "../files/plugin-values.js";
import type { Task } from "../tasks/task.js";

const Texts = z.array(z.string());

const truth = {
  id: Text,
  references: Texts.optional(),
  groups: z.record(z.string(), z.string().optional()).optional(),
  cluster: z.string().optional(),
  answers: z.array(z.looseObject({ answer: z.string() })).optional(),
  choices: Texts.optional(),
  instances: Texts.optional(),
  pictures: Texts.optional(),
  asked: z.string().optional(),
};

/** A list in which no id comes twice. */
function listOf<Example extends z.ZodType<{ id: string }>>(example: Example) {
  return z.array(example).superRefine((examples, context) => {
    const seen = new Set<string>();
    for (const [i, { id }] of examples.entries()) {
      if (seen.has(id)) context.addIssue({ code: "custom", path: [i, "id"], message: `"${id}" is there twice` });
      seen.add(id);
    }
  });
}

const Data = z.looseObject({
  examples: listOf(
    z.looseObject({
      ...truth,
      images: Texts,
      prefix: z.string().optional(),
      targets: Texts,
      statement: z.string().optional(),
      classScores: z.array(z.number()).optional(),
    }),
  ),
  ignored: Texts.optional(),
  files: Texts,
  references: z.string().optional(),
  classes: Texts,
  facts: z.string().optional(),
  unreferenced: Texts.optional(),
  format: z.looseObject({ name: z.string() }).optional(),
  imageRoot: z.string().optional(),
});

const References = z.looseObject({
  examples: listOf(z.looseObject(truth)),
  ignored: Texts.optional(),
  unreferenced: Texts.optional(),
  format: z.looseObject({ name: z.string() }).optional(),
});

const Predictions = z.array(z.looseObject({ id: Text, prediction: z.string(), logProbability: z.number().optional() }));

const guarded = new WeakMap<Task, Task>();

/** A plug-in's task, whose functions' results are checked as they come; the same for the same task. */
export function guardTask(task: Task): Task {
  const known = guarded.get(task);
  if (known) return known;
  const what = (field: string) => `The task ${task.name}: ${field}`;
  const checks: Partial<Task> = {
    load: async (folder, settings) => checkReturned(Data, await task.load(folder, settings), what("load")),
    readResults: async (path, options) =>
      checkReturned(Predictions, await task.readResults(path, options), what("readResults")),
    ...(task.listSplits && {
      listSplits: async (folder) => checkReturned(Texts, await task.listSplits!(folder), what("listSplits")),
    }),
    formatResults: (predictions) => checkReturned(z.string(), task.formatResults(predictions), what("formatResults")),
    ...(task.readReferences && {
      readReferences: async (path, more) =>
        checkReturned(References, await task.readReferences!(path, more), what("readReferences")),
    }),
  };
  const guard = inherit(task, checks);
  guarded.set(task, guard);
  return guard;
}
