import { SimvlmError } from "@simvlm/metrics";
import type { Decoder } from "../../decoding/decoder.js";
import { roundPlaces } from "../round-places.js";
import type { Execution, ModelExample } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import type { CaptionNetwork } from "./caption-network.js";
import { createSteps } from "./caption-steps.js";
import { createPictureReader, type HostMemory, type TakeAlong } from "./picture-reader.js";

/** Examples of a batch; questions in them have their special tokens around them. */
export type CaptionBatch = readonly ModelExample[];

/** Decoding with a graph for pictures, perhaps one for questions, and one for a step. */
export function createCaptionDecoder(
  { along, ...others }: CaptionNetwork,
  constants: WeightConstants,
  execution: Execution = {},
): Decoder<CaptionBatch> {
  // A graph that takes no tokens or many is for the CPU: the memory of a GPU is not what is short there.
  const isOnCpu = (execution.provider ?? "cpu") === "cpu";
  const network: CaptionNetwork = { ...others, ...(along && isOnCpu && { along }) };
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
      const rows = batch.length * beams;
      const places = roundPlaces(length, network.places);
      const shape = { batch: batch.length, keys: network.grid ** 2 + 1, masked: false, rows, places };
      // The head is the largest weight, and what is laid out of it is in memory twice for a moment: first of all, then.
      if (!network.ask) await steps.prepare(shape);
      const takeAlong: TakeAlong | undefined =
        network.along && ((picture, place) => steps.takeAlong(picture, place, shape));
      const memory = await reader.read(batch, takeAlong);
      return steps.open(memory, { ...shape, keys: countKeys(memory), masked: memory.mask !== undefined });
    },
  };
}

function countKeys({ layers }: HostMemory): number {
  return Object.values(layers)[0]!.values.shape[2]!;
}
