import { type CharSet, charSetOf, unite } from "./char-set.js";

// These tables were measured: every code unit was given to the reference tokenizer between two letters and between two
// spaces. They follow an old Unicode version, so \p{...} classes cannot replace them. Code units in no table (controls,
// spaces, surrogates and so every emoji, Roman numeral signs ...) separate words and give no token.

/** Reads ranges written in hexadecimal, a first code unit and how many follow it: `aa c0+16` is aa, and c0 to d6. */
function readRanges(text: string): CharSet {
  return text
    .trim()
    .split(/\s+/)
    .map((range) => {
      const [first, more = 0] = range.split("+").map((code) => Number.parseInt(code, 16));
      return [first!, first! + more];
    });
}

const LETTERS_BEYOND_ASCII = readRanges(`
aa b5 ba c0+16 d8+1e f8+1c9 2c6+b 2e0+4 2ec 2ee 370+4 376+1 37a+3 386 388+2 38c 38e+13 3a3+52 3f7+8a 48a+9d 531+25 559
561+26 5d0+1a 5f0+2 620+2a 66e+1 671+62 6d5 6e5+1 6ee+1 6fa+2 6ff 710 712+1d 74d+58 7b1 7ca+20 7f4+1 7fa 800+15 81a 824
828 840+18 8a0 8a2+a 904+35 93d 950 958+9 971+6 979+6 985+7 98f+1 993+15 9aa+6 9b2 9b6+3 9bd 9ce 9dc+1 9df+2 9f0+1
a05+5 a0f+1 a13+15 a2a+6 a32+1 a35+1 a38+1 a59+3 a5e a72+2 a85+8 a8f+2 a93+15 aaa+6 ab2+1 ab5+4 abd ad0 ae0+1 b05+7
b0f+1 b13+15 b2a+6 b32+1 b35+4 b3d b5c+1 b5f+2 b71 b83 b85+5 b8e+2 b92+3 b99+1 b9c b9e+1 ba3+1 ba8+2 bae+b bd0 c05+7
c0e+2 c12+16 c2a+9 c35+4 c3d c58+1 c60+1 c85+7 c8e+2 c92+16 caa+9 cb5+4 cbd cde ce0+1 cf1+1 d05+7 d0e+2 d12+28 d3d d4e
d60+1 d7a+5 d85+11 d9a+17 db3+8 dbd dc0+6 e01+2f e32+1 e40+6 e81+1 e84 e87+1 e8a e8d e94+3 e99+6 ea1+2 ea5 ea7 eaa+1
ead+3 eb2+1 ebd ec0+4 ec6 edc+3 f00 f40+7 f49+23 f88+4 1000+2a 103f 1050+5 105a+3 1061 1065+1 106e+2 1075+c 108e
10a0+25 10c7 10cd 10d0+2a 10fc+14c 124a+3 1250+6 1258 125a+3 1260+28 128a+3 1290+20 12b2+3 12b8+6 12c0 12c2+3 12c8+e
12d8+38 1312+3 1318+42 1380+f 13a0+54 1401+26b 166f+10 1681+19 16a0+4a 1700+c 170e+3 1720+11 1740+11 1760+c 176e+2
1780+33 17d7 17dc 1820+57 1880+4 1887+21 18aa 18b0+45 1900+1c 1950+1d 1970+4 1980+2b 19c1+6 1a00+16 1a20+34 1aa7
1b05+2e 1b45+6 1b83+1d 1bae+1 1bba+2b 1c00+23 1c4d+2 1c5a+23 1ce9+3 1cee+3 1cf5+1 1d00+bf 1e00+115 1f18+5 1f20+25
1f48+5 1f50+7 1f59 1f5b 1f5d 1f5f+1e 1f80+34 1fb6+6 1fbe 1fc2+2 1fc6+6 1fd0+3 1fd6+5 1fe0+c 1ff2+2 1ff6+6 2071 207f
2090+c 2102 2107 210a+9 2115 2119+4 2124 2126 2128 212a+3 212f+a 213c+3 2145+4 214e 2183+1 2c00+2e 2c30+2e 2c60+84
2ceb+3 2cf2+1 2d00+25 2d27 2d2d 2d30+37 2d6f 2d80+16 2da0+6 2da8+6 2db0+6 2db8+6 2dc0+6 2dc8+6 2dd0+6 2dd8+6 2e2f
3005+1 3031+4 303b+1 3041+55 309d+2 30a1+59 30fc+3 3105+28 3131+5d 31a0+1a 31f0+f 3400+19b5 4e00+51cc a000+48c a4d0+2d
a500+10c a610+f a62a+1 a640+2e a67f+18 a6a0+45 a717+8 a722+66 a78b+3 a790+3 a7a0+a a7f8+9 a803+2 a807+3 a80c+16 a840+33
a882+31 a8f2+5 a8fb a90a+1b a930+16 a960+1c a984+2e a9cf aa00+28 aa40+2 aa44+7 aa60+16 aa7a aa80+2f aab1 aab5+1 aab9+4
aac0 aac2 aadb+2 aae0+a aaf2+2 ab01+5 ab09+5 ab11+5 ab20+6 ab28+6 abc0+22 ac00+2ba3 d7b0+16 d7cb+30 f900+16d fa70+69
fb00+6 fb13+4 fb1d fb1f+9 fb2a+c fb38+4 fb3e fb40+1 fb43+1 fb46+6b fbd3+16a fd50+3f fd92+35 fdf0+b fe70+4 fe76+86
ff21+19 ff41+19 ff66+58 ffc2+5 ffca+5 ffd2+5 ffda+2
`);

/** Combining marks and letter-like signs: in a plain word they are as good as letters, in a hyphenated one they are not. */
export const MARKS: CharSet = readRanges(`
2c2+3 2d2+d 2e5+6 2ed 2ef+80 375 378+1 384+1 3f6 483+4 55a+5 591+2c 5bf 5c1+1 5c4+1 5c7 615+5 64b+13 670 6d6+e 6e7+6
6fd+1 70f 711 730+1c 7a6+a 7eb+8 900+3 93c 93e+10 951+4 962+1 981+2 9bc 9be+6 9c7+1 9cb+2 9d7 9e2+1 a01+2 a3c a3e+11
a81+2 abc abe+11 b82 bbe+4 bc6+2 bca+3 c01+2 c3e+18 d3e+6 d46+2 e31 e34+6 e47+7 eb1 eb4+8 ec8+5 1885+1
`);

const DIGITS_BEYOND_ASCII = readRanges(`
660+9 6f0+9 7c0+9 966+9 9e6+9 a66+9 ae6+9 b66+9 be6+9 c66+9 ce6+9 d66+9 e50+9 ed0+9 f20+9 1040+9 1090+9 17e0+9 1810+9
1946+9 19d0+9 1a80+9 1a90+9 1b50+9 1bb0+9 1c40+9 1c50+9 a620+9 a8d0+9 a900+9 a9d0+9 aa50+9 abf0+9 ff10+9
`);

/** Signs beyond ASCII that are a token of their own, whatever stands next to them. */
export const SYMBOLS: CharSet = readRanges(`
a1 a5+4 ac ae+6 b6+3 bf d7 f7 37e 387 589 5be 5c0 5c3 5c6 5f3+1 600+3 606+6 614 61b 61e+1 66a 66d 6d4 700+d 7f6+2 964+1
e3f e4f 1fbd 2016+1 201a 201e+5 2030+8 203b 203e+4 2044 2070 2074+a 2080+e 20a4 2100+1 2103+3 2108+1 2114 2116+2 211e+5
2125 2127 2129 212e 213a+1 2140+4 214a+3 214f 2155+9 2190+a6f 3001+1 3012 30fb ff01+e ff1a+6 ff3b+5 ff5b+a ffe0+1
ffe5+1
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
    readRanges("2160+f 24b6+19"),
  );
}

export const DIGITS: CharSet = unite([[0x30, 0x39]], DIGITS_BEYOND_ASCII);

/** The characters that end a line for the reference tokenizer. */
export const LINE_BREAKS: CharSet = charSetOf("\n\r\v\f\u2028\u2029");
