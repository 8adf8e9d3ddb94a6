import * as tf from "@tensorflow/tfjs-core";
import type { CaseTable } from "./case.js";
import { computationCases } from "./computation.js";
import { elementwiseCases } from "./elementwise.js";
import { imageCases } from "./images.js";
import { structureCases } from "./structure.js";

export const CASES: CaseTable = { ...elementwiseCases, ...structureCases, ...computationCases, ...imageCases };

export type Tensors = Record<string, tf.Tensor>;

/** Calls a kernel of the current backend; inputs named 0, 1, … are a list. */
export function runKernel(name: string, inputs: Tensors, attributes: object): Tensors {
  const given = "0" in inputs ? (Object.values(inputs) as unknown as Tensors) : inputs;
  const outputs = tf.engine().runKernel(name, given, attributes as tf.NamedAttrMap) as tf.Tensor | tf.Tensor[];
  return Object.fromEntries([outputs].flat().map((output, i) => [`output${i}`, output]));
}
