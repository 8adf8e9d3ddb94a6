import type { ScanLines } from "../text/scan.js";
import { type TokenLines, TokenLinesBuilder } from "../text/token-lines.js";
import { Vocabulary } from "../text/token-numbers.js";

/** References as token numbers. */
export interface TokenizedReferences {
  /** Of all examples, one after the other. */
  readonly texts: readonly string[];
  readonly scan: ScanLines;
  /** Of the references alone: whoever numbers other texts, too, takes a copy. */
  readonly vocabulary: Vocabulary;
  /** A line a text. */
  readonly lines: TokenLines;
}

/** What was tokenised last, for as long as somebody else has it. */
let last: WeakRef<TokenizedReferences> | undefined;

/** Tokenises references. Where the same were tokenised just before, as for each run of a comparison, that is what it gives. */
export function tokenizeReferences(texts: readonly string[], scan: ScanLines): TokenizedReferences {
  const known = recallReferences(texts, scan);
  if (known) return known;
  const vocabulary = new Vocabulary();
  return keepReferences({ texts, scan, vocabulary, lines: tokenizeLines(texts, scan, vocabulary) });
}

/** What was tokenised last, if it is these. */
export function recallReferences(texts: readonly string[], scan: ScanLines): TokenizedReferences | undefined {
  const known = last?.deref();
  return known?.scan === scan && areSame(known.texts, texts) ? known : undefined;
}

/** Keeps what was tokenised in mind. */
export function keepReferences(tokenized: TokenizedReferences): TokenizedReferences {
  last = new WeakRef(tokenized);
  return tokenized;
}

/** The token numbers of each text; new tokens are added to the vocabulary. */
export function tokenizeLines(texts: readonly string[], scan: ScanLines, vocabulary: Vocabulary): TokenLines {
  const builder = new TokenLinesBuilder();
  scan(texts, vocabulary, builder);
  return builder.finish();
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, i) => text === other[i]);
}
