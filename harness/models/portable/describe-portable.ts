import { givenDecoding, planSearch } from "../captioner.js";
import { listModelNames } from "../published/model-names.js";
import type { VisionLanguageModel } from "../vision-language-model.js";
import { precisionOf } from "../weight-precision.js";
import type { PortableDescription, PortableGraphs, PortableShapes } from "./portable-model.js";

/** What a program that runs the graphs of a model has to know besides. */
export function describePortable(
  model: VisionLanguageModel,
  shapes: PortableShapes,
  { graphs: _, weights: __, ...made }: PortableGraphs,
): PortableDescription {
  const { source, trained, preparation, prompting, tokenizer } = model;
  const { file, pretrained } = tokenizer;
  return {
    // The page is passed on: where the folder lies on this disk is nobody else's business.
    source: listModelNames(source, undefined)[0]?.name ?? source,
    trained,
    ...shapes,
    ...made,
    preparation,
    prompting,
    tokenizer: { file, ...(pretrained && { pretrained }) },
    vocabularySize: tokenizer.vocabSize,
    precision: precisionOf(model.description),
    decoding: givenDecoding(model, 0),
    suppress: planSearch(model, 0).suppress,
  };
}
