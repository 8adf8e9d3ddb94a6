import type { Random } from "../../random.js";
import { pickWeighted } from "../pick.js";
import type { Facts, RelationFact, ThingFact } from "../world/facts.js";
import { sayEnglish } from "./english.js";
import { type Case, type Determiner, sayGerman } from "./german.js";
import { NOUNS, type NounForm } from "./nouns.js";
import { PICTURE_OF, STATEMENTS, TEMPLATES, type Template, type TemplateShape } from "./templates.js";
import {
  ADVERBS,
  type Adjective,
  COLOR_WORDS,
  type Language,
  type Phrase,
  PLACES,
  POSTURES,
  RELATION_PHRASES,
  SIDES,
  SIZE_WORDS,
} from "./words.js";

/** A thing and the words chosen for it. */
export interface WordedThing {
  readonly form: NounForm;
  readonly adjectives: readonly Adjective[];
  readonly count: number | undefined;
}

/** How something is going to be said, in either language. */
export interface Wording {
  readonly facts: Facts;
  readonly template: Template;
  readonly things: readonly WordedThing[];
  readonly relations: readonly Phrase[];
  readonly place: Phrase | undefined;
}

/** Chooses the words for a thing by itself. */
export function wordThing({ noun, color, size, count }: ThingFact, random: Random): WordedThing {
  const adjectives: Adjective[] = [];
  if (size) adjectives.push(pickWeighted(random, SIZE_WORDS[size]));
  if (color) adjectives.push(pickWeighted(random, COLOR_WORDS[color]));
  return { form: pickWeighted(random, NOUNS[noun]), adjectives, count };
}

/** The noun phrase for a thing; the case only matters in German. */
export function sayThing(
  thing: WordedThing,
  language: Language,
  determiner?: Determiner,
  grammar: Case = "nom",
): string {
  const phrase = determiner ? { ...thing, determiner } : thing;
  return language === "en" ? sayEnglish(phrase) : sayGerman(phrase, grammar);
}

/**
 * Chooses a sentence and its words for one to three things; of two relations, the second must be that of the third
 * thing.
 */
export function chooseWording(facts: Facts, random: Random): Wording {
  return withTemplate(
    pickWeighted(
      random,
      TEMPLATES[shapeOf(facts)].filter((row) => fits(row, facts)),
    ),
    facts,
    random,
  );
}

/** As {@link chooseWording}, for what follows "a picture of". */
export function choosePictureOf(facts: Facts, random: Random): Wording {
  return withTemplate(PICTURE_OF[shapeOf(facts)], facts, random);
}

/** As {@link chooseWording}, for two things and their relation, as a whole sentence. */
export function chooseStatement(facts: Facts, random: Random): Wording {
  return withTemplate(pickWeighted(random, STATEMENTS), facts, random);
}

function withTemplate(template: Template, facts: Facts, random: Random): Wording {
  return {
    facts,
    template,
    things: facts.things.map((thing) => wordThing(thing, random)),
    relations: facts.relations.map(({ name }) => pickWeighted(random, RELATION_PHRASES[name])),
    place: facts.background && pickWeighted(random, PLACES[facts.background]),
  };
}

function shapeOf({ things, relations }: Facts): TemplateShape {
  const related = relations.length > 0 && relations.length === things.length - 1;
  return `${things.length}${related ? " related" : ""}` as TemplateShape;
}

function fits({ needs }: Template, { things, relations: [relation], background }: Facts): boolean {
  switch (needs) {
    case "place":
      return background !== undefined;
    case "sides":
      return relation!.name === "left" || relation!.name === "right";
    case "posture":
      return relation!.name !== "on" && postureOf(things[relation!.subject]!) !== undefined;
    default:
      return true;
  }
}

const postureOf = ({ noun }: ThingFact) => POSTURES.find(({ kinds }) => kinds.some((kind) => kind === noun));

/** The sentence, without a capital or a full stop. */
export function say(wording: Wording, language: Language): string {
  const { facts, template, things } = wording;
  const [first, second] = facts.relations;
  const index = indexSlots(first, second);
  const fill = (slot: string, detail: string | undefined): string => {
    const one = (letter: string): boolean => facts.things[index[letter]!]!.count === 1;
    switch (slot) {
      case "a":
      case "b":
      case "c":
        return sayThing(things[index[slot]!]!, language, undefined, detail as Case | undefined);
      case "d":
        return sayThing({ ...things[index.d!]!, adjectives: [] }, language, "definite", detail as Case | undefined);
      case "rel":
        return wording.relations[0]![language];
      case "rel2":
        return wording.relations[1]![language];
      case "adv":
        return language === "de" ? ADVERBS[first!.name].de : ADVERBS[first!.name].en[one("b") ? 0 : 1];
      case "side":
        return SIDES[first!.name as "left" | "right"][language];
      case "other":
        return SIDES[first!.name === "left" ? "right" : "left"][language];
      case "place":
        return wording.place?.[language] ?? "";
      case "posture":
        return sayPosture(facts.things[index.a!]!, language);
      default:
        return VERBS[slot]![one(detail ?? "a") ? 0 : 1];
    }
  };
  const text = template[language].replace(/\{(\w+)(?::(\w+))?\}/g, (_, slot: string, detail?: string) =>
    fill(slot, detail),
  );
  return text.replace(/ +/g, " ").replace(/ ,/g, ",").trim();
}

const VERBS: Record<string, readonly [one: string, several: string]> = {
  is: ["is", "are"],
  ist: ["ist", "sind"],
};

function sayPosture(thing: ThingFact, language: Language): string {
  const posture = postureOf(thing)!;
  return language === "en" ? posture.en : posture.de[thing.count === 1 ? 0 : 1];
}

/** Which thing each letter of a template is. */
function indexSlots(first: RelationFact | undefined, second: RelationFact | undefined): Record<string, number> {
  return { a: first?.subject ?? 0, b: first?.object ?? 1, c: second?.subject ?? 2, d: second?.object ?? 0 };
}
