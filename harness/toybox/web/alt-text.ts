import type { Random } from "../../random.js";
import { CAPTION, type Detail, describe } from "../language/describe-scene.js";
import { toSentence, toTitle } from "../language/sentence-style.js";
import { choosePictureOf, chooseWording, say, sayThing, wordThing } from "../language/wording.js";
import type { Language } from "../language/words.js";
import { chance, pick, pickWeighted } from "../pick.js";
import type { ThingFact } from "../world/facts.js";
import { sceneFacts } from "../world/facts.js";
import type { Scene } from "../world/scene.js";
import { type Debates, writeDebated } from "./debate-styles.js";
import { falsify } from "./falsify.js";
import { DECORATIONS, IRRELEVANT, PROMPTS, SHOP_TALK } from "./phrases.js";

/** What a web page says about a picture. `other` is a picture it was not made for. */
type Writer = (scene: Scene, random: Random, other: () => Scene) => string;

interface Style {
  readonly name: string;
  readonly weight: number;
  /** Takes capitals, and decorations in this language. */
  readonly prose?: Language;
  readonly write: Writer;
}

/** Alt-texts leave out more than captions do. */
const WEB: Detail = { ...CAPTION, color: 0.92, size: 0.68, background: 0.66, relations: 0.88, third: 0.75 };

const caption =
  (language: Language): Writer =>
  (scene, random) =>
    say(chooseWording(describe(scene, WEB, random), random), language);

const pictureOf =
  (language: Language): Writer =>
  (scene, random) => {
    const prompt = pickWeighted(random, PROMPTS)[language];
    return `${prompt} ${say(choosePictureOf(describe(scene, WEB, random), random), language)}`;
  };

/** One of the things, not all that is to be said of it. */
function part(scene: Scene, random: Random): ThingFact {
  const { noun, color, size, count } = pick(random, sceneFacts(scene).things);
  return { noun, count, color: chance(random, 0.75) ? color : undefined, size: chance(random, 0.3) ? size : undefined };
}

const partial =
  (language: Language): Writer =>
  (scene, random) => {
    const determiner = chance(random, 0.5) ? "indefinite" : "none";
    return sayThing(wordThing(part(scene, random), random), language, determiner);
  };

const keywords: Writer = (scene, random) => {
  const { things, background } = sceneFacts(scene);
  const words = things.flatMap(({ noun, color }) => (chance(random, 0.8) ? [noun, color!] : [noun]));
  return [...words, background!].join(", ");
};

const bilingual: Writer = (scene, random) => {
  const thing = wordThing(part(scene, random), random);
  return `${sayThing(thing, "en", "none")} / ${sayThing(thing, "de", "none")}`;
};

const offer: Writer = (scene, random) => {
  const title = toTitle(sayThing(wordThing(part(scene, random), random), "en", "none"));
  return `${title} - ${pick(random, SHOP_TALK)}`;
};

const speakingFileName: Writer = (scene, random) => {
  const name = sayThing(wordThing(part(scene, random), random), "en", "none").replaceAll(" ", "-");
  return `${name}-${random.integer(100)}.jpg`;
};

/** About the picture, more or less. */
const CLEAN_STYLES: readonly Style[] = [
  { name: "caption", weight: 16, prose: "en", write: caption("en") },
  { name: "picture of", weight: 22, prose: "en", write: pictureOf("en") },
  { name: "partial", weight: 18, prose: "en", write: partial("en") },
  { name: "caption de", weight: 6, prose: "de", write: caption("de") },
  { name: "picture of de", weight: 9, prose: "de", write: pictureOf("de") },
  { name: "partial de", weight: 7, prose: "de", write: partial("de") },
  { name: "keywords", weight: 10, write: keywords },
  { name: "bilingual", weight: 4, write: bilingual },
  { name: "offer", weight: 5, write: offer },
  { name: "speaking file name", weight: 3, write: speakingFileName },
];

const CAMERAS = ["IMG_", "DSC0", "P10", "image", "scan-"] as const;

const anyCaption: Writer = (scene, random) => caption(chance(random, 0.7) ? "en" : "de")(scene, random, () => scene);

/** Not about the picture, or not true of it. */
const NOISY_STYLES: readonly Style[] = [
  {
    name: "another picture's",
    weight: 30,
    prose: "en",
    write: (_, random, other) => anyCaption(other(), random, other),
  },
  {
    name: "wrong",
    weight: 25,
    prose: "en",
    write: (scene, random, other) => anyCaption(falsify(scene, random), random, other),
  },
  { name: "file name", weight: 15, write: (_, random) => `${pick(random, CAMERAS)}${random.integer(10_000)}.jpg` },
  { name: "shop talk", weight: 15, write: (_, random) => pick(random, SHOP_TALK) },
  { name: "irrelevant", weight: 15, write: (_, random) => pick(random, IRRELEVANT) },
];

/** Of a plain world: English captions as they are, and no other noise than those of other pictures. */
const PLAIN_STYLES: readonly Style[] = CLEAN_STYLES.filter(({ prose }) => prose === "en");
const PLAIN_NOISE: readonly Style[] = [
  { name: "another picture's", weight: 1, write: (_, random, other) => caption("en")(other(), random, other) },
];

/** The text of a web pair, the style that it is written in, and whether it is wrong about its picture. */
export interface AltText {
  readonly text: string;
  readonly style: string;
  readonly noisy: boolean;
}

/**
 * Writes the text of a web pair.
 * @param noise the share of texts that are not about their picture or not true of it
 * @param other gives a scene of another picture
 * @param plain whether it is no more than an English caption
 */
export function writeAltText(scene: Scene, noise: number, random: Random, other: () => Scene, plain = false): AltText {
  const noisy = chance(random, noise);
  if (plain) {
    const { name, write } = pickWeighted(random, noisy ? PLAIN_NOISE : PLAIN_STYLES);
    return { text: write(scene, random, other), style: name, noisy };
  }
  const { name, prose, write } = pickWeighted(random, noisy ? NOISY_STYLES : CLEAN_STYLES);
  const text = write(scene, random, other);
  return { text: prose ? dress(text, prose, random) : text, style: name, noisy };
}

/**
 * Writes a text that debates what is in the picture.
 * @param noise the share of texts that debate another picture, as if nobody had looked
 * @param debates the ways of debating, by weight
 */
export function writeDebatedAltText(
  scene: Scene,
  noise: number,
  random: Random,
  other: () => Scene,
  debates: Debates,
): AltText {
  const noisy = chance(random, noise);
  return { ...writeDebated(debates, noisy ? other() : scene, 2 + random.integer(2), random), noisy };
}

/** Most texts are as they are; some have capitals, or something before or after. */
function dress(text: string, language: Language, random: Random): string {
  const style = random.next();
  if (style < 0.2) return toSentence(text);
  if (style < 0.23) return toTitle(text);
  if (style < 0.25) return text.toUpperCase();
  if (style > 0.92) {
    const [before, after] = pick(random, DECORATIONS[language]);
    return `${before}${text}${after}`;
  }
  return text;
}
