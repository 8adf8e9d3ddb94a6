import type { VisionLanguageModel } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import type { CaptionBatch } from "./caption-decoder.js";
import type { CaptionNetwork } from "./caption-network.js";

/** A published captioner: its network and its weights can be had, for whoever looks inside. */
export interface PublishedModel extends VisionLanguageModel<CaptionBatch> {
  readonly network: CaptionNetwork;
  readonly weights: WeightConstants;
}
