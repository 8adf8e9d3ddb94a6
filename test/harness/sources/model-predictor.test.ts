import { expect, test } from "vitest";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { completeSettings, type TaskData, type TaskExample } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { smallModel } from "../models/simvlm/small.js";

const task = findTask("caption");
const settings = completeSettings(task);

/** An example whose picture tells when it is read. */
function example(id: string, read: string[]): TaskExample {
  const bytes = new Uint8Array();
  const image = {
    name: id,
    get bytes() {
      read.push(id);
      return bytes;
    },
  };
  return { id, images: [image], targets: [] };
}

test("the pictures of what comes next are read once, while this is predicted", async () => {
  const read: string[] = [];
  const [first, second, third] = ["1", "2", "3"].map((id) => [example(id, read)]);
  const data: TaskData = { examples: [first, second, third].flatMap((batch) => batch!), files: [] };
  const predictor = createModelPredictor(smallModel(), task, data, { settings });
  const errors = (await predictor.predict(first!, second)).map((outcome) => ("error" in outcome ? outcome.id : "none"));
  expect(errors).toEqual(["1"]);
  const before = [...read];
  expect(new Set(before)).toEqual(new Set(["1", "2"]));
  expect(await predictor.predict(second!, third)).toMatchObject([
    { id: "2", error: expect.stringContaining("2 is not") },
  ]);
  expect(read.filter((id) => id === "2")).toEqual(before.filter((id) => id === "2"));
  expect(await predictor.predict(first!)).toMatchObject([{ id: "1" }]); // another batch than was announced
});
