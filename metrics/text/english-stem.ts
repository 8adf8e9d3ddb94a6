/** The stem of an English word, by the Snowball project's English stemmer ("Porter2"), on a word in small letters. */
export function stemEnglish(word: string): string {
  if (word.length < 3) return word;
  const special = SPECIAL.get(word);
  if (special !== undefined) return special;
  let stem = word.replace(/^'/, "").replace(/^y|([aeiouy])y/g, (match) => match.replace(/y$/, "Y"));
  const r1 = findR1(stem);
  const r2 = afterFirst(stem, r1);
  const endsIn = (suffix: string) => stem.endsWith(suffix);
  const cut = (suffix: string, replacement = "") => {
    stem = stem.slice(0, stem.length - suffix.length) + replacement;
  };
  const inRegion = (suffix: string, region: number) => stem.length - suffix.length >= region;

  // 0: possession
  const apostrophe = ["'s'", "'s", "'"].find(endsIn);
  if (apostrophe !== undefined) cut(apostrophe);

  // 1a: plurals
  const plural = ["sses", "ied", "ies", "us", "ss", "s"].find(endsIn);
  if (plural === "sses") cut("sses", "ss");
  else if (plural === "ied" || plural === "ies") cut(plural, stem.length > 4 ? "i" : "ie");
  else if (plural === "s" && VOWEL.test(stem.slice(0, -2))) cut("s");
  if (KEPT.has(stem)) return stem;

  // 1b: pasts and participles
  const past = ["eedly", "ingly", "edly", "eed", "ing", "ed"].find(endsIn);
  if (past === "eed" || past === "eedly") {
    if (inRegion(past, r1)) cut(past, "ee");
  } else if (past !== undefined && VOWEL.test(stem.slice(0, -past.length))) {
    cut(past);
    if (/(?:at|bl|iz)$/.test(stem)) stem += "e";
    else if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(stem)) stem = stem.slice(0, -1);
    else if (stem.length <= r1 && SHORT_SYLLABLE.test(stem)) stem += "e";
  }

  // 1c: y
  if (/.[^aeiouy][yY]$/.test(stem)) cut("y", "i");

  // 2 to 4: derivations
  const second = SECOND.find(([suffix]) => endsIn(suffix));
  if (second !== undefined && inRegion(second[0], r1)) {
    const [suffix, replacement, before] = second;
    if (before === undefined || before.test(stem.slice(0, -suffix.length))) cut(suffix, replacement);
  }
  const third = THIRD.find(([suffix]) => endsIn(suffix));
  if (third !== undefined && inRegion(third[0], third[0] === "ative" ? r2 : r1)) cut(third[0], third[1]);
  const fourth = FOURTH.find(endsIn);
  if (fourth !== undefined && inRegion(fourth, r2) && (fourth !== "ion" || /[st]ion$/.test(stem))) cut(fourth);

  // 5: e and l
  if (endsIn("e")) {
    const isShort = SHORT_SYLLABLE.test(stem.slice(0, -1));
    if (inRegion("e", r2) || (inRegion("e", r1) && !isShort)) cut("e");
  } else if (endsIn("ll") && inRegion("l", r2)) cut("l");
  return stem.replaceAll("Y", "y");
}

const VOWEL = /[aeiouy]/;
/** A vowel between consonants, the last of them no w, x or Y; or a vowel at the beginning before a consonant. */
const SHORT_SYLLABLE = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/;

/** R1 begins after the first consonant that follows a vowel. */
function findR1(word: string): number {
  const prefix = /^(?:gener|commun|arsen)/.exec(word);
  return prefix === null ? afterFirst(word, 0) : prefix[0].length;
}

function afterFirst(word: string, from: number): number {
  const match = /[aeiouy][^aeiouy]/.exec(word.slice(from));
  return match === null ? word.length : from + match.index + 2;
}

const SPECIAL: ReadonlyMap<string, string> = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ...["sky", "news", "howe", "atlas", "cosmos", "bias", "andes"].map((word) => [word, word] as const),
]);

/** After the plural is taken off. */
const KEPT: ReadonlySet<string> = new Set("inning outing canning herring earring proceed exceed succeed".split(" "));

/** The longest suffix counts: they are in this order. */
const SECOND: readonly (readonly [suffix: string, replacement: string, before?: RegExp])[] = [
  ["ization", "ize"],
  ["ational", "ate"],
  ["fulness", "ful"],
  ["ousness", "ous"],
  ["iveness", "ive"],
  ["tional", "tion"],
  ["biliti", "ble"],
  ["lessli", "less"],
  ["entli", "ent"],
  ["ation", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["ousli", "ous"],
  ["iviti", "ive"],
  ["fulli", "ful"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["abli", "able"],
  ["izer", "ize"],
  ["ator", "ate"],
  ["alli", "al"],
  ["bli", "ble"],
  ["ogi", "og", /l$/],
  ["li", "", /[cdeghkmnrt]$/],
];

const THIRD: readonly (readonly [suffix: string, replacement: string])[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["alize", "al"],
  ["icate", "ic"],
  ["iciti", "ic"],
  ["ative", ""],
  ["ical", "ic"],
  ["ness", ""],
  ["ful", ""],
];

const FOURTH = "ement ance ence able ible ment ant ent ism ate iti ous ive ize ion al er ic".split(" ");
