import { beforeEach, expect, test, vi } from "vitest";
import { loadImages } from "../../../harness/images/load-image.js";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { completeSettings, type TaskExample } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { smallModel } from "../models/simvlm/small.js";

vi.mock(import("../../../harness/images/load-image.js"), async (original) => {
  const actual = await original();
  return { ...actual, loadImages: vi.fn(actual.loadImages) };
});

const task = findTask("caption");
const settings = completeSettings(task);
const [first, second, third] = ["1", "2", "3"].map((id): TaskExample[] => [
  { id, images: [`no/such/${id}.jpg`], targets: [] },
]) as [TaskExample[], TaskExample[], TaskExample[]];
const data = { examples: [...first, ...second, ...third], files: [], classes: [] };

const listLoaded = () => vi.mocked(loadImages).mock.calls.map(([sources]) => sources);

beforeEach(() => {
  vi.mocked(loadImages).mockClear();
});

test("the pictures of what comes next are loaded once, while this is predicted", async () => {
  const predictor = createModelPredictor(smallModel(), task, data, { settings });
  const failure = (id: string) => [{ id, error: expect.stringContaining(`no/such/${id}.jpg`) }];
  expect(await predictor.predict(first, second)).toEqual(failure("1"));
  expect(listLoaded()).toEqual([["no/such/1.jpg"], ["no/such/2.jpg"]]);
  expect(await predictor.predict(second, third)).toEqual(failure("2"));
  expect(listLoaded()).toEqual([["no/such/1.jpg"], ["no/such/2.jpg"], ["no/such/3.jpg"]]);
});

test("what was loaded for another batch than is asked is left alone", async () => {
  const predictor = createModelPredictor(smallModel(), task, data, { settings });
  await predictor.predict(first, second);
  expect(await predictor.predict(third)).toMatchObject([{ id: "3" }]);
  expect(listLoaded()).toEqual([["no/such/1.jpg"], ["no/such/2.jpg"], ["no/such/3.jpg"]]);
});
