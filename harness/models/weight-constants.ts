import { realpath } from "node:fs/promises";
import { type PlacedTensor, refuseNotFinite, requireFinite } from "../checkpoints/finite-weights.js";
import { isStoredType } from "../checkpoints/storage-types.js";
import type { StoredWeights } from "../checkpoints/stored-weights.js";
import type { ConstantSource, MatrixPrecision, TensorSpecification } from "../engine/index.js";
import { specifyWeights } from "../layers/native.js";
import type { ParameterShapes, WeightArrays } from "../layers/weights.js";

/** Weights as the engine takes them: constants that ONNX Runtime reads from their files. */
export interface WeightConstants {
  /** The part `weights` of a signature. */
  readonly signature: Readonly<Record<string, TensorSpecification>>;
  /** By the paths of the signature's leaves. */
  readonly constants: Readonly<Record<string, ConstantSource>>;
  /** How graphs keep those of them that are matrices; default as they are. */
  readonly matrices?: MatrixPrecision | undefined;
}

const STORED = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;

/**
 * Where the weights lie; only what a file holds in another order is read into memory.
 * @param tied names for weights that are the same as others
 * @throws SimvlmError `not-finite-weights` naming the tensor
 */
export async function locateWeights(
  stored: StoredWeights,
  shapes: ParameterShapes,
  tied: Readonly<Record<string, string>> = {},
): Promise<WeightConstants> {
  const constants: Record<string, ConstantSource> = {};
  const real = new Map<string, string>();
  const placed: PlacedTensor[] = [];
  for (const name of Object.keys(shapes)) {
    const place = stored.place(name);
    const { dtype } = stored.tensors.get(name)!;
    if (!place || !isStoredType(dtype)) {
      const { data } = await stored.read(name);
      requireFinite(data, name, stored.source);
      constants[`weights/${name}`] = data;
      continue;
    }
    placed.push({ ...place, name, dtype });
    const location = real.get(place.path) ?? (await realpath(place.path));
    real.set(place.path, location);
    constants[`weights/${name}`] = { location, offset: place.offset, length: place.length, stored: STORED[dtype] };
  }
  await refuseNotFinite(placed);
  return tieConstants(constants, shapes, tied);
}

/** Weights in memory. @param tied as in {@link locateWeights} */
export function holdWeights(weights: WeightArrays, tied: Readonly<Record<string, string>> = {}): WeightConstants {
  const all = Object.entries(weights);
  const constants = Object.fromEntries(all.map(([name, { data }]) => [`weights/${name}`, data]));
  return tieConstants(constants, Object.fromEntries(all.map(([name, { shape }]) => [name, shape])), tied);
}

/** How much memory constants take as numbers of 32 bits. */
export function bytesOf(constants: WeightConstants["constants"]): number {
  return Object.values(constants).reduce((sum, source) => {
    if (!("location" in source)) return sum + source.byteLength;
    return sum + source.length * (source.stored === "float16" || source.stored === "bfloat16" ? 2 : 1);
  }, 0);
}

function tieConstants(
  constants: Record<string, ConstantSource>,
  shapes: ParameterShapes,
  tied: Readonly<Record<string, string>>,
): WeightConstants {
  const signature = { ...specifyWeights(shapes) };
  for (const [name, source] of Object.entries(tied)) {
    constants[`weights/${name}`] = constants[`weights/${source}`]!;
    signature[name] = { shape: shapes[source]! };
  }
  return { signature, constants };
}
