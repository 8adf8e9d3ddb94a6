import { chairMetrics, SimvlmError } from "@simvlm/metrics";
import { readText } from "../files/text.js";
import { findOptionalDataFile } from "../formats/data-files.js";
import { listIds } from "../formats/ids.js";
import { INSTANCES_NAMES, readInstances } from "../formats/instances.js";
import { captionTask } from "./caption-task.js";
import { defineTask, type ReferenceSet, type Truth } from "./task.js";

const SYNONYMS = "synonyms.txt";

/** Captions of pictures whose objects are known: which of the objects that a caption names are not there? */
export const chairTask = defineTask({
  ...captionTask,
  name: "chair",
  options: ["language", "prompt", "instances", "synonyms"],
  async load(folder, settings) {
    const data = await captionTask.load(folder, settings);
    const instances = findOptionalDataFile(folder, settings.split, INSTANCES_NAMES);
    if (instances === undefined) {
      throw new SimvlmError(
        "missing-file",
        `${folder} does not say what its pictures show: looked for ${INSTANCES_NAMES.map((name) => name.replace("SPLIT", settings.split)).join(", ")}. Put COCO's instances there.`,
      );
    }
    const synonyms = findOptionalDataFile(folder, settings.split, [SYNONYMS]);
    const files = [...data.files, ...[instances, synonyms].filter((file) => file !== undefined)];
    return { ...data, ...(await addInstances(data.examples, instances, synonyms)), files };
  },
  async readReferences(path, { instances, synonyms, ...more } = {}) {
    const data = await captionTask.readReferences!(path, more);
    if (instances === undefined) {
      throw new SimvlmError("bad-option", `${path} does not say what its pictures show: name COCO's instances, too.`);
    }
    return { ...data, ...(await addInstances(data.examples, instances, synonyms)) };
  },
  metrics: chairMetrics.slice(0, 1),
  furtherMetrics: [...chairMetrics.slice(1), ...captionTask.metrics, ...captionTask.furtherMetrics!],
  mainScore: "object_precision",
  groupings: [],
  scoreNote: "Of CHAIRs and CHAIRi, less is better; papers print them from 0 to 100, as chair-lmms-eval has them.",
});

async function addInstances<Example extends Truth>(
  examples: readonly Example[],
  path: string,
  synonyms: string | undefined,
): Promise<{ readonly examples: readonly Example[]; readonly tables: ReferenceSet["tables"] }> {
  const { byImage, synonyms: own } = await readInstances(path);
  const missing = examples.filter(({ id }) => !byImage.has(id)).map(({ id }) => id);
  if (missing.length > 0) {
    throw new SimvlmError(
      "missing-instances",
      `${path} has no image ${listIds(missing)}: it belongs to another split than the captions.`,
    );
  }
  const list = synonyms === undefined ? own : await readText(synonyms);
  return {
    examples: examples.map((example) => ({ ...example, instances: byImage.get(example.id)! })),
    ...(list === undefined ? { tables: undefined } : { tables: { synonyms: list } }),
  };
}
