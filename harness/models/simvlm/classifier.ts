import { requireFiniteLogits } from "../../decoding/finite-logits.js";
import { type CompileOptions, compile } from "../../engine/compile.js";
import { type NativeWeights, specifyWeights, toNatives } from "../../layers/native.js";
import type { Weights } from "../../layers/weights.js";
import type { Tokenizer } from "../../text/assemble-tokenizer.js";
import type { Classifier, TextPlaces } from "../vision-language-model.js";
import { buildHeadPasses } from "./head-batch.js";
import { classify, type Head, type HeadInputs } from "./heads.js";
import { checkpointShapes } from "./simvlm-checkpoint.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** A head's passes by name, in the order in which their states stand side by side; types, since compile() takes trees. */
export type HeadPasses = Readonly<Record<string, { readonly [Key in keyof HeadInputs]: HeadInputs[Key] }>>;

/**
 * Class scores by a compiled graph; it is compiled once for each size of a batch.
 * @param weights the head's too, but for those that `options.constants` has
 */
export function createClassifier(
  weights: NativeWeights,
  head: Head,
  config: SimVLMConfig,
  tokenizer: Tokenizer,
  places: TextPlaces,
  options: CompileOptions = {},
): Classifier {
  const signature = specifyWeights(checkpointShapes(config, head));
  const run = (inputs: { readonly weights: Weights; readonly passes: HeadPasses }) =>
    classify(inputs.weights, Object.values(inputs.passes), config);
  return {
    async score(examples) {
      const built = Object.entries(buildHeadPasses(examples, head.passes, config, tokenizer, places));
      const passes = Object.fromEntries(built.map(([name, pass]) => [name, toNatives(pass)]));
      const graph = await compile(run, { weights: signature, passes }, options);
      const scores = (await graph.run({ weights, passes })).data as Float32Array;
      requireFiniteLogits(scores, "The scores of the classes");
      return scores;
    },
  };
}
