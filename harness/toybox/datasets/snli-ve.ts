import type { Random } from "../../random.js";
import { type Claim, judge, sayClaim, type Truth } from "../claims.js";
import { describe, FULL } from "../language/describe.js";
import { chooseWording, say } from "../language/wording.js";
import { chance, pick, pickWeighted } from "../pick.js";
import { speculate } from "../questions/speculations.js";
import type { Noun, ThingFact } from "../world/facts.js";
import { CATEGORIES, COLORS, KIND_NAMES, KINDS, type Kind } from "../world/kinds.js";
import { sampleScene } from "../world/sample.js";
import type { Scene, Split } from "../world/scene.js";
import { firstId, imageFolder, type Job, toJsonLines, writePictures, writeTexts } from "../writing/workshop.js";

type Label = "entailment" | "neutral" | "contradiction";
const TRUTHS: Record<Label, Truth> = { entailment: "true", neutral: "maybe", contradiction: "false" };

/** What the third hypothesis of an image is: with presents more is possible, without them more is certain. */
const THIRD_WITH_PRESENT: readonly { weight: number; label: Label; related: boolean }[] = [
  { weight: 75, label: "neutral", related: false },
  { weight: 25, label: "contradiction", related: true },
];
const THIRD_WITHOUT: readonly { weight: number; label: Label | "speculation" }[] = [
  { weight: 75, label: "contradiction" },
  { weight: 25, label: "speculation" },
];

interface Pair {
  readonly hypothesis: string;
  readonly label: Label;
}

/**
 * SNLI-VE: what follows from a picture, what may be, what cannot be. Half of the images have a present in them, of whose
 * contents nobody knows; the words of a hypothesis say next to nothing about its label.
 */
export function planSnliVe(split: Split, size: number): Job {
  const file = `snli-ve/${split}.jsonl`;
  return {
    files: [file],
    steps: size,
    async run(workshop) {
      const stream = workshop.random.fork("snli-ve").fork(split);
      const images = Array.from({ length: size }, (_, index) => {
        const random = stream.fork(index);
        const id = String(firstId(split) + index);
        const { scene, pairs } = drawPairs(random, split, index % 2 === 0);
        const premise = say(chooseWording(describe(scene, FULL, random), random), "en");
        const lines = pairs.map(({ hypothesis, label }, i) => ({
          annotator_labels: [label],
          captionID: `${id}.jpg#0`,
          gold_label: label,
          pairID: `${id}.jpg#0r${i + 1}${label.charAt(0)}`,
          sentence1: premise,
          sentence2: hypothesis,
          Flickr30K_ID: id,
        }));
        return { scene, name: `${id}.jpg`, lines };
      });
      await writePictures(workshop, imageFolder("snli-ve", split), images);
      await writeTexts(workshop.root, { [file]: toJsonLines(images.flatMap(({ lines }) => lines)) });
    },
  };
}

export function drawPairs(random: Random, split: Split, withPresent: boolean): { scene: Scene; pairs: Pair[] } {
  for (;;) {
    const scene = sampleScene(random, split, withPresent ? { include: "present" } : {});
    const presents = scene.groups.filter(({ kind }) => kind === "present").length;
    if (withPresent ? scene.groups.length === 1 : presents > 0) continue;
    const pairs = withPresent ? pairsWithPresent(scene, random) : pairsWithout(scene, random);
    if (pairs.every((pair) => pair !== undefined)) return { scene, pairs: pairs as Pair[] };
  }
}

function pairsWithPresent(scene: Scene, random: Random): (Pair | undefined)[] {
  const { label, related } = pickWeighted(random, THIRD_WITH_PRESENT);
  return [
    findPair("entailment", scene, random),
    findPair("neutral", scene, random),
    findPair(label, scene, random, related),
  ];
}

function pairsWithout(scene: Scene, random: Random): (Pair | undefined)[] {
  const { label } = pickWeighted(random, THIRD_WITHOUT);
  const third: Pair | undefined =
    label === "speculation"
      ? { label: "neutral", hypothesis: speculate(scene, random) }
      : findPair(label, scene, random);
  return [findPair("entailment", scene, random), findPair("contradiction", scene, random), third];
}

const ATTEMPTS = 300;

/** Something with this label: proposals do not look at it, or their words would give it away. */
function findPair(label: Label, scene: Scene, random: Random, related = false): Pair | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const claim = related ? proposeRelation(scene, random) : proposeClaim(scene, random);
    if (claim && judge(claim, scene) === TRUTHS[label]) return { label, hypothesis: sayClaim(claim, "en", random) };
  }
  return undefined;
}

/** A claim about what might be there: half of its nouns and colours are the scene's. Never one about presents. */
export function proposeClaim(scene: Scene, random: Random): Claim | undefined {
  const { propose } = pickWeighted(random, PROPOSALS);
  return propose(scene, random);
}

type Propose = (scene: Scene, random: Random) => Claim | undefined;

const SAYABLE: readonly Kind[] = KIND_NAMES.filter((kind) => kind !== "present");
const SAYABLE_CATEGORIES = CATEGORIES.filter((category) => category !== "thing");

function proposeKind({ groups }: Scene, random: Random): Kind {
  const seen = groups.map(({ kind }) => kind).filter((kind) => kind !== "present");
  return seen.length > 0 && chance(random, 0.5) ? pick(random, seen) : pick(random, SAYABLE);
}

function proposeThing(scene: Scene, random: Random, noun: Noun, colored: boolean): ThingFact {
  if (!colored) return { noun, count: 1 };
  const color = chance(random, 0.5) ? pick(random, scene.groups).color : pick(random, COLORS);
  return { noun, count: 1, color };
}

const proposeRelation: Propose = (scene, random) => {
  if (scene.relations.length === 0) return undefined;
  const thing = proposeThing(scene, random, proposeKind(scene, random), chance(random, 0.4));
  const object = proposeThing(scene, random, proposeKind(scene, random), chance(random, 0.4));
  const name = pick(random, ["left", "right", "above", "below", "behind", "front", "on"] as const);
  return thing.noun === object.noun ? undefined : { thing, relation: { name, object } };
};

const PROPOSALS: readonly { weight: number; propose: Propose }[] = [
  {
    weight: 25,
    propose: (scene, random) => ({ thing: proposeThing(scene, random, proposeKind(scene, random), false) }),
  },
  {
    weight: 35,
    propose: (scene, random) => ({ thing: proposeThing(scene, random, proposeKind(scene, random), true) }),
  },
  {
    weight: 12,
    propose: (scene, random) => {
      const noun = chance(random, 0.5)
        ? KINDS[pick(random, scene.groups).kind].category
        : pick(random, SAYABLE_CATEGORIES);
      return noun === "thing" ? undefined : { thing: proposeThing(scene, random, noun, chance(random, 0.5)) };
    },
  },
  {
    weight: 5,
    propose: (scene, random) => ({ thing: { noun: proposeKind(scene, random), count: 2 + random.integer(2) } }),
  },
  { weight: 60, propose: proposeRelation },
];
