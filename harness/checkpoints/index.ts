export { hashFile } from "../files/hash.js";
export {
  type CheckpointContent,
  type SaveOptions,
  type TrainingState,
  writeCheckpoint,
} from "./checkpoint.js";
export { type CheckpointHashes, hashCheckpoint, hashWeights } from "./hash-checkpoint.js";
export type { StoredType } from "./header.js";
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.js";
