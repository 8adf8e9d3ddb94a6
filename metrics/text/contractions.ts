/**
 * The contractions that the VQA evaluation restores (`dont` → `don't`), by what it replaces. Some keys have capitals
 * and so never match the lower-cased words, one value lacks its apostrophe, two map to themselves: the official numbers
 * were made with exactly this table.
 */
const RESTORED = `
  ain't aren't can't could've couldn't couldn't've didn't doesn't don't hadn't hadn't've hasn't haven't he'd he'd've he's
  how'd how'll how's I'd've I'm I've isn't it'd it'd've it'll ma'am mightn't mightn't've might've mustn't must've needn't
  not've o'clock oughtn't shan't should've shouldn't shouldn't've somebody'd've somebody'll somebody's someone'd
  someone'd've someone'll someone's something'd something'd've something'll that's there'd there'd've there're there's
  they'd they'd've they'll they're they've 'twas wasn't we'd've we've weren't what'll what're what's what've when's where'd
  where's where've who'd who'd've who'll who's who've why'll why're why's won't would've wouldn't wouldn't've y'all you'd
  you'd've you'll you're you've
`;

/** Keys that are not simply the contraction without one of its apostrophes. */
const IRREGULAR: Readonly<Record<string, string>> = {
  "let's": "let's",
  "she's": "she's",
  "she'dve": "she'd've",
  "shed've": "she'd've",
  "somebody'd": "somebodyd",
  "ow's'at": "'ow's'at",
  "'ows'at": "'ow's'at",
  "'ow'sat": "'ow's'at",
  "yall'll": "y'all'll",
  "y'allll": "y'all'll",
  "yall'd've": "y'all'd've",
  "y'alld've": "y'all'd've",
  "y'all'dve": "y'all'd've",
};

/** Contraction by the word it replaces. */
export const CONTRACTIONS: ReadonlyMap<string, string> = new Map([
  ...RESTORED.trim()
    .split(/\s+/)
    .flatMap((word) => withoutOneApostrophe(word).map((key) => [key, word] as const)),
  ...Object.entries(IRREGULAR),
]);

/** `can't` → `cant`; `he'd've` → `hed've`, `he'dve`. */
function withoutOneApostrophe(word: string): string[] {
  return [...word.matchAll(/'/g)].map(({ index }) => word.slice(0, index) + word.slice(index + 1));
}
