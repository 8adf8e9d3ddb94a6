/**
 * Why an example has its score: parts of a few kinds, each of which is drawn in the terminal, in reports and in
 * notebooks alike. It is plain JSON, so that a report can hold it and be drawn again from it.
 */
export interface Explanation {
  readonly parts: readonly ExplanationPart[];
}

/** One thing to be shown. */
export type ExplanationPart = AlignmentPart | MarkedTextPart | TermsPart | TuplesPart | NotePart;

/** Which words of a prediction met which words of a reference: METEOR's matches, ROUGE-L's common subsequence. */
export interface AlignmentPart {
  readonly kind: "alignment";
  /** What it shows, in a line: `Reference 2 of 5, the best`. */
  readonly title?: string;
  /** The words of the prediction, in order. */
  readonly prediction: readonly string[];
  /** Those of the reference. */
  readonly reference: readonly string[];
  readonly links: readonly AlignmentLink[];
}

/** Words that stand side by side, linked with such words of the other text. */
export interface AlignmentLink {
  /** The place of the first word, from 0, and the number of words. */
  readonly prediction: AlignedSpan;
  readonly reference: AlignedSpan;
  /** By what they were linked: `exact`, `stem`, `synonym`, `paraphrase`. */
  readonly by: string;
}

/** Words from a place on. */
export interface AlignedSpan {
  readonly start: number;
  readonly length: number;
}

/** A text with places that count: the objects that a caption names, n-grams that a reference has, an answer's option. */
export interface MarkedTextPart {
  readonly kind: "marked-text";
  readonly title?: string;
  readonly text: string;
  /** In order, and apart from each other. */
  readonly marks: readonly TextMark[];
}

/** Characters `start` to `end` of a text (UTF-16, the end not included), and what they are. */
export interface TextMark {
  readonly start: number;
  readonly end: number;
  /** Whether it speaks for the prediction or against it, or neither. */
  readonly verdict: Verdict;
  /** What is said of it, in a few words: `dog, which is not there`. */
  readonly note?: string;
}

/** For the prediction, against it, or neither. */
export type Verdict = "right" | "wrong" | "neutral";

/** Terms and what each of them weighs, a row each: CIDEr's n-grams, people's answers. */
export interface TermsPart {
  readonly kind: "terms";
  readonly title?: string;
  /** A title for each cell of a row; the first names the terms. */
  readonly columns: readonly string[];
  /** The term, then its numbers or words. */
  readonly rows: readonly (readonly (string | number)[])[];
  /** The column that is drawn as bars as well; absent for none. */
  readonly bars?: string;
  /** What is not among the rows: `and 12 n-grams that add nothing`. */
  readonly rest?: string;
}

/** What a prediction claims beside what is true, as tuples of words: SPICE's objects, attributes and relations. */
export interface TuplesPart {
  readonly kind: "tuples";
  readonly title?: string;
  /** First the prediction's, then the references'. */
  readonly sides: readonly TupleSide[];
}

/** The tuples of one side. */
export interface TupleSide {
  /** Whose they are: `prediction`, `references`. */
  readonly name: string;
  readonly tuples: readonly { readonly words: readonly string[]; readonly matched: boolean }[];
}

/** A sentence. */
export interface NotePart {
  readonly kind: "note";
  readonly text: string;
}

/** An {@link Explanation} of these parts. */
export function explanationOf(...parts: readonly ExplanationPart[]): Explanation {
  return { parts };
}
