/*
 * The reference (tokenizers 0.23, in Rust) knows characters as older versions of Unicode had them: Unicode 8 where BERT's
 * texts are cleaned and cut, 9 where they are normalised, 16 where GPT-2's and CLIP's are cut. Characters that came later
 * have no class there. These lists were made by asking it about every code point. Between the ends of a range lie
 * characters of other classes too, which the classes below leave out.
 */

const LATER_MARKS =
  "\u07FD\u0897-\u08E1\u09FE\u0AFA-\u0AFF\u0B55\u0C04-\u0C3C\u0D00\u0D3B\u0D3C\u0D81\u0EBA\u0ECE\u180F-\u1886" +
  "\u1ABF-\u1AEB\u1DF6-\u1DFB\uA82C\uA8C5\uA8FF\uA9BD\u{10D24}-\u{10F85}\u{11070}-\u{11074}\u{110C2}\u{111C9}" +
  "\u{111CF}\u{1123E}-\u{11241}\u{1133B}\u{113BB}-\u{1145E}\u{1182F}-\u{1612F}\u{16F4F}\u{16FE4}" +
  "\u{1CF00}-\u{1CF46}\u{1E000}-\u{1E6F5}\u{1E944}-\u{1E94A}";

const LATER_PUNCTUATION =
  "\u061D\u09FD-\u0A76\u0C77-\u0C84\u1B4E\u1B4F\u1B7D-\u1B7F\u2E43-\u2E5D\u{10D6E}-\u{10F89}\u{113D4}-\u{1145D}" +
  "\u{11660}-\u{116B9}\u{1183B}-\u{11FFF}\u{12FF1}\u{12FF2}\u{16D6D}-\u{16FE2}\u{1E5FF}-\u{1E95F}";

const LATER_FORMAT = "\u0890-\u08E2\u{110CD}-\u{1343F}";

const LATER_LETTERS_AND_NUMBERS =
  "\u088F\u0C5C\u0CDC\uA7CE\uA7CF\uA7D2\uA7D4\uA7F1\u{10940}-\u{10959}\u{10EC5}-\u{10EC7}\u{11DB0}-\u{11DE9}" +
  "\u{16EA0}-\u{16ED3}\u{16FF2}-\u{16FF6}\u{187F8}-\u{187FF}\u{18D09}-\u{18DF2}\u{1E6C0}-\u{1E6FF}" +
  "\u{2B73A}-\u{2B73F}\u{2CEA2}-\u{2CEAD}\u{323B0}-\u{33479}";

const LATER_COMBINING =
  "\u07FD\u0897-\u08D3\u09FE\u0C3C\u0D3B\u0D3C\u0EBA\u1715\u1ABF-\u1AEB\u1DF6-\u1DFA\uA82C\u{10D24}-\u{10EFB}" +
  "\u{10EFD}-\u{10F85}\u{11070}\u{1133B}\u{113C2}-\u{113C8}\u{113CE}-\u{113D0}\u{1145E}\u{11839}\u{1183A}" +
  "\u{11938}\u{1193D}\u{1193E}\u{11943}\u{119E0}\u{11A34}\u{11A47}\u{11A99}\u{11D42}\u{11D44}\u{11D45}\u{11D97}" +
  "\u{11F41}\u{11F42}\u{1611E}\u{16121}-\u{16129}\u{1612F}\u{16FF0}\u{16FF1}\u{1E08F}-\u{1E6F5}";

/** Characters that later versions take apart, and those with which such a pair begins. */
const LATER_PAIRS =
  "\u{105C9}\u{105E4}\u{11383}\u{11385}\u{1138E}\u{11391}\u{16D67}-\u{16D6A}" +
  "\u{105D2}\u{105DA}\u{11382}\u{11384}\u{1138B}\u{11390}\u{11935}\u{16D63}";

/*
 * Classes of characters for regular expressions with the flag `v`.
 */

/** White space (JavaScript's `\s` has U+FEFF and lacks U+0085). */
export const WHITE_SPACE = "\\p{White_Space}";
/** Letters. */
export const LETTER = `[\\p{L}--[${LATER_LETTERS_AND_NUMBERS}]]`;
/** Numbers. */
export const NUMBER = `[\\p{N}--[${LATER_LETTERS_AND_NUMBERS}]]`;
/** What words are made of where a token must stand alone. */
export const WORD_CHARACTER = `[[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]--[${LATER_LETTERS_AND_NUMBERS}]]`;
/** BERT's punctuation: Unicode's and every ASCII character that is neither letter, digit, space nor control. */
export const PUNCTUATION = `[[\\p{P}--[${LATER_PUNCTUATION}]]!-\\/:-@\\[-\`\\{-~\\u166D\\u{111C9}]`;
/** What BERT drops from a text: controls other than tab and line ends, formats, private use, U+FFFD. */
export const CONTROL = `[[[\\p{Cc}\\p{Cf}\\p{Co}]--[${LATER_FORMAT}]--[\\t\\n\\r]]\\uFFFD]`;
/** Marks without a width of their own, such as accents. */
export const MARK = `[[\\p{Mn}--[${LATER_MARKS}]]\\u1734\\u{1171E}]`;

const STAND_ALONE = new RegExp(`([[\\p{M}&&[${LATER_COMBINING}]]${LATER_PAIRS}])`, "v");

/** The text in one of Unicode's normal forms, as the reference's version has it: later characters stay by themselves. */
export function normalizeAsReference(text: string, form: "NFC" | "NFD"): string {
  return text
    .split(STAND_ALONE)
    .map((part, index) => (index % 2 === 0 ? part.normalize(form) : part))
    .join("");
}

/** Each character in lower case by itself, whatever stands beside it: a final sigma is no exception. */
export function lowerCase(text: string): string {
  return Array.from(text, (character) => character.toLowerCase()).join("");
}
