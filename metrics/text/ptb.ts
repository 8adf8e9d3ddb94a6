import { type CaptionBlock, captionBlocks } from "./ptb/caption-blocks.js";
import { definitions } from "./ptb/definitions.js";
import { Lexer } from "./ptb/lexer.js";
import { rules } from "./ptb/rules.js";
import { WordMemory } from "./ptb/word-memory.js";
import { collectTokens, type EmitToken, type ScanLines } from "./scan.js";
import { TokenLinesBuilder } from "./token-lines.js";
import { Vocabulary } from "./token-numbers.js";
import { isWhiteSpace, trimEnd } from "./white-space.js";

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const LETTER_A = 0x61;
const NO_BREAK_SPACE = 0xa0;

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
  const vocabulary = new Vocabulary();
  const builder = new TokenLinesBuilder();
  scanPtb(captions, vocabulary, builder);
  const { ids, offsets } = builder.finish();
  return captions.map((_, i) => Array.from(ids.subarray(offsets[i]!, offsets[i + 1]!), (id) => vocabulary.tokens[id]!));
}

/** The tokens of a caption that stands alone: its end is the end of the file. See {@link ptbTokenizeAll}. */
export function ptbTokenize(caption: string): string[] {
  return ptbTokenizeAll([caption])[0]!;
}

/** {@link ptbTokenizeAll} without making strings. */
export const scanPtb: ScanLines = (captions, vocabulary, into) => {
  const scanner = new PtbScanner(vocabulary);
  for (const block of captionBlocks(captions)) scanner.scan(block, into);
};

/** Numbers the tokens of blocks of captions; what it has read before it remembers. */
export class PtbScanner {
  readonly #vocabulary: Vocabulary;
  readonly #memory = new WordMemory();
  #units = new Uint16Array(0);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Adds the tokens of the block's captions, a line each. */
  scan({ text, captions }: CaptionBlock, into: TokenLinesBuilder): void {
    if (this.#units.length <= text.length) this.#units = new Uint16Array(2 * text.length + 1);
    const units = this.#units;
    for (let at = 0; at < text.length; at++) units[at] = text.charCodeAt(at);
    units[text.length] = 0;
    let from = 0;
    for (let caption = 0; caption < captions; caption++) {
      let to = from;
      while (to < text.length && units[to] !== LINE_FEED) to++;
      if (endsOddly(text, from, to)) scanTrimmed(text, from, to, this.#vocabulary, into);
      else scanLine({ text, units }, from, to, this.#memory, this.#vocabulary, into);
      into.endLine();
      from = to + 1;
    }
  }
}

/** A text, and its code units: they are read several times faster than the text. */
interface Source {
  readonly text: string;
  readonly units: Uint16Array;
}

function scanLine(
  { text, units }: Source,
  from: number,
  to: number,
  memory: WordMemory,
  vocabulary: Vocabulary,
  into: TokenLinesBuilder,
): void {
  for (let at = from; at < to; ) {
    // No rule but that of white space begins with a space: most are passed at once.
    if (units[at] === SPACE && units[at + 1]! > SPACE && units[at + 1]! < NO_BREAK_SPACE) {
      at++;
      continue;
    }
    const known = memory.find(units, text.length, at);
    if (known >= 0) {
      memory.copyTokens(known, into);
      at = memory.end;
      continue;
    }
    const { tokens, end, reach } = readTokens(text, at, memory.end, vocabulary);
    for (const token of tokens) into.push(token);
    if (end === memory.end && reach <= end) memory.add(units, tokens);
    at = end;
  }
}

/** The tokens from a place to the end of its word, one at least, and the last place that they depend on. */
function readTokens(text: string, start: number, wordEnd: number, vocabulary: Vocabulary) {
  const tokens: number[] = [];
  const emit: EmitToken = (source, tokenStart, tokenEnd) => {
    if (isKept(source, tokenStart, tokenEnd)) tokens.push(vocabulary.numberOfSlice(source, tokenStart, tokenEnd));
  };
  let end = start;
  let reach = start;
  do {
    end = lexer().scanToken(text, end, emit);
    reach = Math.max(reach, lexer().reach);
  } while (end < wordEnd);
  return { tokens, end, reach };
}

/** Whether white space other than spaces and tabs is the last of a caption. */
function endsOddly(text: string, from: number, to: number): boolean {
  if (from === to || !isWhiteSpace(text.charCodeAt(to - 1))) return false;
  const caption = text.slice(from, to);
  return /[^ \t]/.test(caption.slice(trimEnd(caption).length));
}

/** Python strips a line's last token, too: a web address takes a no-break space behind it. */
function scanTrimmed(text: string, from: number, to: number, vocabulary: Vocabulary, into: TokenLinesBuilder): void {
  const tokens: string[] = [];
  for (let at = from; at < to; ) at = lexer().scanToken(text, at, (token) => tokens.push(token));
  const last = tokens.length - 1;
  tokens.forEach((token, index) => {
    const written = index === last ? trimEnd(token) : token;
    if (written !== "" && isKept(written, 0, written.length)) into.push(vocabulary.numberOf(written));
  });
}
