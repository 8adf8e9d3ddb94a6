import {
  CLOSING_ABBREVIATIONS,
  LEADING_ABBREVIATIONS,
  NUMBER_ABBREVIATIONS,
  SENTENCE_STARTS,
} from "./abbreviations.js";
import { END_OF_TEXT } from "./char-set.js";
import { DIGITS, LETTERS, LINE_BREAKS, MARKS, SYMBOLS } from "./characters.js";
import type { Definitions } from "./pattern.js";

/** What ends a web or mail address, besides line breaks. */
const ADDRESS_STOPS = ' \\t\\r\\n\\f\\"<>|(){}\u00a0';

/** The named parts of the rules. */
export const definitions: Definitions = {
  ANY: [[0, 0xffff]],
  END: [[END_OF_TEXT, END_OF_TEXT]],
  BREAK: LINE_BREAKS,
  SPACE: "[ \\t\u00a0\u2000-\u200a\u3000]",
  GAP: "({SPACE}|{BREAK}|{END})",

  LETTER: LETTERS,
  MARK: MARKS,
  DIGIT: DIGITS,
  SYMBOL: SYMBOLS,
  UPPER: "[A-Z\u0410-\u042f]",
  APOSTROPHE: "['\u0092\u2019]",

  // Words. Only a plain word takes combining marks and entities.
  LETTER_ENTITY: "&[A-Za-z](acute|grave|circ|uml|tilde|ring|cedil|slash|caron);",
  WORD_START: "({LETTER}|{MARK}|\u00ad|{LETTER_ENTITY})",
  WORD: "{WORD_START}({WORD_START}|{DIGIT})*([.!?]{WORD_START}({WORD_START}|{DIGIT})*)*",
  ALNUM: "({LETTER}|{DIGIT})",
  COMPOUND: "([dolDOL]{APOSTROPHE}{ALNUM})?{ALNUM}+([-_\u058a\u2010\u2011]([dolDOL]{APOSTROPHE})?{ALNUM}+)*",
  DOTTED_COMPOUND: "[A-Za-z0-9\u00ad][A-Za-z0-9\u00ad.,]*(-([A-Za-z0-9\u00ad]+|{ACRONYM}\\.))+",
  SLASHED: "[A-Za-z0-9]+(-[A-Za-z]+)*",
  ACRONYM: "[A-Za-z](\\.[A-Za-z])+",

  // Words that keep an apostrophe. A contraction comes off before the rest is looked at.
  SHORTENED:
    "{APOSTROPHE}(n{APOSTROPHE}?|em|till?|cause|[2-9]0s)|(ol|dunkin|somethin|[dl]){APOSTROPHE}|" +
    "c{APOSTROPHE}(est|mon)|s{APOSTROPHE}mores|cap{APOSTROPHE}n|nor{APOSTROPHE}easter|(li|nat){APOSTROPHE}l|" +
    "[eo]{APOSTROPHE}er|ev{APOSTROPHE}ry|cont{APOSTROPHE}d",
  FOREIGN_NAME: "[A-HJ-XZn]{APOSTROPHE}{LETTER}{LETTER}+",
  BETWEEN_VOWELS: "{LETTER}+[aeiouyAEIOUY]{APOSTROPHE}[aeiouA-Z]{LETTER}*",

  // Numbers
  NUMBER: "[-+]?({DIGIT}+|{DIGIT}*([.,:]{DIGIT}+)+)",
  DATE: "[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2,4}",
  MIXED_FRACTION: "[0-9]{1,4}[- \u00a0][0-9]{1,4}/[0-9]{1,4}",
  PHONE: "(\\([0-9]{3}\\)[ \u00a0]?|[0-9]{3}[- \u00a0])?[0-9]{3}[- \u00a0][0-9]{4,5}",

  // Abbreviations
  CLOSING: CLOSING_ABBREVIATIONS,
  LEADING: LEADING_ABBREVIATIONS,
  BEFORE_NUMBER: NUMBER_ABBREVIATIONS,
  SENTENCE_START: `{GAP}({SPACE}|{BREAK})*(${SENTENCE_STARTS}){GAP}`,

  // Addresses and mark-up
  ADDRESS: `[^${ADDRESS_STOPS}]`,
  PATH: `/{ADDRESS}*[^${ADDRESS_STOPS}.!?,\\-]`,
  MAIL: `<?[A-Za-z0-9]{ADDRESS}*@([^${ADDRESS_STOPS}.]+\\.)*[^${ADDRESS_STOPS}.]+>?`,
  WWW: '(www\\.([^ \\t\\r\\n\\f"<>|.!?,(){}]+\\.)+[a-zA-Z]{2,4})',
  // The class `,-_` is a range: no digit, no capital and none of , - . / : ; = ? @ [ ] \ ^ _
  HOST: "([^ \\t\\r\\n\\f\\v\"`'<>|!$(){},-_]+\\.)+(com|net|org|edu)",
  FILE: "[A-Za-z0-9]+(\\.[A-Za-z0-9]+)*\\.(bmp|c|cgi|cpp|csv|docx?|exe|gif|gz|h|html?|jar|java|jpe?g|mov|mp[34]|pdf|php|png|pptx?|py|sql|tar|txt|wav|x|xml|zip)",
  TAG: "<[!?/]?[A-Za-z][^<>\\n\\r\\v\\f\u2028\u2029]*>",
};
