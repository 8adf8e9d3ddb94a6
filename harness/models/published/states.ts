import { compile, type MapTree, type NativeTensor } from "../../engine/index.js";
import type { Weights } from "../../layers/weights.js";
import type { Execution } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import { type CaptionNetwork, type GivenText, keepAll } from "./caption-network.js";

/**
 * All that a pass over given texts computes, by name: `vision.input`, each layer's output `vision.3.output` and attention
 * `vision.3.attention`, of the decoder also `decoder.3.cross`, and `logits` `[batch, length, vocabulary]`.
 */
export async function recordStates(
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  given: MapTree<GivenText, NativeTensor>,
  execution: Execution = {},
): Promise<Readonly<Record<string, NativeTensor>>> {
  const pass = (inputs: { weights: Weights; given: GivenText }): Weights => {
    const hooks = keepAll();
    const states = network.forward(inputs.weights, inputs.given, hooks); // [batch, length, width]
    return { ...hooks.kept, logits: network.logits(inputs.weights, states) };
  };
  const compiled = await compile(pass, { weights: signature, given }, { ...execution, constants, matrices });
  try {
    return await compiled.run({ weights: {}, given });
  } finally {
    await compiled.dispose();
  }
}
