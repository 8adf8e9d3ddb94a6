import { definitions } from "./ptb/definitions.js";
import { Lexer } from "./ptb/lexer.js";
import { rules } from "./ptb/rules.js";
import { collectTokens, type EmitToken, type Scan } from "./scan.js";

const NEWLINE = 0x0a;
const LETTER_A = 0x61;
const LINE_BREAKS = /[\n\r\v\f\u2028\u2029]/g;

let sharedLexer: Lexer | undefined;

/** Builds the lexer at its first use: that takes some tens of milliseconds. */
function lexer(): Lexer {
  sharedLexer ??= new Lexer(rules, definitions);
  return sharedLexer;
}

/**
 * Cuts a text into tokens as the Stanford PTBTokenizer 3.4.1 does with `-preserveLines -lowerCase`: every token,
 * lower-cased, before punctuation is dropped. A line break is the token `*NL*`.
 */
export function ptbLex(text: string): string[] {
  return collectTokens((line, emit) => lexer().scan(line, emit), text);
}

/** Line breaks other than \n, which pycocoevalcap itself turns into a space. */
const HIDDEN_LINE_BREAK = /[\r\v\f\u2028\u2029]/;

/**
 * Whether a caption holds a carriage return, a vertical tab, a form feed, U+2028 or U+2029. In pycocoevalcap such a
 * caption takes two lines, and every later caption of the set gets the tokens of the one before it. Here these characters
 * are white space; a program that compares scores should warn, naming the caption.
 */
export function hasLineBreak(caption: string): boolean {
  return HIDDEN_LINE_BREAK.test(caption);
}

/** What pycocoevalcap drops. Its list also has -LRB-, -RRB-, -LCB- and -RCB-, in capitals that no token has. */
const DROPPED = new Set(["''", "'", "``", "`", ".", "?", "!", ",", ":", "-", "--", "...", ";"]);

/** Most tokens start with a letter, which saves looking them up. */
function isKept(source: string, start: number, end: number): boolean {
  return source.charCodeAt(start) >= LETTER_A || !DROPPED.has(source.slice(start, end));
}

/**
 * The tokens of one caption after punctuation is dropped, as pycocoevalcap's PTBTokenizer leaves them. A token can hold a
 * no-break space (`1\u00a01/2`), where BLEU and CIDEr split it later and ROUGE-L does not.
 * The caption counts as a line of a longer file: its end reads as a line break, what the next caption holds plays no part.
 */
export function ptbTokenize(caption: string): string[] {
  return collectTokens(scanPtb, caption);
}

/** {@link ptbTokenize} without making strings. */
export const scanPtb: Scan = (caption, emit) => {
  const emitKept: EmitToken = (source, start, end) => {
    if (isKept(source, start, end)) emit(source, start, end);
  };
  lexer().scan(caption.replace(LINE_BREAKS, " "), emitKept, NEWLINE);
};
