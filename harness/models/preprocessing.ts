import { SimvlmError } from "@simvlm/metrics";
import type { Preprocessing } from "../images/preparation.js";
import type { VisionLanguageModel } from "./vision-language-model.js";

/**
 * The same model, shown its pictures in the mode that is asked for; as it is where none is.
 * @throws SimvlmError `bad-option` for `reference` of a model that has no choice, since its pictures are always upright
 */
export function withPreprocessing<Batch>(
  model: VisionLanguageModel<Batch>,
  preprocessing: Preprocessing | undefined,
): VisionLanguageModel<Batch> {
  const { preparation, source } = model;
  if (preprocessing === undefined) return model;
  if (preparation.preprocessing !== undefined) return { ...model, preparation: { ...preparation, preprocessing } };
  if (preprocessing === "upright") return model;
  throw new SimvlmError(
    "bad-option",
    `${source} has no ${preprocessing} preprocessing: its pictures are always turned upright. Leave the choice out.`,
  );
}
