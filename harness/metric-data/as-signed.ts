import { type MeteorResources, type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { needsInstalledData, supplyTables, type TableChoice } from "./supply-tables.js";

/** Which of the installed data METEOR was computed with, as its signature says. */
export function choiceOfSignature(signature = ""): TableChoice {
  return { paraphrases: !signature.includes("|paraphrase:no|") };
}

/**
 * Why a metric cannot be computed again as its signature says: its data are not here, or are others; undefined where it
 * can.
 */
export async function whyNotAgain(metric: MetricDefinition, signature = ""): Promise<string | undefined> {
  if (!needsInstalledData(metric)) return undefined;
  const choice = choiceOfSignature(signature);
  try {
    const tables = await supplyTables([metric], choice);
    const { name, paraphrases } = tables![metric.name] as MeteorResources;
    const [, then = name] = /\|data:([^|]*)/.exec(signature) ?? [];
    if (then !== name) return `it was computed with the data ${then}, and ${name} are installed here.`;
    if (choice.paraphrases && !paraphrases && signature !== "") return "its paraphrases are not installed here.";
    return undefined;
  } catch (error) {
    if (error instanceof SimvlmError) return error.message;
    throw error;
  }
}
