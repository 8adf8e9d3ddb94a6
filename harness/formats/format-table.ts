import type { FormatDescription } from "./format.js";
import { MULTI30K_FORMAT } from "./multi30k.js";
import { CAPTION_FORMATS } from "./read-captions.js";
import { HYPOTHESIS_FORMATS } from "./read-hypotheses.js";
import { QUESTION_FORMATS } from "./read-questions.js";
import { STATEMENT_FORMATS } from "./read-statements.js";

/** The formats that evaluation data sets are read in, by task; each reader describes its own. */
export const DATA_SET_FORMATS: readonly FormatDescription[] = [
  ...CAPTION_FORMATS,
  ...QUESTION_FORMATS,
  ...STATEMENT_FORMATS,
  ...HYPOTHESIS_FORMATS,
  MULTI30K_FORMAT,
];
