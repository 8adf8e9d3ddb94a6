import { definitions } from "./ptb/definitions.js";
import { Lexer } from "./ptb/lexer.js";
import { rules } from "./ptb/rules.js";
import { collectTokens, type EmitToken, type ScanLines } from "./scan.js";
import { trimEnd } from "./white-space.js";

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

/** So many captions are joined at a time. */
const BLOCK = 4096;

/**
 * The tokens of each caption after punctuation is dropped, as pycocoevalcap's PTBTokenizer leaves them when it is given
 * these captions in this order. A token can hold a no-break space (`1\u00a01/2`), where BLEU and CIDEr split it later and
 * ROUGE-L does not.
 *
 * The captions are lines of one file, and two things of a caption depend on what comes after it: `S.` loses its dot where
 * the next caption begins with `The` or another word that starts sentences, `no.` keeps its own where it begins with a
 * digit. The last caption is the end of the file, which is read otherwise than the end of a line (`he'll` is `he`, `'ll` inside, and
 * `he`, `ll` there).
 */
export function ptbTokenizeAll(captions: readonly string[]): string[][] {
  const tokens: string[][] = [];
  let line: string[] = [];
  scanPtb(
    captions,
    (source, start, end) => line.push(source.slice(start, end)),
    () => {
      tokens.push(line);
      line = [];
    },
  );
  return tokens;
}

/** The tokens of a caption that stands alone: its end is the end of the file. See {@link ptbTokenizeAll}. */
export function ptbTokenize(caption: string): string[] {
  return ptbTokenizeAll([caption])[0]!;
}

/** {@link ptbTokenizeAll} without making strings. */
export const scanPtb: ScanLines = (captions, emit, endLine) => {
  const emitKept: EmitToken = (source, start, end) => {
    if (isKept(source, start, end)) emit(source, start, end);
  };
  for (let first = 0; first < captions.length; first += BLOCK) {
    const block = captions.slice(first, first + BLOCK).map(unbroken);
    const text = block.join("\n") + whatFollows(captions, first + BLOCK);
    let from = 0;
    for (const caption of block) {
      if (/[^ \t]/.test(caption.slice(trimEnd(caption).length))) scanTrimmed(text, emitKept, from, caption);
      else lexer().scan(text, emitKept, from, caption);
      endLine();
      from += caption.length + 1;
    }
  }
};

/** Python strips a line's last token, too: a web address takes a no-break space behind it. */
function scanTrimmed(text: string, emit: EmitToken, from: number, caption: string): void {
  const tokens = collectTokens((_line, collect) => lexer().scan(text, collect, from, caption), text);
  const last = tokens.length - 1;
  tokens.forEach((token, index) => {
    const written = index === last ? trimEnd(token) : token;
    if (written !== "") emit(written, 0, written.length);
  });
}

/** A caption as one line. */
function unbroken(caption: string): string {
  return caption.replace(LINE_BREAKS, " ");
}

/** As much of the captions from `next` on as the one before can depend on: up to the end of the first that is not blank. */
function whatFollows(captions: readonly string[], next: number): string {
  let text = "";
  for (let i = next; i < captions.length; i++) {
    const caption = unbroken(captions[i]!);
    text += `\n${caption}`;
    if (/[^ \t\u00a0\u2000-\u200a\u3000]/.test(caption)) return i + 1 < captions.length ? `${text}\n` : text;
  }
  return text;
}
