import type { TrialMeasure } from "../../attention/faithfulness/summary.js";
import type { Suspect } from "../../attention/faithfulness/try-picture.js";
import type { ComparedExample, RunComparison } from "../../compare/comparison.js";
import type { ExplainedExample } from "../../compare/explained.js";
import type { SliceRequest } from "../../compare/slices/slicing.js";
import type { Manifest } from "../../runs/manifest.js";
import type { Outcome } from "../../tasks/prediction.js";
import type { ScoreReport } from "../../tasks/score-report.js";
import type { EmbeddedFile } from "./embedded-file.js";

/**
 * Everything that a report shows, and everything needed to score it again, as JSON. The page is a function of it. It
 * names nothing of the machine that it was made on: data files are named relative to the data's folder, runs by the
 * name of their folder.
 */
export interface ReportData {
  readonly format: 1;
  readonly title: string;
  /** The version of the code that drew the page. */
  readonly code: Manifest["code"];
  readonly comparison: RunComparison;
  /** How many of the most different examples were asked for, each way. */
  readonly shown: number;
  /** In the order of the comparison. */
  readonly runs: readonly ReportedRun[];
  /** The main score of every example; absent if there is nothing to score against. */
  readonly examples?: ExampleScores;
  readonly data: EmbeddedData;
  /** By what the examples are sliced, with the tables that say it; absent for nothing. */
  readonly sliced?: SliceRequest;
  /** What the table of all examples shows beside predictions and scores; absent in reports of versions up to 0.2.0. */
  readonly listing?: Listing;
  /** For a single run: the examples on which it does best and worst. */
  readonly extremes: readonly SingleExample[];
  /** Why the examples that are shown have their scores; absent where no metric says it. */
  readonly explanations?: readonly ExplainedExample[];
  /** What the page scores predictions with, as `packScoring` writes it; absent where nothing was scored. */
  readonly scoring?: string;
  /** The references are left out, since they must not be passed on: of data files there are hashes alone. */
  readonly withheld?: true;
  /** Of how many examples, from the first on, the table of all has pictures; absent where it has those of the examples that are shown elsewhere. */
  readonly thumbnails?: number;
  /**
   * Pictures of the examples that are shown, by the picture's name: as `data:` addresses, or as those of files in a folder
   * beside the page, which their SHA-256 names.
   */
  readonly pictures: Readonly<Record<string, string>>;
  /** There are none, since nobody wanted them. */
  readonly withoutPictures?: true;
  readonly attention: Attention;
  /** What could not be shown, one sentence each. */
  readonly remarks: readonly string[];
}

/** The attention maps of some examples. The maps themselves are only in the page, where the explorer reads them. */
export interface Attention {
  readonly figures: readonly AttentionFigure[];
  /** Why there are none, or not of all runs; one sentence each. */
  readonly remarks: readonly string[];
  /** How faithful the maps of the runs are; absent where it was not measured. */
  readonly faithfulness?: readonly RunFaithfulness[];
}

/** How faithful the maps of a run's texts are, as it was measured when the report was made. */
export interface RunFaithfulness {
  /** The run's label. */
  readonly run: string;
  readonly pictures: number;
  readonly words: number;
  readonly maps: readonly {
    readonly map: Suspect;
    readonly measures: readonly {
      readonly measure: TrialMeasure;
      readonly score: number;
      readonly low: number;
      readonly high: number;
      /** Whether the map is certainly better, or worse, than random ones. */
      readonly verdict?: "better" | "worse";
    }[];
  }[];
}

/** The attention maps of one example. */
export interface AttentionFigure {
  /** The example's id. */
  readonly id: string;
  /** Why this example was chosen. */
  readonly why: string;
  /** The labels of the runs shown, one or two. */
  readonly runs: readonly string[];
  /** SHA-256 of the explorer's markup. */
  readonly sha256: string;
}

/** The explorers' markup by example. */
export type Figures = ReadonlyMap<string, string>;

/** Everything that a page is made of. */
export interface Report {
  readonly data: ReportData;
  readonly figures: Figures;
}

/** A run as a report holds it. */
export interface ReportedRun {
  readonly label: string;
  /** Its folder, named relative to the folder that all runs are in. */
  readonly name: string;
  /**
   * Who predicted, in a few words; only of a plug-in's family of models, which is not known wherever the page is drawn
   * again.
   */
  readonly who?: string;
  /** Of the folders in it, only their last names are kept. */
  readonly manifest: Manifest;
  /** In the order of the data. */
  readonly outcomes: readonly Outcome[];
  readonly scores?: ScoreReport;
  /** A page beside the report that runs its model; absent for none. */
  readonly tryPage?: TryPage;
}

/** A file beside a report. */
export interface TryPage {
  /** Its name. */
  readonly file: string;
  readonly sha256: string;
}

/** The main score of every example. */
export interface ExampleScores {
  readonly score: string;
  readonly ids: readonly string[];
  /** The scores of each run, in the order of the ids, as `roundScores` gives them. */
  readonly values: readonly (readonly number[])[];
}

/** What every example is, in the order of the runs' outcomes. */
export interface Listing {
  /** The names of the pictures of each. */
  readonly images: readonly (readonly string[])[];
  /** What each is asked; absent where all are asked the same. */
  readonly asked?: readonly (string | null)[];
  /** What kind each is of, by the name of the grouping (its domain, its answer type) or of the slicing. */
  readonly kinds: Readonly<Record<string, readonly (string | null)[]>>;
}

/** The data inside a report. */
export interface EmbeddedData {
  /** The folder's own name. */
  readonly folder: string;
  /** The folder of pictures, named relative to that of the data; empty if it is the same. */
  readonly images: string;
  /** The data files in full: references, questions, facts. */
  readonly files: readonly EmbeddedFile[];
}

/** An example with what a single run says about it. */
export type SingleExample = Pick<ComparedExample, "id" | "images" | "asked" | "reference" | "prediction" | "value">;
