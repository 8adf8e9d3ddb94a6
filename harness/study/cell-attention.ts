import { join } from "node:path";
import { z } from "zod";
import { explore } from "../attention/explore.js";
import { measureFaithfulness } from "../attention/faithfulness/measure.js";
import { sumUp } from "../attention/faithfulness/summary.js";
import { listWordMaps, mapWords, methodOf } from "../attention/word-maps.js";
import { findOptionalDataFile } from "../formats/data-files.js";
import { readSegments } from "../formats/segments.js";
import type { VisionLanguageModel } from "../models/vision-language-model.js";
import { captionTask } from "../tasks/caption-task.js";
import { completeSettings } from "../tasks/task.js";

/** Which pictures a study's pretrained models are looked at with. */
export interface AttentionPlan {
  /** The folder of a data set of captions, below that of the study's data. */
  readonly data: string;
  readonly split: string;
  /** How many pictures, the first ones. */
  readonly pictures: number;
}

const Measured = z.object({ score: z.number(), low: z.number(), high: z.number() });

/** Where a pretrained model looks: how far its maps can be believed, and those of one picture's reference caption. */
export const CellAttentionSchema = z.object({
  pictures: z.int(),
  words: z.int(),
  maps: z.array(z.object({ map: z.string(), measures: z.record(z.string(), Measured) })),
  shown: z.object({
    /** The example's id. */
    id: z.string(),
    caption: z.string(),
    /** Patches a side. */
    grid: z.int(),
    /** Of each word, by map, the patches row by row. */
    words: z.array(z.object({ word: z.string(), maps: z.record(z.string(), z.array(z.number())) })),
  }),
});
/** Where a pretrained model looks. */
export type CellAttention = z.output<typeof CellAttentionSchema>;

/**
 * Measures the maps of a model's own captions, and shows those of a caption that is the same for all models.
 * @param folder that the plan's data lie in
 * @param onPicture is called when a picture is done
 * @returns undefined where no caption has a word
 * @throws SimvlmError what reading the data and `measureFaithfulness` throw
 */
export async function lookAtCell(
  model: VisionLanguageModel,
  { data, split, pictures: count }: AttentionPlan,
  folder: string,
  onPicture: () => void,
): Promise<CellAttention | undefined> {
  const place = join(folder, data);
  const { examples } = await captionTask.load(place, completeSettings(captionTask, { split }));
  const masks = findOptionalDataFile(place, split, ["masks-SPLIT.json"]);
  const segments = masks === undefined ? undefined : await readSegments(masks);
  const chosen = examples.slice(0, count);
  const pictures = chosen.map(({ id, images }) => ({ picture: images[0]!, segments: segments?.of(id) }));
  const trials = await measureFaithfulness(model, pictures, { synonyms: segments?.synonyms, onPicture });
  if (trials.length === 0) return undefined;
  const { words, maps } = sumUp(trials);
  return {
    pictures: trials.length,
    words,
    maps: maps.map(({ map, measures }) => ({
      map,
      measures: Object.fromEntries(
        Object.entries(measures).map(([name, { score, low, high }]) => [name, { score, low, high }]),
      ),
    })),
    shown: await show(model, chosen[0]!.id, pictures[0]!.picture, chosen[0]!.references?.[0] ?? trials[0]!.caption),
  };
}

const DIGITS = 1e4;

async function show(
  model: VisionLanguageModel,
  id: string,
  picture: string,
  caption: string,
): Promise<CellAttention["shown"]> {
  const maps = listWordMaps(model.attention!);
  const methods = maps.flatMap((map) => methodOf(map) ?? []);
  const looks = await explore(model, picture, { caption, methods, control: false });
  const mapped = maps.map((map) => mapWords(looks, looks.words, map));
  const words = looks.words.map(({ text: word }, i) => ({
    word,
    maps: Object.fromEntries(
      maps.map((map, k) => [map, Array.from(mapped[k]![i]!.map, (share) => Math.round(share * DIGITS) / DIGITS)]),
    ),
  }));
  return { id, caption, grid: Math.sqrt(mapped[0]![0]!.map.length), words };
}
