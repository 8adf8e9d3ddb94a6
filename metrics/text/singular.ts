/** Plurals that no rule below makes singular, and words that end as plurals do and are none. */
const IRREGULAR: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["men man", "women woman", "children child", "people person", "policemen policeman", "firemen fireman"],
      ...["policewomen policewoman", "businessmen businessman", "gentlemen gentleman", "cowmen cowman"],
      ...["feet foot", "teeth tooth", "geese goose", "mice mouse", "oxen ox", "dice die", "cacti cactus"],
      ...["knives knife", "wives wife", "lives life", "calves calf", "halves half", "wolves wolf", "leaves leaf"],
      ...["loaves loaf", "thieves thief", "shelves shelf", "elves elf", "hooves hoof", "scarves scarf"],
      ...["pocketknives pocketknife", "housewives housewife", "bookshelves bookshelf", "midwives midwife"],
      ...["buses bus", "minibuses minibus", "trolleybuses trolleybus", "cactuses cactus", "walruses walrus"],
      ...["octopuses octopus", "gases gas", "lenses lens", "canvases canvas", "quizzes quiz", "movies movie"],
      ...["cookies cookie", "brownies brownie", "selfies selfie", "zombies zombie", "pies pie", "ties tie", "dies die"],
      ...[
        "bowties bowtie",
        "neckties necktie",
        "smoothies smoothie",
        "hoodies hoodie",
        "birdies birdie",
        "doggies doggie",
      ],
      ...["potatoes potato", "tomatoes tomato", "heroes hero", "mangoes mango", "buffaloes buffalo", "echoes echo"],
      ...["mosquitoes mosquito", "volcanoes volcano", "torpedoes torpedo", "buses bus", "axes axe"],
    ].map((pair) => pair.split(" ") as [string, string]),
  ),
};
const UNINFLECTED = new Set([
  ...["scissors", "pants", "jeans", "shorts", "shears", "goggles", "binoculars", "pliers", "series", "species"],
  ...[
    "always",
    "perhaps",
    "lens",
    "canvas",
    "gas",
    "christmas",
    "texas",
    "paris",
    "swiss",
    "as",
    "has",
    "was",
    "does",
    "goes",
  ],
]);

/** A lower-case English noun in the singular, by rule; any other word as it stands. */
export function singularize(word: string): string {
  if (Object.hasOwn(IRREGULAR, word)) return IRREGULAR[word]!;
  if (word.length <= 3 || !word.endsWith("s") || /(?:ss|us|is)$/.test(word) || UNINFLECTED.has(word)) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}
