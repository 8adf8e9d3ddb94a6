export type { PaperAgreement, StudyDirection } from "./beside-ablations.js";
export type { CellAttention } from "./cell-attention.js";
export type { StudyDifference, StudyResults, StudyScore } from "./measure-study.js";
export { readStudy } from "./read-study.js";
export type { Study, StudySeconds } from "./run-study.js";
export {
  type CellRecord,
  type CellSummary,
  type CellTraining,
  listCells,
  nameCell,
  PRETRAINING,
  type StudyCell,
} from "./study-cell.js";
export {
  isTested,
  readStudyRecipe,
  type StudyRecipe,
  type StudyTest,
  type StudyVariant,
  titleOf,
} from "./study-recipe.js";
export { createVariant, pretrainingOf } from "./train-cell.js";
