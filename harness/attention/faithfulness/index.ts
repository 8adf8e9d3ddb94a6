export type { Curve, OrderCurves } from "./curves.js";
export {
  FAITHFULNESS_DEFAULTS,
  type FaithfulnessOptions,
  measureFaithfulness,
  type PictureOnTrial,
} from "./measure.js";
export {
  type FaithfulnessVerdict,
  type MapVerdict,
  type MeasuredMap,
  sumUp,
  TRIAL_MEASURES,
  type TrialMeasure,
} from "./summary.js";
export type { MapTrial, PictureTrial, Suspect, WordTrial } from "./try-picture.js";
