import { scoreCaptions } from "./caption.js";
import { scoreNlvr2 } from "./nlvr2.js";
import type { Scored, ScoreRequest, TaskName } from "./scored.js";
import { scoreSnliVe } from "./snli-ve.js";
import { scoreTranslations } from "./translate.js";
import { scoreVqa } from "./vqa.js";

/** For each task, what reads its files and scores them. */
export const SCORERS: Readonly<Record<TaskName, (request: ScoreRequest) => Promise<Scored>>> = {
  caption: scoreCaptions,
  vqa: scoreVqa,
  nlvr2: scoreNlvr2,
  "snli-ve": scoreSnliVe,
  translate: scoreTranslations,
};
