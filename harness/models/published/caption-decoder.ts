import { SimvlmError } from "@simvlm/metrics";
import type { Decoder } from "../../decoding/decoder.js";
import type { Execution, ModelExample } from "../vision-language-model.js";
import type { CaptionNetwork } from "./caption-network.js";
import { createSteps } from "./caption-steps.js";
import { createPictureReader } from "./picture-reader.js";
import type { WeightConstants } from "./weight-constants.js";

/** Texts' places are rounded up to a multiple of this, so that few graphs serve all lengths. */
const LENGTH_STEP = 16;

/** Examples of a batch; questions in them have their special tokens around them. */
export type CaptionBatch = readonly ModelExample[];

/** Decoding with a graph for pictures, perhaps one for questions, and one for a step. */
export function createCaptionDecoder(
  network: CaptionNetwork,
  constants: WeightConstants,
  execution: Execution = {},
): Decoder<CaptionBatch> {
  const reader = createPictureReader(network, constants, execution);
  const steps = createSteps(network, constants, execution);
  return {
    vocabularySize: network.vocabularySize,
    countExamples: (batch) => batch.length,
    async encode(batch, { beams, length }) {
      if (length > network.places) {
        throw new SimvlmError(
          "text-too-long",
          `A text of ${length} tokens, but the model has ${network.places} text positions. Shorten it, or lower maxLength.`,
        );
      }
      const memory = await reader.read(batch);
      const places = Math.min(Math.ceil(length / LENGTH_STEP) * LENGTH_STEP, network.places);
      return steps.open(memory, batch.length * beams, places);
    },
  };
}
