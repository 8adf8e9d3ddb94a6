import { captionTask } from "./caption.js";
import { toJson } from "./examples.js";
import type { Task } from "./task.js";

/** The share of a text that is given, in words, rounded up. */
const GIVEN = 0.3;

/**
 * Visual text completion (paper §4.3): a picture and the beginning of a text in the encoder, the rest is generated. The
 * texts are the first captions of a captions file, or one beginning for all (the prompt).
 */
export const completeTask: Task = {
  ...captionTask,
  name: "complete",
  async load(folder, settings) {
    const data = await captionTask.load(folder, settings);
    const { references: _, ...rest } = data;
    const examples = data.examples.map((example) => {
      if (settings.prompt !== undefined) return { ...example, targets: [] };
      const words = (example.targets[0] ?? "").split(" ");
      const given = Math.ceil(GIVEN * words.length);
      return { ...example, prefix: words.slice(0, given).join(" "), targets: [words.slice(given).join(" ")] };
    });
    return { ...rest, examples };
  },
  formatResults: (predictions) => toJson(predictions.map(({ id, prediction }) => ({ id, completion: prediction }))),
};
