/** The command-line options that mean something to some tasks only. */
export const TASK_OPTIONS = [
  "open-ended",
  "language",
  "prompt",
  "questions",
  "by-domain",
  "df",
  "instances",
  "synonyms",
] as const;
/** One of {@link TASK_OPTIONS}. */
export type TaskOption = (typeof TASK_OPTIONS)[number];
