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
  const known = last?.deref();
  if (known?.scan === scan && areSame(known.texts, texts)) return known;
  const vocabulary = new Vocabulary();
  const tokenized = { texts, scan, vocabulary, lines: tokenizeLines(texts, scan, vocabulary) };
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
