import {
  joinParts,
  NEWLINE_TOKEN,
  nameBrackets,
  nameParentheses,
  resolveAmpersands,
  resolveEntity,
  rewriteQuotes,
  rewriteSign,
  rewriteWord,
  SIGNS_TO_REWRITE,
  TYPOGRAPHIC_QUOTES,
} from "./rewrite-tokens.js";

/** How one kind of token looks and what becomes of it. */
export interface Rule {
  /** In the notation of `parsePattern`, with the names of `definitions`. */
  readonly pattern: string;
  /** What must follow. It counts in the length of the match but is left to the next token. */
  readonly ahead?: string;
  /** What is written instead of the token, from its lower-cased text; an empty string is no token. */
  readonly rewrite?: (text: string) => string;
  /** It is no token. */
  readonly skipped?: boolean;
  /** The last character belongs to this token and is also the start of the next. */
  readonly repeatLast?: boolean;
}

/**
 * The rules of the tokenizer. At each place of a text the rule with the longest match wins, text ahead included; of
 * several equally long matches the first rule's. Where no rule matches, the character is skipped.
 */
export const rules: readonly Rule[] = [
  { pattern: "{SPACE}+", skipped: true },
  { pattern: "&(amp|lt|gt|nbsp|mdash|ndash|md|[a][p][o][s]);", rewrite: resolveEntity },
  { pattern: "&([q][u][o][t]);", ahead: "[A-Za-z0-9$]", rewrite: () => "``" },
  { pattern: "&([q][u][o][t]);", rewrite: () => "''" },
  { pattern: "&(quot|apos|odq|cdq|ht|lr|qc|ql|qr|tl|ur|#[0-9]+);" },
  { pattern: "{TAG}", rewrite: joinParts },

  // Contractions come apart: can|not, gon|na, 't|is, is|n't, it|'s, they|'re.
  { pattern: "can", ahead: "not" },
  { pattern: "gon|wan", ahead: "na" },
  { pattern: "got", ahead: "ta" },
  { pattern: "lem|gim", ahead: "me" },
  { pattern: "'t", ahead: "is|was" },
  { pattern: "[A-Za-z\u00ad]*[A-MO-Za-mo-z]\u00ad*", ahead: "n{ANY_APOSTROPHE}t", rewrite: rewriteWord },
  { pattern: "{WORD}", ahead: "{APOSTROPHE}(s|m|d)", rewrite: rewriteWord },
  { pattern: "{WORD}", ahead: "{APOSTROPHE}(re|ve|ll)", rewrite: rewriteWord },
  { pattern: "n({PLAIN_APOSTROPHE}|[`\u0091\u2018\u201b])t", rewrite: rewriteQuotes },

  // Words with an apostrophe that stay whole.
  { pattern: "{SHORTENED}" },
  { pattern: "y{APOSTROPHE}", ahead: "{LETTER}" },
  { pattern: "{APOSTROPHE}[0-9][0-9]", ahead: "{GAP}" },
  { pattern: "{FOREIGN_NAME}" },
  { pattern: "{BETWEEN_VOWELS}" },

  { pattern: "{WORD}", rewrite: rewriteWord },
  { pattern: "{COMPOUND}" },

  { pattern: "{MAIL}" },

  // An abbreviation that can end a sentence is followed by a full stop of its own where a sentence seems to end.
  { pattern: "(co|pte|pty)\\.", ahead: "{SPACE}(ltd|lim)" },
  { pattern: "({CLOSING})\\.", ahead: "({SPACE}|{BREAK})({SPACE}|{BREAK}|{UPPER}|{TAG})", repeatLast: true },
  { pattern: "({CLOSING})\\.", ahead: "{ANY}{ANY}" },
  { pattern: "({CLOSING})\\.", repeatLast: true },

  { pattern: "{DOTTED_COMPOUND}", rewrite: rewriteWord },
  { pattern: "{JOINED_CAPITALS}|s{AMPERSAND}p-500", rewrite: resolveAmpersands },
  { pattern: "{SLASHED}(\\\\?/{SLASHED}){1,2}" },

  { pattern: "{NUMBER}", rewrite: rewriteWord },
  { pattern: "{MIXED_FRACTION}", rewrite: joinParts },
  { pattern: "{PHONE}", rewrite: (text) => nameParentheses(joinParts(text)) },
  { pattern: "{DATE}" },

  { pattern: "https?:/{WEB_PATH}" },
  { pattern: "({WWW}|{HOST})({PATH})?" },
  { pattern: "@[A-Za-z_][A-Za-z_0-9]*" },
  { pattern: "#{WORD_START}+" },

  { pattern: "c\\+\\+|(c|f)#" },
  { pattern: "[A-Z]+\\$" },
  { pattern: "(pro|anti)-" },

  // Acronyms and other abbreviations.
  { pattern: "{ACRONYM}\\.", ahead: "{SENTENCE_START}", repeatLast: true },
  { pattern: "[A-Za-z]", ahead: "\\.{SENTENCE_START}" },
  { pattern: "({LEADING}|{ACRONYM}|[A-Za-z])\\." },
  { pattern: "{FILE}", ahead: "{GAP}|[.,?!]" },
  { pattern: "({BEFORE_NUMBER})\\.", ahead: "({SPACE}|{BREAK})?{DIGIT}" },
  {
    pattern: "({WORD}|{COMPOUND}|{DOTTED_COMPOUND})\\.",
    ahead: "[,;:\u3001]",
    rewrite: rewriteWord,
  },
  { pattern: "{JOINED_CAPITALS}\\.", ahead: "[,;:\u3001]", rewrite: resolveAmpersands },

  // Smileys
  { pattern: "[<>]?[:;=][-o*']?[()DPdpO\\\\{@|\\[\\]]", ahead: "[^A-Za-z0-9]", rewrite: nameParentheses },
  { pattern: "{EYE}_{EYE}|\\({EYE}[_.]?{EYE}\\)|\\([x'<=>^~]-[x'<=>^~`]\\)", rewrite: nameBrackets },

  // Apostrophes and quotation marks. A straight one is read as opening before a letter and another character.
  { pattern: "{PLAIN_APOSTROPHE}(s|m|d)", ahead: "[^A-Za-z]", rewrite: rewriteQuotes },
  { pattern: "{PLAIN_APOSTROPHE}(s|m|d)", rewrite: rewriteQuotes },
  { pattern: "{PLAIN_APOSTROPHE}(re|ve|ll)", ahead: "[^A-Za-z]", rewrite: rewriteQuotes },
  { pattern: "'", ahead: "[A-Za-z][^ \\t\\r\\n\u00a0]", rewrite: () => "`" },
  { pattern: "{PLAIN_APOSTROPHE}(re|ve|ll)", rewrite: rewriteQuotes },
  { pattern: "n&apos;t|&apos;(s|m|d|re|ve|ll)" },
  { pattern: "&apos;(s|m|d|re|ve|ll)", ahead: "[^A-Za-z]" },
  { pattern: `'|''|[\`${TYPOGRAPHIC_QUOTES}]{1,2}`, rewrite: rewriteQuotes },
  { pattern: '"', ahead: "[A-Za-z0-9$]", rewrite: () => "``" },
  { pattern: '"', rewrite: () => "''" },

  // Other signs
  { pattern: "\\.{3,5}|\\.( \\.){2,4}|\u2026|\u0085", rewrite: () => "..." },
  { pattern: "-{3,4}|[\u2013-\u2015\u0096\u0097]", rewrite: () => "--" },
  { pattern: "-+|[?!]+|\\*+|_+|#+|@+|<<|>>|(\\\\\\*){1,3}" },
  { pattern: "[.,;:$#%&/\\\\@<>=+^~|]" },
  { pattern: "-(l|r)(r|s|c)b-" },
  { pattern: "[()[\\]{}]", rewrite: nameBrackets },
  { pattern: `[${SIGNS_TO_REWRITE}]`, rewrite: rewriteSign },
  { pattern: "{SYMBOL}" },
  { pattern: "\r\n|{BREAK}", rewrite: () => NEWLINE_TOKEN },
];
