import type { ResamplingOptions } from "@simvlm/metrics";
import type { TaskName } from "../tasks/task.js";
import type { Comparison } from "../tasks/uncertainty.js";
import type { Price, UsageSum } from "../tasks/usage.js";
import type { FactType } from "../toybox/fact-accuracy.js";
import type { FailureCounts } from "./failure-notes.js";
import type { PaperSide } from "./paper-table.js";

/** Runs of one task side by side, as rows that tables and plots can be made of; JSON. */
export interface RunComparison {
  readonly format: 1;
  readonly task: TaskName;
  readonly data: ComparedData;
  /** The first is the reference that each other is compared with. */
  readonly runs: readonly ComparedRun[];
  readonly resampling: Required<ResamplingOptions>;
  /** How bootstrap p-values come from resampled differences; absent in what versions up to 0.2.0 made: `shifted`. */
  readonly bootstrapTest?: "percentile";
  /** Whether the differences have p-values that are corrected for their number. */
  readonly correction?: "holm";
  /** Every metric of every run, on all examples and by domain or answer type; on the reference programs' scales. */
  readonly scores: readonly ScoreRow[];
  readonly differences: readonly DifferenceRow[];
  /** What captions say, on Toybox data: how much of it is right. 0 to 1. */
  readonly facts?: { readonly scores: readonly FactRow[]; readonly differences: readonly FactDifferenceRow[] };
  /** By whatever else the examples were sliced. */
  readonly slices?: ComparedSlices;
  /** How many completions are not those of the first run. */
  readonly changes?: readonly ChangeRow[];
  readonly winsAndLosses: readonly WinsAndLosses[];
  /** The paper's tables of this task. */
  readonly paper: readonly PaperSide[];
  /** Of the first run; whether another's differ, `warnings` say. */
  readonly signatures: Readonly<Record<string, string>>;
  /** METEOR was to be computed without its paraphrases, whatever the runs were scored with. */
  readonly paraphrases?: false;
  /** Which numbers should not be believed or not be compared, and why, a sentence each; absent for none. */
  readonly warnings?: readonly string[];
  /** What one must know to read the numbers, a sentence each. */
  readonly notes: readonly string[];
}

/** The data that runs were compared on. */
export interface ComparedData {
  readonly folder: string;
  readonly split: string;
  /** Named from the folder. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Examples that were compared. */
  readonly examples: number;
  /** Examples of the split without a prediction in any of the runs. */
  readonly missing: number;
}

/** A run of a comparison. */
export interface ComparedRun extends FailureCounts {
  /** What rows call it: unlike the others'. */
  readonly label: string;
  readonly folder: string;
  /** What predicted, as the run's manifest says. */
  readonly source: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly created: string;
  /** What its answers took together, where a server was asked. */
  readonly usage?: UsageSum;
  /** What its cost is by, where a price was given for the comparison. */
  readonly price?: Price;
}

/** A part of the examples. */
interface Subset {
  /** `all`, a domain or an answer type. */
  readonly subset: string;
  readonly examples: number;
}

/** One score of one run, with its bootstrap interval. */
export interface ScoreRow extends Subset {
  readonly run: string;
  readonly score: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
}

/** One score of a run beside that of the first run: `difference` is the run's minus the first's. */
export interface DifferenceRow extends Subset, Comparison {
  readonly run: string;
  readonly against: string;
  readonly score: string;
}

/** The scores of one type of facts. */
export const FACT_SCORES = ["precision", "recall", "F1"] as const;

/** What a fact score is about: one type of facts, or the caption as a whole (its only score is `exact`). */
export interface AboutFacts {
  readonly fact: FactType | "caption";
}
/** One fact score of one run. */
export type FactRow = ScoreRow & AboutFacts;
/** One fact score of a run beside that of the first. */
export type FactDifferenceRow = DifferenceRow & AboutFacts;

/** Scores and differences on slices of the examples. */
export interface ComparedSlices {
  readonly by: readonly SlicedBy[];
  readonly scores: readonly SlicedRow[];
  readonly differences: readonly SlicedDifferenceRow[];
}

/** A way in which the examples were sliced. */
export interface SlicedBy {
  /** What was asked for, or the column's name. */
  readonly slicing: string;
  /** What its slices are of, for people. */
  readonly about: string;
  /** In their order; a row's `subset` is the name of one. */
  readonly slices: readonly { readonly name: string; readonly examples: number }[];
  /** How many of the scored examples are in no slice. */
  readonly without: number;
}

/** Which {@link SlicedBy} a row's slice is one of. */
interface OfSlicing {
  readonly slicing: string;
}
/** One score of one run on a slice. */
export type SlicedRow = ScoreRow & OfSlicing;
/** One score of a run on a slice, beside that of the first. */
export type SlicedDifferenceRow = DifferenceRow & OfSlicing;

/** How many texts of a run are not those of the first. */
export interface ChangeRow {
  readonly run: string;
  readonly against: string;
  readonly examples: number;
  readonly differing: number;
  /** 0 to 1, with its bootstrap interval. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Where a run does better and worse than the first, by the task's main score, the largest differences first. */
export interface WinsAndLosses {
  readonly run: string;
  readonly against: string;
  readonly score: string;
  readonly counts: { readonly wins: number; readonly losses: number; readonly ties: number };
  readonly wins: readonly ComparedExample[];
  readonly losses: readonly ComparedExample[];
}

/** An example with what two runs say of it. */
export interface ComparedExample {
  readonly id: string;
  /** The domain or answer type, where examples have one. */
  readonly subset?: string;
  /** Picture files, named from the data's folder. */
  readonly images: readonly string[];
  /** The question, statement, sentence or beginning; absent for captions. */
  readonly asked?: string;
  /** One right answer; absent where nobody knows. */
  readonly reference?: string;
  readonly prediction: string;
  readonly againstPrediction: string;
  readonly value: number;
  readonly againstValue: number;
  readonly difference: number;
}
