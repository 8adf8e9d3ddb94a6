import { requireFiniteLogits } from "../../decoding/finite-logits.js";
import { compile } from "../../engine/compile.js";
import { toNatives } from "../../layers/native.js";
import type { WeightArrays, Weights } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type { Classifier, Execution, TextPlaces } from "../vision-language-model.js";
import { buildHeadPasses } from "./head-batch.js";
import { classify, type Head, type HeadInputs } from "./heads.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** A head's passes by name, in the order in which their states stand side by side; types, since compile() takes trees. */
export type HeadPasses = Readonly<Record<string, { readonly [Key in keyof HeadInputs]: HeadInputs[Key] }>>;

/** Class scores by a compiled graph; it is compiled once for each size of a batch. */
export function createClassifier(
  weights: WeightArrays,
  head: Head,
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  places: TextPlaces,
  execution: Execution = {},
): Classifier {
  const natives = toNatives(weights);
  const run = (inputs: { readonly weights: Weights; readonly passes: HeadPasses }) =>
    classify(inputs.weights, Object.values(inputs.passes), config);
  return {
    async score(examples) {
      const built = Object.entries(buildHeadPasses(examples, head.passes, config, tokenizer, places));
      const passes = Object.fromEntries(built.map(([name, pass]) => [name, toNatives(pass)]));
      const inputs = { weights: natives, passes };
      const graph = await compile(run, inputs, execution);
      const scores = (await graph.run(inputs)).data as Float32Array;
      requireFiniteLogits(scores, "The scores of the classes");
      return scores;
    },
  };
}
