import { expect, test } from "vitest";
import { swapImages } from "../../../harness/tasks/shown-images.js";
import { completeSettings, type TaskExample } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";

const swapped = completeSettings(findTask("snli-ve"), { swapImages: true });
const show = (...pictures: string[][]): TaskExample[] =>
  pictures.map((images, i) => ({ id: String(i), images, prefix: "", targets: [] }));
const picturesOf = (examples: readonly TaskExample[]) => examples.map(({ images }) => images.join("+"));

test("claims about one picture are all given another picture", () => {
  const examples = show(["a"], ["a"], ["a"], ["b"], ["b"], ["c"], ["a"]);
  expect(picturesOf(swapImages(examples, swapped))).toEqual(["b", "b", "b", "c", "c", "a", "b"]);
  expect(swapImages(examples, completeSettings(findTask("snli-ve")))).toBe(examples);
});

test("pairs stay pairs, and an example without a picture stays without", () => {
  expect(picturesOf(swapImages(show(["a", "b"], [], ["a", "c"]), swapped))).toEqual(["a+c", "", "a+b"]);
});

test.each([
  ["one picture", show(["a"], ["a"], [])],
  ["no picture", show([], [])],
])("%s cannot be swapped", (_, examples) => {
  expect(() => swapImages(examples, swapped)).toThrow(/no two examples here show different ones/);
});
