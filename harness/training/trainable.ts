import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FILES } from "../checkpoints/checkpoint.js";
import { type OpenedModel, openCheckpoint } from "../checkpoints/open.js";

/** A checkpoint to train further, with the text of its `tokenizer.json`, which the trained one gets too. */
export type TrainableModel = OpenedModel & { readonly tokenizerFile: string };

/** @throws SimvlmError what `openCheckpoint` throws */
export async function openTrainable(checkpoint: string): Promise<TrainableModel> {
  const model = await openCheckpoint(checkpoint);
  return { ...model, tokenizerFile: await readFile(join(checkpoint, FILES.tokenizer), "utf8") };
}
