/** What people should know of a format of data files. The README's table of formats is made of these. */
export interface FormatDescription {
  /** As the field calls it: `COCO captions`. */
  readonly name: string;
  /** The task whose data it holds, as `findTask` knows it. */
  readonly task: string;
  /** What in a file shows that it is of this format, whatever the file is called. */
  readonly recognisedBy: string;
  /** How such a file begins, in one line. */
  readonly example: string;
  /** Whether it is what the task's own evaluation takes: it is read without a word. */
  readonly isOfficial?: true;
}

/** The same of a format that is no single task's. */
export type GeneralFormat = Omit<FormatDescription, "task">;
