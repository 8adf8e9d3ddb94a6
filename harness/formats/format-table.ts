import { CHART_QUESTION_FORMATS } from "./chart-questions.js";
import { CHOICE_FORMATS } from "./choice-rows.js";
import { DOCUMENT_QUESTION_FORMATS } from "./document-questions.js";
import { DOCUMENTS_FORMAT } from "./documents.js";
import type { FormatDescription, GeneralFormat } from "./format.js";
import { INSTANCES_FORMAT } from "./instances.js";
import { MULTI30K_FORMAT } from "./multi30k.js";
import { PARQUET_PAIRS_FORMAT } from "./parquet-pairs.js";
import { POPE_FORMATS } from "./pope.js";
import { CAPTION_FORMATS } from "./read-captions.js";
import { HYPOTHESIS_FORMATS } from "./read-hypotheses.js";
import { QUESTION_FORMATS } from "./read-questions.js";
import { STATEMENT_FORMATS } from "./read-statements.js";
import { RESULTS_FORMATS } from "./results/results-formats.js";
import { TRANSLATION_FORMATS } from "./translations.js";
import { TAR_PAIRS_FORMAT } from "./web-pairs.js";

/** The formats that evaluation data sets are read in, by task; each reader describes its own. */
export const DATA_SET_FORMATS: readonly FormatDescription[] = [
  ...CAPTION_FORMATS,
  ...QUESTION_FORMATS,
  ...STATEMENT_FORMATS,
  ...HYPOTHESIS_FORMATS,
  MULTI30K_FORMAT,
  ...TRANSLATION_FORMATS,
  ...DOCUMENT_QUESTION_FORMATS,
  ...CHART_QUESTION_FORMATS,
  ...POPE_FORMATS,
  ...CHOICE_FORMATS,
  INSTANCES_FORMAT,
];

/** What else is read: predictions of any task, and what models are pretrained on. */
export const GENERAL_FORMATS: Readonly<Record<"predictions" | "pairs" | "documents", readonly GeneralFormat[]>> = {
  predictions: RESULTS_FORMATS,
  pairs: [TAR_PAIRS_FORMAT, PARQUET_PAIRS_FORMAT],
  documents: [DOCUMENTS_FORMAT],
};
