import { hideHome } from "../../files/home.js";
import { givenDecoding, planSearch } from "../captioner.js";
import type { VisionLanguageModel } from "../vision-language-model.js";
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
    source: hideHome(source),
    trained,
    ...shapes,
    ...made,
    preparation,
    prompting,
    tokenizer: { file, ...(pretrained && { pretrained }) },
    vocabularySize: tokenizer.vocabSize,
    decoding: givenDecoding(model, 0),
    suppress: planSearch(model, 0).suppress,
  };
}
