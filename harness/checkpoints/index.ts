export { hashFile } from "../files/hash.js";
export {
  type CheckpointContent,
  type SaveOptions,
  type TrainingState,
  writeCheckpoint,
} from "./checkpoint.js";
export { type CheckpointHashes, hashCheckpoint, hashStoredWeights, hashWeights } from "./hash-checkpoint.js";
export { resolveModelFolder } from "./model-folder.js";
export { openStoredWeights } from "./open-stored-weights.js";
export { requireTensors, type Tolerance } from "./require-tensors.js";
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.js";
export type { StorageType, StoredType } from "./storage-types.js";
export type { StoredPlace, StoredTensor, StoredWeights } from "./stored-weights.js";
