import { expect, test } from "vitest";
import { createFilePredictor } from "../../../harness/sources/predictions-file.js";
import { completeSettings, type TaskName } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";

const scratch = new Scratch();
const CLASSES: Partial<Record<TaskName, string[]>> = {
  nlvr2: ["False", "True"],
  "snli-ve": ["entailment", "neutral", "contradiction"],
  vqa: ["yes", "no"],
};

async function predict(name: TaskName, content: unknown, ids: readonly string[], ignored: readonly string[] = []) {
  const path = scratch.write("predictions", content);
  const examples = ids.map((id) => ({ id, images: [], prefix: "", targets: [] }));
  const data = { examples, files: [], classes: CLASSES[name] ?? [], ignored };
  const predictor = await createFilePredictor(path, findTask(name), data);
  return { outcomes: await predictor.predict(examples), predictor };
}

test.each<[TaskName, unknown, object[]]>([
  ["caption", [{ image_id: 7, caption: "a" }], [{ id: "7", prediction: "a" }]],
  [
    "caption",
    '{"id":"7","prediction":"a","logProbability":-2}\n{"id":"8","error":"no picture"}\n',
    [
      { id: "7", prediction: "a", logProbability: -2 },
      { id: "8", error: "the predictions file has no prediction for it" },
    ],
  ],
  ["vqa", [{ question_id: 7, answer: "a" }], [{ id: "7", prediction: "a" }]],
  ["nlvr2", "dev-1-0-0,true\n", [{ id: "dev-1-0-0", prediction: "True" }]],
  ["snli-ve", [{ pairID: "1#0", prediction: "Neutral" }], [{ id: "1#0", prediction: "neutral" }]],
  [
    "translate",
    "ein Hund\neine Katze\n",
    [
      { id: "1", prediction: "ein Hund" },
      { id: "2", prediction: "eine Katze" },
    ],
  ],
  ["complete", [{ id: 7, completion: "a" }], [{ id: "7", prediction: "a" }]],
])("%s in %j", async (task, content, expected) => {
  const ids = expected.map((outcome) => (outcome as { id: string }).id);
  const { outcomes, predictor } = await predict(task, content, ids);
  expect(outcomes).toEqual(expected);
  expect(predictor.description).toEqual({
    kind: "predictions",
    file: "predictions",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("an example that the file lacks has failed", async () => {
  const { outcomes } = await predict("caption", [{ image_id: 7, caption: "a" }], ["7", "8"]);
  expect(outcomes[1]).toEqual({ id: "8", error: "the predictions file has no prediction for it" });
});

test("SNLI-VE's pairs without a label may be predicted", async () => {
  const pair = { pairID: "1#0", Flickr30K_ID: "1", sentence2: "x", gold_label: "neutral" };
  const lines = [pair, { ...pair, pairID: "1#1", gold_label: "-" }];
  scratch.write("dev.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
  const task = findTask("snli-ve");
  const { ignored } = await task.load(scratch.path, completeSettings(task, { split: "dev" }));
  const { outcomes } = await predict("snli-ve", "1#0,neutral\n1#1,neutral\n", ["1#0"], ignored);
  expect(outcomes).toEqual([{ id: "1#0", prediction: "neutral" }]);
});

test.each<[string, TaskName, unknown, string]>([
  ["of another split", "caption", [{ image_id: 9, caption: "a" }], "unknown-predictions"],
  ["said twice", "caption", [7, 7].map((id) => ({ image_id: id, caption: "a" })), "duplicate-predictions"],
  ["none", "caption", "", "empty-predictions"],
  ["only failures", "caption", '{"id":"7","error":"x"}\n', "empty-predictions"],
  ["of another task", "vqa", [{ image_id: 7, caption: "a" }], "wrong-schema"],
  ["no class", "nlvr2", '{"id":"7","prediction":"perhaps"}\n', "bad-prediction"],
  ["more lines than sentences", "translate", "a\nb\n", "unknown-predictions"],
])("predictions that are refused: %s", async (_, task, content, code) => {
  await expect(predict(task, content, [task === "translate" ? "1" : "7"])).rejects.toMatchObject({ code });
});
