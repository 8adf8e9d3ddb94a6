import type { Random } from "../../random.js";
import { matches } from "../claims.js";
import { isA } from "../fact-accuracy.js";
import { NOUNS } from "../language/nouns.js";
import { sayThing, wordThing } from "../language/wording.js";
import { NUMBER_WORDS } from "../language/words.js";
import { chance, pick, pickWeighted } from "../pick.js";
import type { Noun, ThingFact } from "../world/facts.js";
import { CATEGORIES, COLORS, KIND_NAMES } from "../world/kinds.js";
import type { Scene } from "../world/scene.js";

/** Something to say about two pictures, as the writers of NLVR2 did. */
export interface Statement {
  readonly sentence: string;
  holds(left: Scene, right: Scene): boolean;
}

type Writer = (scenes: readonly Scene[], random: Random) => Statement;

const shows = (scene: Scene, thing: ThingFact): boolean => scene.groups.some((group) => matches(group, thing));
const countOf = ({ groups }: Scene, noun: Noun): number =>
  groups.reduce((sum, { kind, count }) => sum + (isA(kind, noun) ? count : 0), 0);

/** A thing that one of the scenes may show: a kind, a coloured kind or a category. */
function drawThing(scenes: readonly Scene[], random: Random): ThingFact {
  const group = pick(random, pick(random, scenes).groups);
  if (chance(random, 0.15))
    return {
      noun: pick(
        random,
        CATEGORIES.filter((noun) => noun !== "thing"),
      ),
      count: 1,
    };
  const noun = chance(random, 0.85) ? group.kind : pick(random, KIND_NAMES);
  if (chance(random, 0.6)) return { noun, count: 1 };
  return { noun, count: 1, color: chance(random, 0.8) ? group.color : pick(random, COLORS) };
}

const say = (thing: ThingFact, random: Random): string => sayThing(wordThing(thing, random), "en");
const numbers = NUMBER_WORDS.en;

const aboutBoth: Writer = (scenes, random) => {
  const thing = drawThing(scenes, random);
  const sentence = pick(random, [
    `both pictures show ${say(thing, random)}`,
    `there is ${say(thing, random)} in each picture`,
  ]);
  return { sentence, holds: (left, right) => shows(left, thing) && shows(right, thing) };
};

const aboutOne: Writer = (scenes, random) => {
  const thing = drawThing(scenes, random);
  const sentence = `exactly one of the pictures shows ${say(thing, random)}`;
  return { sentence, holds: (left, right) => shows(left, thing) !== shows(right, thing) };
};

const aboutAny: Writer = (scenes, random) => {
  const thing = drawThing(scenes, random);
  const sentence = pick(random, [`at least one picture shows ${say(thing, random)}`, `there is ${say(thing, random)}`]);
  return { sentence, holds: (left, right) => shows(left, thing) || shows(right, thing) };
};

const aboutNeither: Writer = (scenes, random) => {
  const thing = drawThing(scenes, random);
  const sentence = `neither picture shows ${say(thing, random)}`;
  return { sentence, holds: (left, right) => !shows(left, thing) && !shows(right, thing) };
};

const aboutEach: Writer = (scenes, random) => {
  const first = drawThing(scenes, random);
  const second = drawThing(scenes, random);
  const sentence = `the left picture shows ${say(first, random)} and the right picture ${say(second, random)}`;
  return { sentence, holds: (left, right) => shows(left, first) && shows(right, second) };
};

const aboutSide: Writer = (scenes, random) => {
  const thing = drawThing(scenes, random);
  const side = pick(random, ["left", "right"] as const);
  const sentence = `the ${side} picture shows ${say(thing, random)}`;
  return { sentence, holds: (left, right) => shows(side === "left" ? left : right, thing) };
};

const aboutNumber: Writer = (scenes, random) => {
  const { noun } = drawThing(scenes, random);
  const count = 1 + random.integer(4);
  const [one, several] = NOUNS[noun][0]!.en;
  const sentence = `there ${count === 1 ? `is exactly one ${one}` : `are exactly ${numbers[count]} ${several}`} in the two pictures`;
  return { sentence, holds: (left, right) => countOf(left, noun) + countOf(right, noun) === count };
};

const aboutMore: Writer = (_, random) => {
  const side = pick(random, ["left", "right"] as const);
  const sentence = `there are more things in the ${side} picture than in the other one`;
  const difference = (left: Scene, right: Scene): number => countOf(left, "thing") - countOf(right, "thing");
  return {
    sentence,
    holds: (left, right) => (side === "left" ? difference(left, right) > 0 : difference(left, right) < 0),
  };
};

const WRITERS: readonly { weight: number; write: Writer }[] = [
  { weight: 16, write: aboutBoth },
  { weight: 14, write: aboutOne },
  { weight: 16, write: aboutAny },
  { weight: 8, write: aboutNeither },
  { weight: 14, write: aboutEach },
  { weight: 16, write: aboutSide },
  { weight: 10, write: aboutNumber },
  { weight: 6, write: aboutMore },
];

/** A statement about pictures like these. */
export function writeStatement(scenes: readonly Scene[], random: Random): Statement {
  return pickWeighted(random, WRITERS).write(scenes, random);
}
