import type { WeightArray } from "../layers/weights.js";
import type { StorageType } from "./storage-types.js";

/** A tensor in a file, before it is read. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly dtype: StorageType;
}

/** Where a tensor's numbers lie in a file as they are stored, little-endian and row by row; in bytes. */
export interface StoredPlace {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** Open files of weights: what they hold is known, the tensors are read one at a time. */
export interface StoredWeights {
  /** The file, or the index of several, for messages. */
  readonly source: string;
  /** Weights and buffers, by name. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /**
   * Reads one tensor as 32-bit floats.
   * @throws SimvlmError `bad-safetensors` or `bad-pytorch` when there is no such tensor, when it is stored as anything
   *   but F32, F16 or BF16, or when its file has become shorter since it was opened
   */
  read(name: string): Promise<WeightArray>;
  /** Where a tensor lies; undefined where its numbers do not follow each other. @throws SimvlmError when there is none */
  place(name: string): StoredPlace | undefined;
  /** Closes the files; nothing can be read from them afterwards. */
  close(): Promise<void>;
}
