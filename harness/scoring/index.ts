import type { Scored, ScoreRequest, TaskName } from "./scored.js";

/** For each task, what reads its files and scores them; loaded when needed, so that no task waits for another's libraries. */
export const SCORERS: Readonly<Record<TaskName, (request: ScoreRequest) => Promise<Scored>>> = {
  caption: async (request) => (await import("./caption.js")).scoreCaptions(request),
  vqa: async (request) => (await import("./vqa.js")).scoreVqa(request),
  nlvr2: async (request) => (await import("./nlvr2.js")).scoreNlvr2(request),
  "snli-ve": async (request) => (await import("./snli-ve.js")).scoreSnliVe(request),
  translate: async (request) => (await import("./translate.js")).scoreTranslations(request),
};
