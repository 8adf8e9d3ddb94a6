import { bleuMetric, rougeMetric } from "@simvlm/metrics";
import { formatJsonResults, readCompletions } from "../formats/results.js";
import { captionTask } from "./caption-task.js";
import { defineTask, type TaskExample } from "./task.js";

/** The share of a text that is given, in words, rounded up. */
const GIVEN = 0.3;

/**
 * Visual text completion (paper §4.3): a picture and the beginning of a text in the encoder, the rest is generated. The
 * texts are the first captions of a captions file, or one beginning for all (the prompt). There is no official format.
 */
export const completeTask = defineTask({
  name: "complete",
  modalities: ["image", "none"],
  answers: ["generate"],
  maxLength: 40,
  options: ["language", "prompt"],
  async load(folder, settings) {
    const { references: _, facts: __, ...data } = await captionTask.load(folder, settings);
    return { ...data, examples: data.examples.map((example) => begin(example, settings.prompt)) };
  },
  listSplits: (folder) => captionTask.listSplits!(folder),
  instruct: ({ prefix = "" }) =>
    `This text describes the picture and breaks off. Write the rest of the sentence:\n${prefix}\n` +
    "Answer with the rest alone, without repeating the beginning.",
  formatResults: (predictions) =>
    formatJsonResults(predictions, ({ id, prediction }) => ({ id, completion: prediction })),
  readResults: async (path, options) =>
    (await readCompletions(path, options)).map(({ id, completion }) => ({ id, prediction: completion })),
  resultsName: "results.json",
  metrics: [bleuMetric, rougeMetric],
  furtherMetrics: [],
  mainScore: "ROUGE_L",
  countsChanges: true,
  sharedSettings: ["prompt"],
});

/** A text with nothing left to say after its beginning is not scored. */
function begin({ id, images, targets }: TaskExample, prompt: string | undefined): TaskExample {
  if (prompt !== undefined) return { id, images, prefix: prompt, targets: [], asked: prompt };
  const words = (targets[0] ?? "").split(" ");
  const given = Math.ceil(GIVEN * words.length);
  const [beginning, rest] = [words.slice(0, given).join(" "), words.slice(given).join(" ")];
  const references = rest === "" ? undefined : [rest];
  return { id, images, prefix: beginning, targets: [rest], asked: beginning, references };
}
