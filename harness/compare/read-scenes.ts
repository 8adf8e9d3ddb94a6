import { SimvlmError } from "@simvlm/metrics";
import { listIds } from "../formats/ids.js";
import { readFacts } from "../toybox/facts-file.js";
import type { Scenes } from "./fact-scores.js";

/** @throws SimvlmError `missing-facts`, and what `readFacts` throws */
export async function readScenes(path: string, ids: readonly string[]): Promise<Scenes> {
  const facts = await readFacts(path);
  const missing = ids.filter((id) => !facts.has(id));
  if (missing.length === 0) return ids.map((id) => facts.get(id)!);
  throw new SimvlmError(
    "missing-facts",
    `${path} says nothing about image ${listIds(missing)}: it belongs to another split. Restore it, or remove it to compare without facts.`,
  );
}
