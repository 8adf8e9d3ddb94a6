import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { under, type Weights } from "../../layers/weights.js";
import type { Context } from "./context.js";
import { embedImages } from "./image.js";
import type { PrefixInputs } from "./inputs.js";
import type { SimVLMConfig } from "./simvlm-config.js";

/** The prefix before the first layer, image tokens first. */
export interface Prefix {
  /** `[batch, prefix, width]` */
  readonly tokens: tf.Tensor;
  /** `[batch, prefix]`: 1 for a token that may be looked at, 0 for padding and for a picture that the row lacks. */
  readonly visible: tf.Tensor;
  readonly imageTokens: number;
  readonly textTokens: number;
}

/** @throws SimvlmError `empty-prefix` when a batch has neither pictures nor text */
export function embedPrefix(inputs: PrefixInputs, { weights, config, noise, keep }: Context): Prefix {
  const parts: Pick<Prefix, "tokens" | "visible">[] = [];
  const batch = (inputs.prefixTokens ?? inputs.imageMask ?? inputs.images)?.shape[0];
  if (batch === undefined) {
    throw new SimvlmError("empty-prefix", "The batch has neither images nor prefix tokens; give at least one of them.");
  }
  if (inputs.images) {
    const images = embedImages(inputs.images, weights, config, noise); // [images, imageTokens, width]
    const without = batch - images.shape[0]!;
    const tokens =
      without > 0
        ? tf.pad(images, [
            [0, without],
            [0, 0],
            [0, 0],
          ])
        : images; // [batch, imageTokens, width]
    const mask = inputs.imageMask ?? tf.ones([batch]); // [batch]
    const visible = tf.mul(tf.reshape(mask, [batch, 1]), tf.ones([1, tokens.shape[1]!])); // [batch, imageTokens]
    parts.push({ tokens, visible });
  }
  const imageTokens = parts[0]?.tokens.shape[1] ?? 0;
  if (inputs.prefixTokens) {
    const tokens = embedText(inputs.prefixTokens, weights, config); // [batch, textTokens, width]
    parts.push({ tokens, visible: inputs.prefixMask ?? tf.ones(inputs.prefixTokens.shape) });
  }
  const tokens = joinKeys(parts.map((part) => part.tokens)); // [batch, prefix, width]
  const visible = joinKeys(parts.map((part) => part.visible)); // [batch, prefix]
  keep("prefix", tokens);
  return { tokens, visible, imageTokens, textTokens: tokens.shape[1]! - imageTokens };
}

function joinKeys(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.length > 1 ? tf.concat([...parts], 1) : parts[0]!; // [batch, prefix, ...]
}

/**
 * Words with their positions.
 * @param tokens `[batch, length]` int32
 * @param first `[batch]` int32, the position of each row's first token; left out, 0
 * @returns `[batch, length, width]`
 */
export function embedText(tokens: tf.Tensor, weights: Weights, config: SimVLMConfig, first?: tf.Tensor): tf.Tensor {
  const [batch, length] = tokens.shape as [number, number];
  requirePositions(length, config);
  const lookup = under(weights, "text");
  const words = tf.gather(lookup("embedding"), tokens as tf.Tensor2D); // [batch, length, width]
  if (!first) return tf.add(words, tf.slice(lookup("positions"), [0, 0], [length, config.width])); // [batch, length, width]
  const places = tf.add(tf.reshape(first, [batch, 1]), tf.range(0, length, 1, "int32")); // [batch, length]
  return tf.add(words, tf.gather(lookup("positions"), places as tf.Tensor2D)); // [batch, length, width]
}

/** How many tokens of text each row's prefix has, `[batch]` int32. */
export function prefixLengths(inputs: PrefixInputs, batch: number): tf.Tensor {
  if (!inputs.prefixTokens) return tf.zeros([batch], "int32"); // [batch]
  const mask = inputs.prefixMask ?? tf.ones(inputs.prefixTokens.shape); // [batch, prefix]
  return tf.cast(tf.sum(mask, 1), "int32"); // [batch]
}

/** @throws SimvlmError `text-too-long` when the model has fewer text positions */
export function requirePositions(length: number, config: SimVLMConfig): void {
  if (length <= config.textLength) return;
  throw new SimvlmError(
    "text-too-long",
    `A text of ${length} tokens, but the model has ${config.textLength} text positions. Shorten it, or lower maxLength.`,
  );
}
