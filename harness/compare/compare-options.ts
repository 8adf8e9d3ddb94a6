import { type BootstrapTest, RESAMPLING_DEFAULTS, type ResamplingOptions } from "@simvlm/metrics";
import type { ProgramOptions } from "../metric-data/spice/judge-captions.js";
import type { Price } from "../tasks/usage.js";
import type { SliceRequest } from "./slices/slicing.js";

/** How runs are compared. */
export interface CompareOptions extends ResamplingOptions {
  /** Wins and losses shown of each pair, so many each way; default 5. */
  readonly wins?: number;
  /** Where the data lie, if not where the runs say. */
  readonly dataFolder?: string | undefined;
  /** Names or titles of the metrics to score with; default those that the runs were scored with, or the task's. */
  readonly metrics?: readonly string[] | undefined;
  /** The CLIP that CLIPScore is computed with, a folder or an id; default that which the first such run was scored with. */
  readonly clip?: string | undefined;
  /** Correct the p-values for their number; default: each is that of its own test. */
  readonly correct?: "holm" | undefined;
  /** What the runs' answers cost, in place of what was said then: one price for all runs, or one for each. */
  readonly prices?: readonly (Price | undefined)[] | undefined;
  /** Put the paper's tables beside the runs; default true. */
  readonly paper?: boolean;
  /** `false`: METEOR is computed without its paraphrases; default: as each run was scored. */
  readonly paraphrases?: false | undefined;
  /**
   * Which of the runs the others are compared with: its folder, the folder's name or its label; it then stands first.
   * Default: the first.
   */
  readonly baseline?: string | undefined;
  /** By what the examples are sliced, each slice with scores and differences of its own; default nothing. */
  readonly slices?: SliceRequest | undefined;
  /** How bootstrap p-values come from resampled differences; default `percentile`. */
  readonly bootstrapTest?: BootstrapTest;
  /** Called with the number of steps there will be; what it returns is called after each. */
  readonly onStart?: ((steps: number) => () => void) | undefined;
  /** How SPICE's program works. */
  readonly program?: ProgramOptions | undefined;
}

/** What is done where nothing else is asked for. */
export const COMPARE_DEFAULTS = { ...RESAMPLING_DEFAULTS, wins: 5, paper: true } as const;
