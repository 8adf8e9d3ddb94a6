import type { AnswerKind, TaskName } from "../tasks/task.js";

/** A table of the paper, in its own numbers. */
export interface PaperTable extends Omit<PaperSide, "columns" | "ours"> {
  readonly columns: readonly PublishedColumn[];
}

/** A column of the paper, and which of our runs may stand in it. */
export interface PublishedColumn extends PaperColumn {
  /** Absent for what we do not measure. */
  readonly runs?: {
    /** What files call the splits that it is measured on: a run on any other has a column of its own. */
    readonly splits: readonly string[];
    /** What is measured, in the name of such a column. */
    readonly figure: string;
  };
}

/** A table of the paper with the columns of one task, and with our runs, in its columns or in their own. */
export interface PaperSide {
  readonly id: string;
  readonly title: string;
  /** What must be said wherever its numbers stand. */
  readonly remarks: readonly string[];
  /** How its models answer; absent where it does not matter. */
  readonly answer?: AnswerKind;
  readonly columns: readonly PaperColumn[];
  readonly rows: readonly PaperRow[];
  readonly ours: readonly OurRow[];
}

/** A column of one of the paper's tables. */
export interface PaperColumn {
  readonly name: string;
  /** The data set and split the figures are measured on, as far as the paper's text that we have says it. */
  readonly measuredOn: string;
  readonly metric: string;
  /** The task of ours that has such a column; absent for what we do not measure. */
  readonly task?: TaskName;
  /** What of a comparison stands in it, and the factor to the paper's scale; absent for what we do not measure. */
  readonly ours?: OurColumn;
  /** Digits after the point, where none of the paper's figures says it. */
  readonly decimals?: number;
}

/** What of ours stands in a column. */
export interface OurColumn {
  readonly score: string;
  readonly subset: string;
  readonly scale: number;
  /** NoCaps' form has domains, COCO's has none: only captions of that form stand in it. */
  readonly withDomains?: boolean;
}

/** A model's figures. */
export interface PaperRow {
  readonly model: string;
  /** One a column; null for what the paper does not give. */
  readonly figures: readonly (PaperFigure | null)[];
}

/** A figure as the paper prints it. */
export interface PaperFigure {
  readonly value: number;
  /** It could not be checked against a stored copy of the paper's text. */
  readonly unverified?: true;
  /** Where it is measured on other data than the rest of its column. */
  readonly measuredOn?: string;
}

/** One of our runs in a table of the paper. */
export interface OurRow {
  readonly run: string;
  /** On the paper's scale, one a column; null where ours is something else, or not measured. */
  readonly values: readonly (number | null)[];
}

const FIGURE = /^(-?\d+(?:\.\d+)?)(u?)$/;

/**
 * Figures as a line of text, one a column: `-` for none, a `u` at the end for unverified ones.
 * @param measuredOn by column, where it is not what the column says
 */
export function paperRow(model: string, line: string, measuredOn: Readonly<Record<number, string>> = {}): PaperRow {
  const figures = line.split(" ").map((cell, column): PaperFigure | null => {
    if (cell === "-") return null;
    const [, value, mark] = FIGURE.exec(cell) ?? [];
    if (value === undefined) throw new Error(`${model}: "${cell}" is not a figure of a table`);
    const elsewhere = measuredOn[column];
    return {
      value: Number(value),
      ...(mark === "u" && { unverified: true as const }),
      ...(elsewhere !== undefined && { measuredOn: elsewhere }),
    };
  });
  return { model, figures };
}
