import { type CharSet, charSetOf, unite } from "./char-set.js";

// These tables were measured: every code unit was given to the reference tokenizer between two letters and between two
// spaces. They follow an old Unicode version, so \p{...} classes cannot replace them. Code units in no table (controls,
// spaces, surrogates and so every emoji, Roman numeral signs ...) separate words and give no token.

/**
 * Reads runs of code units written in hexadecimal: how many are left out before the run, and how many it has, or one. So
 * `aa 0 4+3` is the set of aa, ab, and b0 to b2.
 */
function readRuns(text: string): CharSet {
  let end = 0;
  return text
    .trim()
    .split(/\s+/)
    .map((run) => {
      const [gap, count = 1] = run.split("+").map((number) => Number.parseInt(number, 16));
      const first = end + gap!;
      end = first + count;
      return [first, end - 1];
    });
}

const LETTERS_BEYOND_ASCII = readRuns(`
aa a 4 5+17 1+1f 1+1ca 4+c e+5 7 1 81+5 1+2 2+4 8 1+3 1 1+14 1+53 1+8b 8+9e 9+26 2 7+27 48+1b 5+3 2d+2b 23+2 1+63 1 f+2
7+2 a+3 2 10 1+1e 1d+59 b 18+21 9+2 4 5+16 4 9 3 17+19 47 1+b 57+36 3 12 7+a f+7 1+7 5+8 2+2 2+16 1+7 1 3+4 3 10 d+2
1+3 e+2 13+6 4+2 2+16 1+7 1+2 1+2 1+2 1f+4 1 13+3 10+9 1+3 1+16 1+7 1+2 1+5 3 12 f+2 23+8 2+2 2+16 1+7 1+2 1+5 3 1e+2
1+3 f 11 1+6 3+3 1+4 3+2 1 1+2 3+2 3+3 3+c 16 34+8 1+3 1+17 1+a 1+5 3 1a+2 6+2 23+8 1+3 1+17 1+a 1+5 3 20 1+2 f+2 12+8
1+3 1+29 2 10 11+2 18+6 5+12 3+18 1+9 1 2+7 3a+30 1+2 c+7 3a+2 1 2+2 1 2 6+4 1+7 1+3 1 1 2+2 1+4 1+2 9 2+5 1 15+4 20
3f+8 1+24 1b+5 73+2b 14 10+6 4+4 3 3+2 7+3 4+d c 11+26 1 5 2+2b 1+14d 1+4 2+7 1 1+4 2+29 1+4 2+21 1+4 2+7 1 1+4 2+f
1+39 1+4 2+43 25+10 10+55 c+26c 2+11 1+1a 5+4b 15+d 1+4 e+12 e+12 e+d 1+3 f+34 23 4 43+58 8+5 2+22 1 5+46 a+1d 33+1e
2+5 b+2c 15+7 38+17 9+35 52 5d+2f 11+7 37+1e d+2 a+2c 1a+24 29+3 a+24 6b+4 1+4 3+2 9+c0 40+116 2+6 2+26 2+6 2+8 1 1 1
1+1f 2+35 1+7 1 3+3 1+7 3+4 2+6 4+d 5+3 1+7 74 d 10+d 65 4 2+a 1 3+5 6 1 1 1+4 1+b 2+4 5+5 4 34+2 a7b+2f 1+2f 1+85 6+4
3+2 c+26 1 5 2+38 7 10+17 9+7 1+7 1+7 1+7 1+7 1+7 1+7 1+7 50 1d5+2 2a+5 5+2 4+56 6+3 1+5a 1+4 5+29 3+5e 11+1b 35+10
200+19b6 4a+51cd 33+48d 43+2e 2+10d 3+10 a+2 14+2f 10+19 8+46 31+9 2+67 2+4 1+4 c+b 4d+a 1+3 1+4 1+17 1d+34 e+32 3e+6 3
e+1c a+17 19+1d 7+2f 1c 30+29 17+3 1+8 14+17 3 5+30 1 3+2 2+5 2 1 18+3 2+b 7+3 c+6 2+6 2+6 9+7 1+7 91+23 1d+2ba4 c+17
4+31 2104+16e 2+6a 26+7 c+5 5 1+a 1+d 1+5 1 1+2 1+2 1+6c 21+16b 12+40 2+36 28+c 74+5 1+87 24+1a 6+1a b+59 3+6 2+6 2+6
2+3
`);

/** Combining marks and letter-like signs: in a plain word they are as good as letters, in a hyphenated one they are not. */
export const MARKS: CharSet = readRuns(`
2c2+4 c+e 5+7 1 1+81 5 2+2 a+2 70 8c+5 d2+6 31+2d 1 1+2 1+2 1 4d+6 30+14 11 65+f 2+7 f+2 10 1 1e+1d 59+b 3a+9 10c+4 38
1+11 2+5 c+2 1d+3 38 1+7 2+2 2+3 9 a+2 1d+3 38 1+12 31+3 38 1+12 b2 3b+5 3+3 1+4 33+3 3a+19 e7+7 1+3 e8 2+7 c+8 62 2+9
b+6 9b7+2
`);

const DIGITS_BEYOND_ASCII = readRuns(`
660+a 86+a c6+a 19c+a 76+a 76+a 76+a 76+a 76+a 76+a 76+a 76+a e0+a 76+a 46+a 116+a 46+a 746+a 26+a 12c+a 80+a a6+a 6+a
b6+a 56+a 86+a 6+a 89c6+a 2a6+a 26+a c6+a 76+a 196+a 5316+a
`);

/** Signs beyond ASCII that are a token of their own, whatever stands next to them. */
export const SYMBOLS: CharSet = readRuns(`
a1 3+5 2 1+7 1+4 5 17 1f 286 8 201 34 1 2 2 2c+2 b+4 2+7 7 6 2+2 4a 2 66 2b+e e8+3 16b+2 4d9 f 116d 58+2 2 3+6 c+9 2
2+5 1 2b 3+b 1+f 15 5b+2 1+4 1+2 a 1+3 5+6 1 1 1 4 b+2 4+5 5+4 1 5+a 31+a70 401+2 f e8 ce05+f a+7 1a+6 1a+b 7a+2 3+2
`);

export const LETTERS: CharSet = unite(
  [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  LETTERS_BEYOND_ASCII,
);

/**
 * Finds the capitals, as the old Unicode version has them: some letters became capitals later, Roman numerals and circled
 * letters are no letters here but count. That takes milliseconds.
 */
export function findCapitals(): CharSet {
  return unite(
    LETTERS.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, k): [number, number] => [first + k, first + k]),
    ).filter(([unit]) => /\p{Uppercase}/u.test(String.fromCharCode(unit)) && !(unit >= 0x13a0 && unit <= 0x13f5)),
    readRuns("2160+10 346+1a"),
  );
}

export const DIGITS: CharSet = unite([[0x30, 0x39]], DIGITS_BEYOND_ASCII);

/** The characters that end a line for the reference tokenizer. */
export const LINE_BREAKS: CharSet = charSetOf("\n\r\v\f\u2028\u2029");
