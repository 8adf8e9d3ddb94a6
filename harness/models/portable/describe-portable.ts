import { hideHome } from "../../files/home.js";
import { planSearch } from "../captioner.js";
import type { VisionLanguageModel } from "../vision-language-model.js";
import type { PortableDescription, PortableGraphs, PortableShapes } from "./portable-model.js";

/** What a program that runs the graphs of a model has to know besides. @throws SimvlmError `bad-decoding-options` */
export function describePortable(
  model: VisionLanguageModel,
  shapes: PortableShapes,
  { cache, grid }: PortableGraphs,
): PortableDescription {
  const { source, trained, preparation, prompting, tokenizer } = model;
  const { settings, suppress } = planSearch(model, 0);
  return {
    source: hideHome(source),
    trained,
    ...shapes,
    preparation,
    prompting,
    tokenizer: tokenizer.file,
    vocabularySize: tokenizer.vocabSize,
    decoding: settings,
    suppress,
    grid,
    cache,
  };
}
