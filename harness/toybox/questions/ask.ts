import type { Random } from "../../random.js";
import { isA } from "../fact-accuracy.js";
import { sayEnglish } from "../language/english.js";
import { NOUNS } from "../language/nouns.js";
import { RELATION_PHRASES } from "../language/words.js";
import { chance, pick, pickWeighted } from "../pick.js";
import type { Noun } from "../world/facts.js";
import { canonical, invert } from "../world/facts.js";
import { COLORS, KINDS } from "../world/kinds.js";
import type { Group, Relation, Scene } from "../world/scene.js";
import type { World } from "../world/worlds.js";
import { PLACE_ANSWERS } from "./answers.js";

/** A question about a scene and its usual answer, in the form of VQA v2. */
export interface Question {
  readonly question: string;
  readonly answer: string;
  /** The question's first words, as VQA v2 groups them. */
  readonly questionType: string;
  readonly answerType: "yes/no" | "number" | "other";
}

/** Asks something; undefined if the scene gives no occasion for it. */
type Asker = (scene: Scene, random: Random, world: World) => Question | undefined;

const one = (noun: Noun): string => NOUNS[noun][0]!.en[0];
const several = (noun: Noun): string => NOUNS[noun][0]!.en[1];
const named = ({ kind, count }: Group): string => `the ${count === 1 ? one(kind) : several(kind)}`;
const is = ({ count }: Group): string => (count === 1 ? "is" : "are");
const yesNo = (truth: boolean): string => (truth ? "yes" : "no");

const askColor: Asker = ({ groups }, random) => {
  const group = pick(random, groups);
  const questionType = `what color ${is(group)} the`;
  return {
    question: `what color ${is(group)} ${named(group)}?`,
    answer: group.color,
    questionType,
    answerType: "other",
  };
};

const askSize: Asker = ({ groups }, random) => {
  const group = pick(random, groups);
  const choice = chance(random, 0.5) ? "big or small" : "small or big";
  const questionType = `${is(group)} the`;
  return { question: `${is(group)} ${named(group)} ${choice}?`, answer: group.size, questionType, answerType: "other" };
};

const askCount: Asker = ({ groups }, random, { kinds }) => {
  const absent = pick(random, kinds);
  const { kind } = pick(random, groups);
  const noun: Noun = chance(random, 0.2) ? absent : chance(random, 0.3) ? KINDS[kind].category : kind;
  const counted = groups.filter((group) => isA(group.kind, noun));
  const answer = String(counted.reduce((sum, { count }) => sum + count, 0));
  return { question: `how many ${several(noun)} are there?`, answer, questionType: "how many", answerType: "number" };
};

const askPresence: Asker = ({ groups }, random, { kinds }) => {
  const present = chance(random, 0.5);
  const absent = kinds.filter((kind) => !groups.some((group) => group.kind === kind));
  const kind = present ? pick(random, groups).kind : pick(random, absent);
  const noun = sayEnglish({ form: NOUNS[kind][0]!, adjectives: [], count: 1 });
  return { question: `is there ${noun}?`, answer: yesNo(present), questionType: "is there a", answerType: "yes/no" };
};

const askIfColor: Asker = ({ groups }, random) => {
  const group = pick(random, groups);
  const truth = chance(random, 0.5);
  const color = truth
    ? group.color
    : pick(
        random,
        COLORS.filter((other) => other !== group.color),
      );
  const questionType = `${is(group)} the`;
  return {
    question: `${is(group)} ${named(group)} ${color}?`,
    answer: yesNo(truth),
    questionType,
    answerType: "yes/no",
  };
};

const askIfRelated: Asker = ({ groups, relations }, random) => {
  if (relations.length === 0) return undefined;
  const told = turn(pick(random, relations), random);
  const subject = groups[told.subject]!;
  const object = groups[told.object]!;
  const truth = chance(random, 0.5);
  const { name } = truth
    ? told
    : pick(random, [{ name: "left" }, { name: "right" }, { name: "above" }, { name: "below" }] as const);
  const claimed = canonical({ ...told, name });
  const actual = canonical(told);
  const same = claimed.name === actual.name && claimed.subject === actual.subject;
  // what is behind or on another is drawn higher, too
  const open = !same && (actual.name === "behind" || (actual.name === "on" && claimed.name === "above"));
  if (open) return undefined;
  const rel = pickWeighted(random, RELATION_PHRASES[name]).en;
  const question = `${is(subject)} ${named(subject)} ${rel} ${named(object)}?`;
  return { question, answer: yesNo(same), questionType: `${is(subject)} the`, answerType: "yes/no" };
};

const askWhatIsThere: Asker = ({ groups, relations }, random) => {
  const relation = relations.find(({ subject, object }) => groups[subject]!.count + groups[object]!.count === 2);
  if (!relation) return undefined;
  const told = turn(relation, random);
  const rel = pickWeighted(random, RELATION_PHRASES[told.name]).en;
  const question = `what is ${rel} ${named(groups[told.object]!)}?`;
  return { question, answer: groups[told.subject]!.kind, questionType: "what is", answerType: "other" };
};

const askWhatKind: Asker = ({ groups }, random) => {
  const group = pick(random, groups);
  const { category } = KINDS[group.kind];
  if (group.count > 1 || groups.some((other) => other !== group && KINDS[other.kind].category === category))
    return undefined;
  const question = groups.length === 1 && chance(random, 0.5) ? "what is this?" : `what ${category} is in the picture?`;
  const questionType = question === "what is this?" ? "what is this" : `what ${category} is`;
  return { question, answer: group.kind, questionType, answerType: "other" };
};

const askPlace: Asker = ({ groups, background }, random) => {
  const answer = PLACE_ANSWERS[background];
  if ((background === "day" || background === "night") && chance(random, 0.4)) {
    return { question: "is it day or night?", answer: background, questionType: "is it", answerType: "other" };
  }
  if (answer === undefined) return undefined;
  const group = pick(random, groups);
  const questionType = `where ${is(group)} the`;
  return { question: `where ${is(group)} ${named(group)}?`, answer, questionType, answerType: "other" };
};

/** A relation, or the same from its other side. */
const turn = (relation: Relation, random: Random) => (chance(random, 0.5) ? relation : invert(relation));

const ASKERS: readonly { weight: number; ask: Asker }[] = [
  { weight: 22, ask: askColor },
  { weight: 6, ask: askSize },
  { weight: 14, ask: askCount },
  { weight: 14, ask: askPresence },
  { weight: 8, ask: askIfColor },
  { weight: 14, ask: askIfRelated },
  { weight: 10, ask: askWhatIsThere },
  { weight: 14, ask: askWhatKind },
  { weight: 8, ask: askPlace },
];

/** A question about the scene whose answer is wanted, or undefined if none of `attempts` tries gave one. */
export function askQuestion(
  scene: Scene,
  random: Random,
  world: World,
  wanted: (question: Question) => boolean = () => true,
  attempts = 50,
): Question | undefined {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const question = pickWeighted(random, ASKERS).ask(scene, random, world);
    if (question && wanted(question)) return question;
  }
  return undefined;
}
