export { PAPER_REMARK, placeBesidePaper } from "./beside-paper.js";
export { COMPARE_DEFAULTS, type CompareOptions, compareRuns } from "./compare-runs.js";
export type {
  ChangeRow,
  ComparedExample,
  ComparedRun,
  ComparedSlices,
  DifferenceRow,
  FactDifferenceRow,
  FactRow,
  RunComparison,
  ScoreRow,
  SlicedBy,
  SlicedDifferenceRow,
  SlicedRow,
  WinsAndLosses,
} from "./comparison.js";
export {
  type Crossing,
  drawLabelCurve,
  type LabelCurve,
  type LabelCurvePoint,
  type LabelCurveTraining,
  type LabelledRun,
  type Supervision,
} from "./draw-label-curve.js";
export { type ExplainOptions, explainRun } from "./explain-examples.js";
export type { ExplainedExample, ExplainedMetric } from "./explained.js";
export type { FailureCounts } from "./failure-notes.js";
export type { OurRow, PaperColumn, PaperFigure, PaperRow, PaperSide, PaperTable } from "./paper-table.js";
export {
  ABLATION_TABLE,
  MAIN_TABLE,
  OPEN_ENDED_VQA_TABLE,
  PAPER_TABLES,
  SINGLE_MODALITY_TABLE,
  TEXT_ONLY_TRANSFER_TABLE,
  ZERO_SHOT_TABLE,
} from "./published-results.js";
export type { SliceRequest } from "./slices/slicing.js";
