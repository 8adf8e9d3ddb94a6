/** The kinds of tuples that SPICE's program counts; colours, counts and sizes are attributes, too. */
export const SPICE_CATEGORIES = ["All", "Object", "Attribute", "Relation", "Color", "Cardinality", "Size"] as const;
/** One of {@link SPICE_CATEGORIES}. */
export type SpiceCategory = (typeof SPICE_CATEGORIES)[number];

/** An object (one word), an attribute of one (two), or a relation between two (three), and whether the other side has it. */
export type SpiceTuple = readonly [words: readonly string[], matched: boolean];

/** What SPICE's program says of a caption and its references. */
export interface SpiceJudgement {
  /** The F1 of all tuples, as the program rounds it. */
  readonly f: number;
  /** How many of the caption's tuples are right and wrong, and how many of the references' it lacks. */
  readonly counts: Readonly<Record<SpiceCategory, readonly [right: number, wrong: number, lacking: number]>>;
  /** Of the caption. */
  readonly caption: readonly SpiceTuple[];
  /** Of all references together. */
  readonly references: readonly SpiceTuple[];
}

/** A caption with its references, as PTB tokens with a space between them. */
export interface SpiceQuestion {
  readonly caption: string;
  readonly references: readonly string[];
}

/** SPICE's program, which does not come with this package; see `simvlm metrics install spice`. */
export interface SpiceResources {
  /** Which it is, for signatures. */
  readonly name: string;
  /**
   * A judgement for each question.
   * @param names what messages call each
   */
  judge(questions: readonly SpiceQuestion[], names: readonly string[]): Promise<readonly SpiceJudgement[]>;
}
