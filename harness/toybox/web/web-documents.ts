import type { Random } from "../../random.js";
import { judge, sayClaim } from "../claims.js";
import { CAPTION, describe, FULL } from "../language/describe-scene.js";
import { declineNoun } from "../language/german.js";
import { NOUNS } from "../language/nouns.js";
import { capitalize, toSentence } from "../language/sentence-style.js";
import { chooseWording, say, sayThing, wordThing } from "../language/wording.js";
import type { Language } from "../language/words.js";
import { chance, pick, pickWeighted } from "../pick.js";
import { askQuestion } from "../questions/ask.js";
import { drawClaimForm, proposeClaim } from "../questions/claim-forms.js";
import { speculate } from "../questions/speculations.js";
import { sceneFacts } from "../world/facts.js";
import { KIND_NAMES, KINDS } from "../world/kinds.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";
import { WORLDS, type World } from "../world/worlds.js";
import { sampleDebated } from "./debate.js";
import { type Debates, writeDebated } from "./debate-styles.js";
import { IRRELEVANT, SHOP_TALK } from "./phrases.js";

type Writer = (draw: Draw, random: Random, world: World) => string;
/** A scene to write about. */
type Draw = () => Scene;

/** One scene told in several ways. */
const story =
  (language: Language): Writer =>
  (draw, random) => {
    const scene = draw();
    const tellings = [FULL, CAPTION, CAPTION].slice(0, 1 + random.integer(3));
    return tellings
      .map((detail) => toSentence(say(chooseWording(describe(scene, detail, random), random), language)))
      .join(" ");
  };

const REASONED = {
  true: ["so", "this means that"],
  maybe: ["maybe", "perhaps"],
  false: ["it is not true that", "it is wrong that"],
};
const CLAIMS_PER_TEXT = 3;

/** What follows from a description, what does not, and what nobody knows. */
const reasoning: Writer = (draw, random) => {
  const scene = draw();
  const premise = say(chooseWording(describe(scene, FULL, random), random), "en");
  const conclusions: string[] = [];
  while (conclusions.length < CLAIMS_PER_TEXT) {
    const claim = proposeClaim(drawClaimForm(random), scene, random);
    const truth = claim && judge(claim, scene);
    if (truth) conclusions.push(`${pick(random, REASONED[truth])} ${sayClaim(claim, "en", random)}.`);
  }
  if (chance(random, 0.15)) conclusions.push(`maybe ${speculate(scene, random)}.`);
  return chance(random, 0.5)
    ? `${premise}. ${conclusions.join(" ")}`
    : `${toSentence(premise)} ${conclusions.map(capitalize).join(" ")}`;
};

const quiz: Writer = (draw, random, world) => {
  const scene = draw();
  const premise = say(chooseWording(describe(scene, FULL, random), random), "en");
  const questions = [0, 1].map(() => askQuestion(scene, random, world)!);
  return [`${premise}.`, ...questions.map(({ question, answer }) => `${question} ${answer}.`)].join(" ");
};

const parallel: Writer = (draw, random) => {
  const scene = draw();
  const wording = chooseWording(describe(scene, CAPTION, random), random);
  const [english, german] = [say(wording, "en"), say(wording, "de")];
  return pick(random, [
    `english: ${english}. german: ${german}.`,
    `${toSentence(english)} ${toSentence(german)}`,
    `${toSentence(german)} / ${toSentence(english)}`,
  ]);
};

const dictionary: Writer = (draw, random) => {
  const thing = wordThing(pick(random, sceneFacts(draw()).things), random);
  return `${sayThing(thing, "en")} - ${sayThing(thing, "de")}`;
};

/** What everybody knows. */
const lesson: Writer = (_, random) => {
  const kind = pick(random, KIND_NAMES);
  const [form] = NOUNS[kind];
  const [category] = NOUNS[KINDS[kind].category];
  const singular = (noun: NonNullable<typeof form>, language: Language): string =>
    sayThing({ form: noun, adjectives: [], count: 1 }, language);
  return pick(random, [
    `${singular(form!, "en")} is ${singular(category!, "en")}.`,
    `${capitalize(form!.en[1])} are ${category!.en[1]}.`,
    `${capitalize(singular(form!, "de"))} ist ${singular(category!, "de")}.`,
    `${declineNoun(form!, "nom", false)} sind ${declineNoun(category!, "nom", false)}.`,
  ]);
};

const boilerplate: Writer = (_, random) =>
  [pick(random, SHOP_TALK), pick(random, IRRELEVANT), pick(random, SHOP_TALK)].join(". ");

const WRITERS: readonly { weight: number; write: Writer }[] = [
  { weight: 20, write: story("en") },
  { weight: 14, write: story("de") },
  { weight: 28, write: reasoning },
  { weight: 10, write: quiz },
  { weight: 14, write: parallel },
  { weight: 5, write: dictionary },
  { weight: 4, write: lesson },
  { weight: 5, write: boilerplate },
];

/** Of a plain world. */
const PLAIN_WRITERS: typeof WRITERS = [
  { weight: 2, write: story("en") },
  { weight: 1, write: quiz },
];

/** How many scenes have a present, about which one can only guess. */
const WITH_PRESENT = 0.3;

/** A scene told, then debated. */
function writeDebatedDocument(split: Split, random: Random, debates: Debates): string {
  const scene = sampleDebated(split, random);
  const premise = say(chooseWording(describe(scene, FULL, random), random), "en");
  return `${premise}. ${writeDebated(debates, scene, CLAIMS_PER_TEXT, random).text}`;
}

/**
 * A page of web text about a scene of the split.
 * @param debated the share of pages that debate their scene
 * @param debates the ways of debating, by weight
 */
export function writeDocument(
  split: Split,
  random: Random,
  debated = 0,
  debates: Debates = [],
  world: World = WORLDS.whole,
): string {
  if (chance(random.fork("kind of text"), debated)) return writeDebatedDocument(split, random, debates);
  if (world.plain)
    return pickWeighted(random, PLAIN_WRITERS).write(() => sampleScene(random, split, { world }), random, world);
  const draw = (): Scene => sampleScene(random, split, chance(random, WITH_PRESENT) ? { include: "present" } : {});
  return pickWeighted(random, WRITERS).write(draw, random, world);
}
