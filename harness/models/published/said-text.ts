import { SimvlmError } from "@simvlm/metrics";
import { type MapTree, NativeTensor } from "../../engine/index.js";
import type { SaidText } from "../attention-maps.js";
import { roundPlaces } from "../round-places.js";
import type { CaptionBatch } from "./caption-decoder.js";
import type { CaptionNetwork, GivenText } from "./caption-network.js";
import { padQuestions } from "./question-batch.js";

/** A text of one example as the network takes it, and which of its places chose the tokens that are asked about. */
export interface GivenSaid {
  readonly given: MapTree<GivenText, NativeTensor>;
  /** Tokens of the text, start and prompt included, padding and the last word not: nothing looks at that. */
  readonly length: number;
  /** Tokens of the prompt within the text; 0 where it is a question beside it. */
  readonly prompt: number;
}

/**
 * @param toBatch puts special tokens around a question
 * @throws SimvlmError `no-image`, `text-too-long`
 */
export function giveSaid(
  { example, tokens }: SaidText,
  network: CaptionNetwork,
  startId: number,
  toBatch: (examples: CaptionBatch) => CaptionBatch,
): GivenSaid {
  const { imageSize: side, places } = network;
  if (!example.image) throw new SimvlmError("no-image", "There is no picture in the prefix to show attention on.");
  const prompt = network.ask ? [] : example.prompt;
  const text = [startId, ...prompt, ...tokens.slice(0, -1)];
  if (text.length > places) {
    throw new SimvlmError(
      "text-too-long",
      `A text of ${text.length} tokens, but the model has ${places} text positions.`,
    );
  }
  const padded = new Int32Array(roundPlaces(text.length, places));
  padded.fill(text.at(-1)!).set(text);
  return {
    given: {
      images: NativeTensor.of(example.image, [1, side, side, 3]),
      tokens: NativeTensor.of(padded, [1, padded.length], "int32"),
      ...(network.ask && { question: padQuestions(toBatch([example]), network)[0]! }),
    },
    length: text.length,
    prompt: prompt.length,
  };
}

/** The same text so many times, `[rows, length]`. */
export function repeatTokens({ data }: NativeTensor, rows: number): NativeTensor {
  const all = new Int32Array(rows * data.length);
  for (let row = 0; row < rows; row++) all.set(data as Int32Array, row * data.length);
  return NativeTensor.of(all, [rows, data.length], "int32");
}
