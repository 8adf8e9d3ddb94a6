import type { z } from "zod";
import type { FieldNames } from "./fields.js";

/** What predictions for one task look like: which field says the example, and which what was said of it. */
export interface ResultsForm<T = unknown> {
  /** What is said of an example: `caption`. */
  readonly what: string;
  /** The official format, for messages. */
  readonly description: string;
  readonly id: FieldNames;
  readonly text: FieldNames;
  /** What the text may be. */
  readonly value: z.ZodType<T>;
  /** Whether records need no id: they belong to the examples in their order, which are called by their numbers from 1. */
  readonly isIdOptional?: boolean;
  /** The fields that may repeat what was asked, of forms whose records may follow the order of the examples. */
  readonly asked?: readonly string[];
  /** Whether several texts of one example, as a list, are what is looked for. */
  readonly takesLists?: boolean;
  /** Whether delimited lines of an id and a text need no header line. */
  readonly isHeaderOptional?: boolean;
}

/** Where a record stands, in files whose records may follow the order of the examples. */
export interface InOrder {
  /** For messages: `answers.jsonl, line 17`. */
  readonly where: string;
  /** Whether the record says of which example it is: its place counts only where no example has such an id. */
  readonly isNamed: boolean;
  /** What was asked, where the record repeats it. */
  readonly asked?: string | undefined;
}

/** How a file of predictions is read. */
export interface ResultsOptions {
  /** Which field of an object holds them, with dots between: `data.predictions`; default: the only one that can. */
  readonly field?: string | undefined;
  /** The names of the fields or columns of the id and of the text; default: the only ones that can be meant. */
  readonly columns?: readonly [id: string, text: string] | undefined;
  /** Told what the file was recognised as, where that is not the official format. */
  readonly onRecognized?: ((what: string) => void) | undefined;
}
