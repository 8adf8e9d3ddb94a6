import { SimvlmError } from "@simvlm/metrics";
import { type MapTree, NativeTensor } from "../../engine/index.js";
import { MASKED } from "../../layers/masks.js";
import { roundPlaces } from "../round-places.js";
import type { ModelExample } from "../vision-language-model.js";
import type { CaptionNetwork, Question } from "./caption-network.js";

/** A question as a graph takes it: `[1, length]` each. */
export type NativeQuestion = MapTree<Question, NativeTensor>;

/** Questions are padded to a multiple of this, so that few graphs serve all. */
const QUESTION_STEP = 8;

/** Questions `[1, length]` each, padded to one length. @throws SimvlmError `text-too-long` */
export function padQuestions(examples: readonly ModelExample[], { places }: CaptionNetwork): NativeQuestion[] {
  const longest = Math.max(...examples.map(({ prompt }) => prompt.length));
  if (longest > places) {
    throw new SimvlmError(
      "text-too-long",
      `A question of ${longest} tokens, but the model reads ${places}. Shorten it.`,
    );
  }
  const length = roundPlaces(longest, places, QUESTION_STEP);
  return examples.map(({ prompt }) => {
    const tokens = new Int32Array(length);
    tokens.set(prompt);
    const mask = new Float32Array(length).fill(1, 0, prompt.length);
    return { tokens: NativeTensor.of(tokens, [1, length], "int32"), mask: NativeTensor.of(mask, [1, length]) };
  });
}

/** What hides the padding of questions: `[batch, 1, 1, length]`, added to scores. */
export function hidePadding(questions: readonly NativeQuestion[]): NativeTensor {
  const visible = questions.flatMap(({ mask }) => Array.from(mask.data));
  const hidden = Float32Array.from(visible, (one) => (one === 1 ? 0 : MASKED));
  return NativeTensor.of(hidden, [questions.length, 1, 1, visible.length / questions.length]);
}
