import { SimvlmError } from "@simvlm/metrics";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/** A model's weights by name. */
export type Weights = Readonly<Record<string, Tensor>>;

/** A tensor outside any backend: its numbers row by row. */
export interface HostTensor<Data extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** How weights are initialised, stored and handed over. */
export type WeightArray = HostTensor<Float32Array>;

/** A model's weights in host memory, by name. */
export type WeightArrays = Readonly<Record<string, WeightArray>>;

/** Name → shape of every weight, in the order in which the forward pass uses them. */
export type ParameterShapes = Readonly<Record<string, readonly number[]>>;

/** Gives the weight of this name below the prefix it was made for. */
export type Lookup = (name: string) => Tensor;

/** A block's view of the weights: `under(weights, "encoder.3")("mlp.input.kernel")`. */
export function under(weights: Weights, prefix: string): Lookup {
  return (name) => {
    const weight = weights[`${prefix}.${name}`];
    if (weight) return weight;
    throw new SimvlmError(
      "missing-weight",
      `The weights lack "${prefix}.${name}". They must be those of the config in use, by the names that its family declares.`,
    );
  };
}

/** Put tensors on the current tfjs backend. The caller disposes of them. */
export function toTensors<Arrays extends { readonly [Name in keyof Arrays]: HostTensor }>(
  arrays: Arrays,
): { [Name in keyof Arrays]: Tensor } {
  const entries = Object.entries<HostTensor>(arrays).map(([name, { shape, data }]) => {
    return [name, tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32")];
  });
  return Object.fromEntries(entries);
}

/** Read weights back from their backend. */
export async function toArrays(weights: Weights): Promise<WeightArrays> {
  const entries = Object.entries(weights).map(
    async ([name, weight]) => [name, { shape: weight.shape, data: (await weight.data()) as Float32Array }] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
