import type { ViewKind } from "../../script.js";
import type { ReportData } from "../data.js";

/** Two texts that stand for each other: this version's, and that of the older one. */
export type Rewording = readonly [now: string, then: string];

/** How a released version differs from this one. */
export interface OlderVersion {
  /** The styles and scripts of its views, by SHA-256, with what stands in their place now. */
  readonly code: Readonly<Record<string, readonly [kind: ViewKind, format: "js" | "css"]>>;
  /** SHA-256 of the style and of the script of its attention explorers, where these cannot be drawn again. */
  readonly explorer: readonly string[];
  /** Whether it did not round the scores of a group as it did those of the whole. */
  readonly hasUnroundedGroups: boolean;
  /** Of the page; what stands in markup cannot be confused with what somebody said. */
  readonly page: (data: ReportData) => readonly Rewording[];
  /** Sentences of comparisons and reasons for which examples were chosen, or what they begin with. */
  readonly sentences: readonly Rewording[];
}
