import {
  CLOSING_ABBREVIATIONS,
  LEADING_ABBREVIATIONS,
  NUMBER_ABBREVIATIONS,
  SENTENCE_STARTS,
} from "./abbreviations.js";
import { DIGITS, findCapitals, LETTERS, LINE_BREAKS, MARKS, SYMBOLS } from "./characters.js";
import type { Definitions } from "./pattern.js";

/** What ends a web address; a mail address ends at a no-break space too. */
const ADDRESS_STOPS = ' \\t\\r\\n\\f\\"<>|(){}';

const LINE_ENDS = "\\n\\r\\v\\f\u2028\u2029";

/** The named parts of the rules. */
export const definitions: Definitions = {
  ANY: [[0, 0xffff]],
  BREAK: LINE_BREAKS,
  SPACE: "[ \\t\u00a0\u2000-\u200a\u3000]",
  GAP: "({SPACE}|{BREAK})",

  LETTER: LETTERS,
  MARK: MARKS,
  DIGIT: DIGITS,
  SYMBOL: SYMBOLS,
  get UPPER() {
    return findCapitals(); // not before the lexer is built
  },
  APOSTROPHE: "(['\u0092\u2019]|&apos;)",
  /** One that is rewritten: the entity only in small letters. */
  PLAIN_APOSTROPHE: "(['\u0092\u2019]|&[a][p][o][s];)",
  /** In names and before a t every single quotation mark is one. */
  ANY_APOSTROPHE: "({APOSTROPHE}|[`\u0091\u2018\u201b])",

  // Words. Only a plain word takes combining marks and entities.
  LETTER_ENTITY: "&[AEIOUaeiou](acute|grave|uml);",
  WORD_START: "({LETTER}|{MARK}|\u00ad|{LETTER_ENTITY})",
  WORD: "{WORD_START}({WORD_START}|{DIGIT})*([.!?]{WORD_START}({WORD_START}|{DIGIT})*)*",
  ALNUM: "({LETTER}|{DIGIT})",
  COMPOUND:
    "([dolDOL]{ANY_APOSTROPHE}{ALNUM})?{ALNUM}+([-_\u058a\u2010\u2011]([dolDOL]{ANY_APOSTROPHE}{ALNUM})?{ALNUM}+)*",
  DOTTED_COMPOUND: "[A-Za-z0-9][A-Za-z0-9\u00ad.,]*(-([A-Za-z0-9\u00ad]+|{ACRONYM}\\.))+",
  /** AT&T, also as HTML writes it */
  AMPERSAND: "(&|&amp;)",
  JOINED_CAPITALS: "[A-Z]+(({AMPERSAND}|\\+)[A-Z]+)+",
  SLASHED: "[A-Za-z0-9]+(-[A-Za-z]+)*",
  ACRONYM: "[A-Za-z](\\.[A-Za-z])+",

  /** Of a smiley that looks at you: ^_^ (>.<) */
  EYE: "[-x'<=>^~]",

  // Words that keep an apostrophe. A contraction comes off before the rest is looked at.
  SHORTENED:
    "{APOSTROPHE}(n{APOSTROPHE}?|em|till?|cause|[2-9]0s)|(ol|dunkin|somethin|d|l|j){APOSTROPHE}|" +
    "c{APOSTROPHE}est|cap{APOSTROPHE}n|c'mon|s'mores|nor'easter|(li|nat)'l|[eo]'er|ev'ry|cont'd",
  FOREIGN_NAME: "[A-HJ-XZn]{ANY_APOSTROPHE}{LETTER}{LETTER}+",
  BETWEEN_VOWELS: "{LETTER}+[aeiouyAEIOUY]{ANY_APOSTROPHE}[aeiouA-Z]{LETTER}*|o{ANY_APOSTROPHE}o",

  // Numbers
  NUMBER: "[-+]?({DIGIT}+|{DIGIT}*([.,:\u00ad]{DIGIT}+)+)",
  DATE: "[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{2,4}",
  MIXED_FRACTION: "({DIGIT}{1,4}[- \u00a0])?{DIGIT}{1,4}/{DIGIT}{1,4}",
  PHONE:
    "(\\([0-9]{2,3}\\)[ \u00a0]?|(\\+\\+?)?([0-9]{2,4}[- \u00a0])?[0-9]{2,4}[- \u00a0])" +
    "[0-9]{3,4}[- \u00a0]?[0-9]{3,5}",

  // Abbreviations
  CLOSING: CLOSING_ABBREVIATIONS,
  LEADING: LEADING_ABBREVIATIONS,
  BEFORE_NUMBER: NUMBER_ABBREVIATIONS,
  SENTENCE_START: `{GAP}+(${SENTENCE_STARTS}|{TAG}){GAP}`,

  // Addresses and mark-up
  PATH: `/[^ \\t\\r\\n\\f\\"<>|()]+[^${ADDRESS_STOPS}.!?,\\-]`,
  WEB_PATH: `/[^${ADDRESS_STOPS}]+[^${ADDRESS_STOPS}.!?,\\-]`,
  MAIL: `(<|&lt;)?[A-Za-z0-9][^${ADDRESS_STOPS}\u00a0]*@([^${ADDRESS_STOPS}\u00a0.]+\\.)*[^${ADDRESS_STOPS}\u00a0.]+(>|&gt;)?`,
  WWW: '(www\\.([^ \\t\\r\\n\\f"<>|.!?,(){}]+\\.)+[a-zA-Z]{2,4})',
  // The class `,-_` is a range: no digit, no capital and none of , - . / : ; = ? @ [ ] \ ^ _
  HOST: "([^ \\t\\r\\n\\f\\v\"`'<>|!$(){},-_]+\\.)+(com|net|org|edu)",
  FILE: "({ALNUM}|\u00ad)+(\\.({ALNUM}|\u00ad)+)*\\.(bmp|c|cgi|cpp|csv|docx?|exe|gif|gz|h|html?|jar|java|jpe?g|mov|mp[34]|pdf|php|png|pptx?|py|sql|tar|txt|wav|x|xml|zip)",
  TAG_NAME: "[A-Za-z][A-Za-z0-9_.:-]*",
  ATTRIBUTE: `{TAG_NAME}( *= *("[^"${LINE_ENDS}]*"|'[^'${LINE_ENDS}]*'))?`,
  TAG: `<({TAG_NAME}( +{ATTRIBUTE})* *(/ *)?|/{TAG_NAME} *|[!?][A-Za-z\\-][^>${LINE_ENDS}]*)>`,
};
