export { hashFile } from "../files/hash.js";
export {
  type Checkpoint,
  checkCheckpoint,
  type LoadOptions as LoadCheckpointOptions,
  loadCheckpoint,
  readCheckpointConfig,
  type SaveOptions,
  saveCheckpoint,
  type TrainingState,
} from "./checkpoint.js";
export { type CheckpointHashes, hashCheckpoint, hashWeights } from "./hash.js";
export type { StoredType } from "./header.js";
export { createRandomModel, type OpenedModel, openCheckpoint, type RandomModelOptions } from "./open.js";
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
  type WriteOptions,
  writeSafetensors,
} from "./safetensors.js";
