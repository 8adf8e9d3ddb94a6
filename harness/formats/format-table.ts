import { COCO_FORMAT } from "./coco.js";
import { FLICKR_FORMAT } from "./flickr.js";
import type { FormatDescription } from "./format.js";
import { MULTI30K_FORMAT } from "./multi30k.js";
import { NLVR2_FORMAT } from "./nlvr2.js";
import { NOCAPS_FORMAT } from "./nocaps.js";
import { ESNLI_VE_FORMAT, SNLI_VE_FORMAT } from "./snli-ve.js";
import { VQA_FORMAT } from "./vqa.js";

/** The formats that evaluation data sets are read in, by task; each reader describes its own. */
export const DATA_SET_FORMATS: readonly FormatDescription[] = [
  COCO_FORMAT,
  NOCAPS_FORMAT,
  FLICKR_FORMAT,
  VQA_FORMAT,
  NLVR2_FORMAT,
  SNLI_VE_FORMAT,
  ESNLI_VE_FORMAT,
  MULTI30K_FORMAT,
];
