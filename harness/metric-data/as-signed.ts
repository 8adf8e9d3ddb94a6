import { type MetricDefinition, SimvlmError } from "@simvlm/metrics";
import { findPictureFault } from "../images/image-source.js";
import { needsSupply, supplyTables, type TableChoice } from "./supply-tables.js";

/** The signatures of results by their metrics' titles. */
type Signatures = Readonly<Record<string, string>>;

/** Which of the installed data and models metrics were computed with, as their signatures say. */
export function choiceOfSignatures(signatures: Signatures = {}): TableChoice {
  const clips = [signatures.CLIPScore, signatures.RefCLIPScore].map(nameOfData);
  return {
    paraphrases: !signatures.METEOR?.includes("|paraphrase:no|"),
    clipName: clips.find((name) => name !== undefined),
  };
}

/** What a signature calls the data or the model. */
function nameOfData(signature = ""): string | undefined {
  return /\|(?:data|model):([^|]*)/.exec(signature)?.[1];
}

/** What metrics are computed of, beside texts. */
export interface Beside {
  /** The files that some metrics look at. */
  readonly pictures: readonly string[];
  /** Which data and models are used, where that was said; default those that the signatures name. */
  readonly tables?: TableChoice | undefined;
}

/**
 * Why a metric cannot be computed again as its signature says: its data or its model are not here, or are others, or
 * pictures that it looks at are missing; undefined where it can.
 * @param signatures of all that was computed
 */
export async function whyNotAgain(
  metric: MetricDefinition,
  signatures: Signatures,
  { pictures, tables: given }: Beside,
): Promise<string | undefined> {
  if (!needsSupply(metric)) return undefined;
  const signature = signatures[metric.title ?? metric.name] ?? "";
  const choice = { ...choiceOfSignatures(signatures), ...given };
  try {
    const tables = await supplyTables([metric], choice);
    const { name, paraphrases } = tables![metric.name] as { readonly name: string; readonly paraphrases?: unknown };
    const then = nameOfData(signature) ?? name;
    if (then !== name) return `it was computed with ${then}, and ${name} is what is here.`;
    if (signature.includes("|paraphrase:yes|") && !paraphrases) return "its paraphrases are not installed here.";
  } catch (error) {
    if (error instanceof SimvlmError) return error.message;
    throw error;
  }
  return metric.needs?.includes("pictures") ? whyNotSeen(pictures) : undefined;
}

async function whyNotSeen(pictures: readonly string[]): Promise<string | undefined> {
  let missing = 0;
  for (const picture of pictures) missing += (await findPictureFault(picture)) ? 1 : 0;
  return missing === 0 ? undefined : `of its ${pictures.length} pictures ${missing} are not here.`;
}
