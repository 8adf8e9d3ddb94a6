import {
  joinParts,
  NEWLINE_TOKEN,
  nameBrackets,
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
  /** As `rewrite`; it changes nothing in ASCII text and is left out there. */
  readonly rewriteBeyondAscii?: (text: string) => string;
  /** The last character belongs to this token and is also the start of the next. */
  readonly repeatLast?: boolean;
}

/** A dotted acronym, split by its number of letters so that it has a fixed length before what follows. */
const sentenceFinalAcronyms = [1, 2, 3, 4, 5].map(
  (dots): Rule => ({
    pattern: `[A-Za-z](\\.[A-Za-z]){${dots}}\\.`,
    ahead: "{SENTENCE_START}|{SPACE}{TAG}",
    repeatLast: true,
  }),
);

/**
 * The rules of the tokenizer. At each place of a text the rule with the longest match wins, text ahead included; of
 * several equally long matches the first rule's. Where no rule matches, the character is skipped.
 */
export const rules: readonly Rule[] = [
  { pattern: "&(amp|lt|gt|quot|nbsp);", rewrite: resolveEntity },
  { pattern: "{TAG}", rewrite: joinParts },

  // Contractions come apart: can|not, gon|na, 't|is, is|n't, it|'s, they|'re.
  { pattern: "can", ahead: "not" },
  { pattern: "gon|wan", ahead: "na" },
  { pattern: "got", ahead: "ta" },
  { pattern: "lem|gim", ahead: "me" },
  { pattern: "{APOSTROPHE}t", ahead: "is|was", rewriteBeyondAscii: rewriteWord },
  { pattern: "[A-Za-z\u00ad]*[A-MO-Za-mo-z\u00ad]", ahead: "n{APOSTROPHE}t", rewriteBeyondAscii: rewriteWord },
  { pattern: "{WORD}", ahead: "{APOSTROPHE}(s|m|d)", rewriteBeyondAscii: rewriteWord },
  { pattern: "{WORD}", ahead: "{APOSTROPHE}(re|ve|ll)", rewriteBeyondAscii: rewriteWord },
  { pattern: "n{APOSTROPHE}t", rewriteBeyondAscii: rewriteWord },

  // Words with an apostrophe that stay whole.
  { pattern: "{SHORTENED}", rewriteBeyondAscii: rewriteWord },
  { pattern: "y{APOSTROPHE}", ahead: "{LETTER}", rewriteBeyondAscii: rewriteWord },
  { pattern: "{APOSTROPHE}[0-9][0-9]", ahead: "{SPACE}", rewriteBeyondAscii: rewriteWord },
  { pattern: "{FOREIGN_NAME}", rewriteBeyondAscii: rewriteWord },
  { pattern: "{BETWEEN_VOWELS}" },

  { pattern: "{WORD}", rewriteBeyondAscii: rewriteWord },
  { pattern: "{COMPOUND}", rewriteBeyondAscii: rewriteWord },

  // An abbreviation that can end a sentence is followed by a full stop of its own where a sentence seems to end.
  { pattern: "({CLOSING})\\.", ahead: "({SPACE}|{BREAK})({SPACE}|{BREAK}|{UPPER})", repeatLast: true },
  { pattern: "({CLOSING})\\.", ahead: "{ANY}{ANY}" },
  { pattern: "({CLOSING})\\.", repeatLast: true },

  { pattern: "{DOTTED_COMPOUND}", rewriteBeyondAscii: rewriteWord },
  { pattern: "[A-Z]+(&[A-Z]+)+(-[0-9]+)?" },
  { pattern: "{SLASHED}(/{SLASHED}){1,2}" },

  { pattern: "{NUMBER}" },
  { pattern: "{MIXED_FRACTION}", rewrite: joinParts },
  { pattern: "{PHONE}", rewrite: joinParts },
  { pattern: "{DATE}" },

  { pattern: "{MAIL}" },
  { pattern: "https?:/{PATH}" },
  { pattern: "({WWW}|{HOST})({PATH})?" },
  { pattern: "@[A-Za-z_]({LETTER}|{MARK}|{DIGIT}|_)*" },
  { pattern: "#({LETTER}|{MARK})+" },

  { pattern: "c\\+\\+|(c|f)#" },
  { pattern: "[A-Z]+\\$" },
  { pattern: "(pro|anti)-" },

  // Acronyms and other abbreviations.
  { pattern: "(u\\.s|d\\.c|[ap]\\.m)\\.", ahead: "{SPACE}{TAG}" },
  ...sentenceFinalAcronyms,
  { pattern: "[A-Za-z]", ahead: "\\.{SENTENCE_START}" },
  { pattern: "({LEADING}|{ACRONYM}|[A-Za-z])\\." },
  { pattern: "{FILE}", ahead: "[ .,?!]|{BREAK}" },
  { pattern: "({BEFORE_NUMBER})\\.", ahead: "{SPACE}[0-9]" },
  { pattern: "({WORD}|{COMPOUND}|{DOTTED_COMPOUND})\\.", ahead: "[,;:]", rewriteBeyondAscii: rewriteWord },

  // Smileys
  { pattern: "[:;=]['-]?[)]|:-?[(]|\\^_\\^|['-]_['-]|\\(-_-\\)", rewrite: nameBrackets },
  { pattern: "=[(]|:[DP]", ahead: "[^A-Za-z0-9]", rewrite: nameBrackets },

  // Apostrophes and quotation marks. A straight one is read as opening before a letter and another character.
  { pattern: "{APOSTROPHE}(s|m|d)", ahead: "[^A-Za-z]", rewriteBeyondAscii: rewriteWord },
  { pattern: "{APOSTROPHE}(s|m|d)", rewriteBeyondAscii: rewriteWord },
  { pattern: "{APOSTROPHE}(re|ve|ll)", ahead: "[^A-Za-z]|{END}", rewriteBeyondAscii: rewriteWord },
  { pattern: "'", ahead: "[A-Za-z][^ \\t\\r\\n]", rewrite: () => "`" },
  { pattern: "{APOSTROPHE}(re|ve|ll)", rewriteBeyondAscii: rewriteWord },
  { pattern: `'|''|\`|\`\`|[${TYPOGRAPHIC_QUOTES}]{1,2}`, rewriteBeyondAscii: rewriteQuotes },
  { pattern: '"', ahead: "[A-Za-z0-9$]", rewrite: () => "``" },
  { pattern: '"', rewrite: () => "''" },

  // Other signs
  { pattern: "\\.{3,5}|\\.( \\.){2,4}|\u2026|\u0085", rewrite: () => "..." },
  { pattern: "-{3,4}|[\u2013-\u2015\u0096\u0097]", rewrite: () => "--" },
  { pattern: "-+|[?!]+|\\*+|_+" },
  { pattern: "[.,;:$#%&/\\\\@<>=+^~|]" },
  { pattern: "-(l|r)(r|s|c)b-" },
  { pattern: "[()[\\]{}]", rewrite: nameBrackets },
  { pattern: `[${SIGNS_TO_REWRITE}]`, rewrite: rewriteSign },
  { pattern: "{SYMBOL}" },
  { pattern: "\r\n|{BREAK}", rewrite: () => NEWLINE_TOKEN },
];
