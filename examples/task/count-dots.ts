import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { accuracyMetric, defineMetric, SimvlmError } from "@simvlm/metrics";
import { defineTask } from "simvlm/tasks";

/** A line of the made-up data set: how many dots of a colour a picture shows. */
interface Line {
  readonly id: string;
  readonly picture: string;
  readonly colour: string;
  readonly dots: number;
}

/** @throws SimvlmError `missing-file`, `not-json` */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new SimvlmError("missing-file", `${path} cannot be read: ${cause.message}. Check the path.`, { cause });
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SimvlmError("not-json", `${path} is not JSON: ${(cause as Error).message}.`, { cause });
  }
}

/** What a prediction of a line is scored against, and the groups it belongs to. */
const truthOf = ({ id, colour, dots }: Line) => ({ id, references: [String(dots)], groups: { colour } });

/** By how many the answers are off, on average; an answer that is no number is off by the number itself. */
const countError = defineMetric({
  name: "count-error",
  scores: ["count_error"],
  columns: ["off by", "examples"],
  statistics({ prediction, references }) {
    const said = /\d+/.exec(prediction)?.[0];
    return [Math.abs(Number(said ?? 0) - Number(references[0])), 1];
  },
  scoresFromSums: ([off, examples]) => [off! / examples!],
});

/** How many dots are there? The answer is generated. */
const countDots = defineTask({
  name: "count-dots",
  modalities: ["image", "none"],
  answers: ["generate"],
  maxLength: 4,
  async load(folder, { split, modality }) {
    const file = join(folder, `${split}.json`);
    const lines = (await readJson(file)) as Line[];
    const examples = lines.map((line) => {
      const asked = `how many ${line.colour} dots`;
      return {
        ...truthOf(line),
        images: modality === "image" ? [join(folder, "images", line.picture)] : [],
        prefix: asked,
        targets: [String(line.dots)],
        asked,
      };
    });
    return { examples, files: [file], references: file, classes: [] };
  },
  readReferences: async (path) => ({ examples: ((await readJson(path)) as Line[]).map(truthOf) }),
  instruct: ({ prefix }) => `${prefix}? Answer with a number alone.`,
  resultsName: "counts.json",
  formatResults: (predictions) =>
    `${JSON.stringify(Object.fromEntries(predictions.map(({ id, prediction }) => [id, prediction])))}\n`,
  async readResults(path) {
    const counts = (await readJson(path)) as Record<string, string>;
    return Object.entries(counts).map(([id, prediction]) => ({ id, prediction }));
  },
  metrics: [accuracyMetric, countError],
  mainScore: "accuracy",
  groupings: [{ by: "colour" }],
});

export default [countError, countDots];
