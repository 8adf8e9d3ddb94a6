import type { Random } from "../../random.js";
import { type Claim, judge, type Truth } from "../claims.js";
import { chance, pick, pickWeighted } from "../pick.js";
import type { Noun, SaidRelationName, ThingFact } from "../world/facts.js";
import { CATEGORIES, type Category, COLORS, KIND_NAMES, type Kind } from "../world/kinds.js";
import type { Scene } from "../world/scene.js";

/**
 * The form of a claim, with its kinds and colours left open. It is drawn before anything is known about the scene or
 * the label that is wanted, so that neither the length of a hypothesis nor its words give the label away.
 */
export interface ClaimForm {
  /** Absent: any kind. */
  readonly category?: Category;
  readonly count: number;
  readonly colored: boolean;
  readonly relation?: { readonly name: SaidRelationName; readonly colored: boolean };
}

const FORMS: readonly { weight: number; draw: (random: Random) => ClaimForm }[] = [
  { weight: 18, draw: () => ({ count: 1, colored: false }) },
  { weight: 27, draw: () => ({ count: 1, colored: true }) },
  {
    weight: 10,
    draw: (random) => ({ count: 1, colored: chance(random, 0.5), category: pick(random, SAYABLE_CATEGORIES) }),
  },
  { weight: 5, draw: (random) => ({ count: 2 + random.integer(2), colored: false }) },
  { weight: 40, draw: drawRelated },
];

const CLAIMED_RELATIONS: readonly { weight: number; name: SaidRelationName }[] = [
  { weight: 3, name: "left" },
  { weight: 3, name: "right" },
  { weight: 2, name: "above" },
  { weight: 1, name: "below" },
  { weight: 1, name: "behind" },
  { weight: 1, name: "front" },
  { weight: 1, name: "on" },
];

/** What hypotheses are about: never presents, or their mention would say that nothing is hidden in them. */
const SAYABLE: readonly Kind[] = KIND_NAMES.filter((kind) => kind !== "present");
const SAYABLE_CATEGORIES = CATEGORIES.filter((category) => category !== "thing");

/** Draws the form of a claim. */
export function drawClaimForm(random: Random): ClaimForm {
  return pickWeighted(random, FORMS).draw(random);
}

function drawRelated(random: Random): ClaimForm {
  const { name } = pickWeighted(random, CLAIMED_RELATIONS);
  return { count: 1, colored: chance(random, 0.35), relation: { name, colored: chance(random, 0.35) } };
}

/** A claim of this form about what might be there: half of its kinds and colours are those of the scene. */
export function proposeClaim(form: ClaimForm, scene: Scene, random: Random): Claim | undefined {
  const thing = proposeThing(scene, form.category ?? proposeKind(scene, random), form.count, form.colored, random);
  if (!form.relation) return { thing };
  const object = proposeThing(scene, proposeKind(scene, random), 1, form.relation.colored, random);
  return thing.noun === object.noun ? undefined : { thing, relation: { name: form.relation.name, object } };
}

const ATTEMPTS = 60;

/** A claim of this form that has the wanted truth in the scene, or undefined if there is none. */
export function findClaim(form: ClaimForm, wanted: Truth, scene: Scene, random: Random): Claim | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const claim = proposeClaim(form, scene, random);
    if (claim && judge(claim, scene) === wanted) return claim;
  }
  return undefined;
}

function proposeKind({ groups }: Scene, random: Random): Kind {
  const seen = groups.map(({ kind }) => kind).filter((kind) => kind !== "present");
  return seen.length > 0 && chance(random, 0.5) ? pick(random, seen) : pick(random, SAYABLE);
}

function proposeThing({ groups }: Scene, noun: Noun, count: number, colored: boolean, random: Random): ThingFact {
  if (!colored) return { noun, count };
  return { noun, count, color: chance(random, 0.5) ? pick(random, groups).color : pick(random, COLORS) };
}
