import { NativeTensor, type TensorSpecification } from "../engine/index.js";
import type { HostTensor, ParameterShapes } from "./weights.js";

/** Weights where ONNX Runtime reads them, shared by every graph. */
export type NativeWeights = Readonly<Record<string, NativeTensor>>;

/** Wraps host tensors for compiled functions; their memory is shared, not copied. */
export function toNatives<Arrays extends { readonly [Name in keyof Arrays]: HostTensor }>(
  arrays: Arrays,
): { [Name in keyof Arrays]: NativeTensor } {
  const entries = Object.entries<HostTensor>(arrays).map(([name, { shape, data }]) => {
    return [name, NativeTensor.of(data, shape, data instanceof Int32Array ? "int32" : "float32")];
  });
  return Object.fromEntries(entries);
}

/** Weights as the signature of a compiled function has them. */
export function specifyWeights(shapes: ParameterShapes): Readonly<Record<string, TensorSpecification>> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}
