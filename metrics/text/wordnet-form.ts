/*
 * The forms of words as NLTK's WordNetLemmatizer reads them, for a given list of words: WordNet itself does not ship. Its
 * rules are few; what WordNet 3.0 says beside them, of the words for COCO's objects, stands here.
 */

const NOUN_RULES: readonly (readonly [string, string])[] = [
  ["s", ""],
  ["ses", "s"],
  ["ves", "f"],
  ["xes", "x"],
  ["zes", "z"],
  ["ches", "ch"],
  ["shes", "sh"],
  ["men", "man"],
  ["ies", "y"],
];
const VERB_RULES: readonly (readonly [string, string])[] = [
  ["ed", "e"],
  ["ed", ""],
  ["ing", "e"],
  ["ing", ""],
];

const listOf = (words: string) => words.trim().split(/\s+/);
const pairsOf = (words: string) => new Map(listOf(words).map((pair) => pair.split(":") as [string, string]));

/** Plurals that no rule takes apart. */
const IRREGULAR_NOUNS = pairsOf(`brethren:brother buffaloes:buffalo busses:bus calves:calf children:child
  flamingoes:flamingo geese:goose grandchildren:grandchild knives:knife mice:mouse oxen:ox pocketknives:pocketknife
  taxies:taxi thieves:thief`);
/** Nouns of WordNet that are in no list, and are shorter than the noun one would think of, or as long: vases are vas there. */
const OTHER_NOUNS = new Set(listOf("vas sport shear men businessmen"));
/** Words for objects that WordNet has not as nouns: their plurals stay plurals. */
const NO_NOUNS = new Set(
  listOf(`biker bluejay brindle children coworker firetruck hairdryer hot iphone knive lenovo longboard macbook netbook
  paddleboat pitbull polar potted riverboat sailboard scissor shortboard skimboard skis smartphone solider sports
  stovetop stuffed teddybear televison`),
);
/** Words for objects that are verbs, too. */
const VERBS = new Set(
  listOf(`automobile baby backpack ball barge bat batter bear bed bench bicycle bike bird boat book bottle bow bowl buffalo
  bull bulldog bus cab cake canoe cat chair clock coach cocker cook cop couch couple cow crane crib crow cub cup cycle
  doctor dog duck eagle falcon father ferry foal fork fowl goose groom gull guy hawk horse hound jet kayak kid kite kitten
  knife lamb man microwave monitor mother motorbike motorboat motorcycle mouse mug nurse officer parrot people phone
  plane plant pug pup purse quail racket raft ram raven sandwich scissor screen seaplane seat ship sink skateboard ski
  snowboard soldier spoon steer stool sub surfboard swan table taxi telephone tie train tram truck umpire unicycle
  waitress yacht`),
);
/** Forms of verbs that no rule takes apart. */
const IRREGULAR_VERBS = pairsOf(`babied:baby batted:bat batting:bat bedded:bed bulldogging:bulldog catting:cat
  copped:cop copping:cop cribbed:crib cribbing:crib cubbing:cub cupped:cup cupping:cup dogged:dog dogging:dog ferried:ferry
  jetted:jet jetting:jet kidded:kid kidding:kid manned:man manning:man mugged:mug mugging:mug pupping:pup rammed:ram
  ramming:ram shipped:ship subbed:sub subbing:sub taxying:taxi tramming:tram tying:tie`);
/** Words that look like forms of verbs, and that taggers rightly take for nouns. */
const NOUNS_IN_ING = new Set(listOf("bedding bowling seating shipping"));

/**
 * The word that NLTK's lemmatizer makes of a word in small letters, where that is one of a list; else the word itself or
 * another that is in no list either. It goes by parts of speech, which a tagger tells it: here words in -ing and -ed are
 * verbs, all others nouns.
 * @param isListed whether a word is of the list
 */
export function wordnetForm(word: string, isListed: (word: string) => boolean): string {
  const isNoun = (form: string) => OTHER_NOUNS.has(form) || (isListed(form) && !NO_NOUNS.has(form));
  const isVerb = (form: string) => isListed(form) && VERBS.has(form);
  if (/(?:ing|ed)$/.test(word) && !isListed(word)) {
    if (NOUNS_IN_ING.has(word)) return word;
    return shortest(word, formsOf(word, IRREGULAR_VERBS, VERB_RULES).filter(isVerb));
  }
  return shortest(word, [word, ...formsOf(word, IRREGULAR_NOUNS, NOUN_RULES)].filter(isNoun));
}

function formsOf(
  word: string,
  irregular: ReadonlyMap<string, string>,
  rules: readonly (readonly [string, string])[],
): string[] {
  const form = irregular.get(word);
  if (form !== undefined) return [form];
  return rules.flatMap(([end, other]) => (word.endsWith(end) ? [word.slice(0, -end.length) + other] : []));
}

/** The first of the shortest forms; the word itself where there is none. */
function shortest(word: string, forms: readonly string[]): string {
  return forms.reduce((best, form) => (form.length < best.length ? form : best), forms[0] ?? word);
}
