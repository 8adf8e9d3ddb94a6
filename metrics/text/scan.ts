import type { TokenLinesBuilder } from "./token-lines.js";
import type { Vocabulary } from "./token-numbers.js";

/**
 * Receives the tokens of a text as places in it (or in another string, where a token is not as the text has it):
 * numbering a token that was seen before then makes no string of it.
 */
export type EmitToken = (source: string, start: number, end: number) => void;

/** A tokenizer: gives out the tokens of a text, in order. */
export type Scan = (text: string, emit: EmitToken) => void;

/** A tokenizer of lines that may look at what follows a line: adds the numbers of the tokens of each to `into`. */
export type ScanLines = (lines: readonly string[], vocabulary: Vocabulary, into: TokenLinesBuilder) => void;

/** Reads every line by itself. */
export function scanEach(scan: Scan): ScanLines {
  return (lines, vocabulary, into) => {
    const emit: EmitToken = (source, start, end) => into.push(vocabulary.numberOfSlice(source, start, end));
    for (const line of lines) {
      scan(line, emit);
      into.endLine();
    }
  };
}

/** The tokens as strings. */
export function collectTokens(scan: Scan, text: string): string[] {
  const tokens: string[] = [];
  scan(text, (source, start, end) => tokens.push(source.slice(start, end)));
  return tokens;
}

/** Gives out tokens that are strings already. */
export function emitAll(tokens: readonly string[], emit: EmitToken): void {
  for (const token of tokens) emit(token, 0, token.length);
}
