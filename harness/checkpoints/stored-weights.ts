import { join } from "node:path";
import type { WeightArray } from "../layers/weights.js";
import { openSafetensors } from "./safetensors.js";
export interface StoredTensor { readonly shape: readonly number[]; readonly dtype: string }
export interface StoredPlace { readonly path: string; readonly offset: number; readonly length: number }
export interface StoredWeights {
  readonly source: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  read(name: string): Promise<WeightArray>;
  place(name: string): StoredPlace | undefined;
  close(): Promise<void>;
}
export async function openStoredWeights(folder: string): Promise<StoredWeights> {
  const path = join(folder, "model.safetensors");
  const file = await openSafetensors(path);
  return { source: path, tensors: file.tensors, read: (n) => file.read(n), close: () => file.close(),
    place(n) { const { begin, end } = file.tensors.get(n)!; return { path, offset: file.dataOffset + begin, length: end - begin }; } };
}
