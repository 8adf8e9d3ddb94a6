import { SimvlmError } from "@simvlm/metrics";
import type { Tensor as OrtTensor } from "onnxruntime-node";
import { requireFiniteLogits } from "../../decoding/finite-logits.js";
import { NativeTensor } from "../../engine/native-tensor.js";
import { flattenTree } from "../../engine/tree.js";

/** What an exported graph may differ from the compiled model by, of a tensor's largest value (or of 1). */
const TOLERANCE = 1e-4;

const isNative = (node: unknown): node is NativeTensor => node instanceof NativeTensor;

/** A tree of tensors as a graph takes them, by their paths. */
export function toFeeds(tree: unknown): Record<string, OrtTensor> {
  return Object.fromEntries(flattenTree(tree, isNative, "feeds").map(([name, { ort }]) => [name, ort]));
}

/**
 * The largest difference between what a model computes and what an exported graph gave.
 * @param expected a tree of tensors
 * @throws SimvlmError `not-finite-logits` where the model itself computes what is no number, or infinite
 * @param found by the paths in that tree; what is an input's name too ends in `:out`
 */
export function compareOutputs(expected: unknown, found: Readonly<Record<string, OrtTensor>>): number {
  const differences = flattenTree(expected, isNative, "results").map(([name, { data }]) => {
    requireFiniteLogits(data, `The model's ${name}`);
    const other = (found[name] ?? found[`${name}:out`])!.data as Float32Array;
    let scale = 1;
    let largest = 0;
    for (let i = 0; i < data.length; i++) {
      scale = Math.max(scale, Math.abs(data[i]!));
      // NaN must not pass for 0.
      const difference = Math.abs(data[i]! - other[i]!);
      if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
    }
    return largest / scale;
  });
  return Math.max(...differences);
}

/** @throws SimvlmError `export-differs` for a difference above 1e-4 */
export function requireAgreement(difference: number): void {
  if (difference <= TOLERANCE) return;
  throw new SimvlmError(
    "export-differs",
    `The exported graphs differ from the model by ${difference}, more than ${TOLERANCE}; nothing was written. ` +
      "Try the provider cpu; if they differ there too, this is a bug.",
  );
}
