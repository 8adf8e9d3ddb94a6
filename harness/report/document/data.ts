import type { ComparedExample, RunComparison } from "../../compare/comparison.js";
import type { Manifest } from "../../runs/manifest.js";
import type { Outcome } from "../../tasks/prediction.js";
import type { ScoreReport } from "../../tasks/score-report.js";
import type { EmbeddedFile } from "./embedded-file.js";

/**
 * All that a report shows, and all that it takes to score it again; JSON. The page is a function of it, and it names
 * nothing of the machine it was made on: data files from the data's folder, runs by their folder's name.
 */
export interface ReportData {
  readonly format: 1;
  readonly title: string;
  /** What drew the page. */
  readonly code: Manifest["code"];
  readonly comparison: RunComparison;
  /** Of how many examples, each way, what differs most was asked for. */
  readonly shown: number;
  /** In the comparison's order. */
  readonly runs: readonly ReportedRun[];
  /** The main score of every example; absent where there is nothing to score against. */
  readonly examples?: ExampleScores;
  readonly data: EmbeddedData;
  /** Of one run alone: the examples it does best and worst on. */
  readonly extremes: readonly SingleExample[];
  /** Thumbnails of the examples that are shown, as `data:` addresses by the picture's name. */
  readonly pictures: Readonly<Record<string, string>>;
  readonly attention: Attention;
  /** What could not be shown, a sentence each. */
  readonly remarks: readonly string[];
}

/** Attention maps of some examples. They stand in the page alone, where the explorer reads them. */
export interface Attention {
  readonly figures: readonly AttentionFigure[];
  /** Why there are none, or not of all runs; a sentence each. */
  readonly remarks: readonly string[];
}

/** The attention maps of one example. */
export interface AttentionFigure {
  /** The example. */
  readonly id: string;
  /** Why this example. */
  readonly why: string;
  /** The labels of those that are shown, one or two. */
  readonly runs: readonly string[];
  /** SHA-256 of the explorer's markup. */
  readonly sha256: string;
}

/** The explorers' markup by example. */
export type Figures = ReadonlyMap<string, string>;

/** All that a page is made of. */
export interface Report {
  readonly data: ReportData;
  readonly figures: Figures;
}

/** A run as a report holds it. */
export interface ReportedRun {
  readonly label: string;
  /** Its folder, named from the folder that all runs lie in. */
  readonly name: string;
  /** With the last names of the folders that were given. */
  readonly manifest: Manifest;
  /** In the data's order. */
  readonly outcomes: readonly Outcome[];
  readonly scores?: ScoreReport;
}

/** The main score of every example. */
export interface ExampleScores {
  readonly score: string;
  readonly ids: readonly string[];
  /** Of each run, in the order of the ids. */
  readonly values: readonly (readonly number[])[];
}

/** The data inside a report. */
export interface EmbeddedData {
  /** The folder's own name. */
  readonly folder: string;
  /** The folder of pictures, named from the data's; empty for the data's own. */
  readonly images: string;
  /** The data files, whole: references, questions, facts. */
  readonly files: readonly EmbeddedFile[];
}

/** An example with what one run says of it. */
export type SingleExample = Pick<ComparedExample, "id" | "images" | "asked" | "reference" | "prediction" | "value">;
