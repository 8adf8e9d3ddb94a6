/**
 * Receives the tokens of a text as places in it (or in another string, where a token is not as the text has it):
 * numbering a token that was seen before then makes no string of it.
 */
export type EmitToken = (source: string, start: number, end: number) => void;

/** A tokenizer: gives out the tokens of a text, in order. */
export type Scan = (text: string, emit: EmitToken) => void;

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
