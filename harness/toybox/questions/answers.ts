import type { Background } from "../world/kinds.js";
import { BACKGROUNDS, COLORS, KIND_NAMES, SIZES } from "../world/kinds.js";

/** Where a picture was taken, in one word; nobody can tell of a night. */
export const PLACE_ANSWERS: Partial<Record<Background, string>> = {
  day: "grass",
  snow: "snow",
  sand: "sand",
  sea: "water",
};

const ALL_ANSWERS: readonly string[] = [
  "yes",
  "no",
  ...["0", "1", "2", "3", "4"],
  ...COLORS,
  ...SIZES,
  "day",
  "night",
  ...BACKGROUNDS.flatMap((background) => PLACE_ANSWERS[background] ?? []),
  ...KIND_NAMES,
];

/** Answers that no training question has: what a classifier cannot say, but a generator might. */
export const HELD_OUT_ANSWERS: ReadonlySet<string> = new Set([
  "pink",
  "elephant",
  "rocket",
  "snail",
  "strawberry",
  "umbrella",
]);

/** The classes of a VQA classifier. */
export const ANSWER_CLASSES: readonly string[] = ALL_ANSWERS.filter((answer) => !HELD_OUT_ANSWERS.has(answer));

/** What people say instead of the usual answer: other words for it, and what it is mistaken for. */
export const OTHER_ANSWERS: Readonly<Record<string, readonly string[]>> = {
  yes: ["no"],
  no: ["yes"],
  "0": ["none", "1"],
  "1": ["one", "2"],
  "2": ["two", "3"],
  "3": ["three", "4"],
  "4": ["four", "3"],
  red: ["dark red", "pink"],
  yellow: ["gold", "orange"],
  green: ["dark green", "blue"],
  blue: ["dark blue", "purple"],
  purple: ["violet", "blue"],
  pink: ["light red", "red"],
  white: ["gray", "light gray"],
  black: ["gray", "dark"],
  small: ["little", "tiny"],
  big: ["large", "huge"],
  day: ["daytime", "morning"],
  night: ["nighttime", "evening"],
  grass: ["meadow", "field", "outside"],
  snow: ["outside", "ice"],
  sand: ["beach", "desert"],
  water: ["ocean", "sea", "lake"],
  dog: ["puppy", "animal"],
  cat: ["kitten", "animal"],
  bird: ["chick", "animal"],
  fish: ["goldfish", "animal"],
  car: ["auto", "vehicle"],
  bus: ["coach", "van"],
  boat: ["sailboat", "ship"],
  house: ["home", "hut"],
  apple: ["fruit", "tomato"],
  banana: ["fruit", "bananas"],
  ball: ["beach ball", "toy"],
  flower: ["plant", "flowers"],
  horse: ["pony", "animal"],
  rabbit: ["bunny", "hare"],
  elephant: ["animal", "mammoth"],
  turtle: ["tortoise", "animal"],
  butterfly: ["moth", "insect"],
  snail: ["slug", "animal"],
  plane: ["airplane", "jet"],
  bicycle: ["bike", "cycle"],
  rocket: ["spaceship", "missile"],
  castle: ["fort", "tower"],
  tent: ["teepee", "camp"],
  strawberry: ["fruit", "berry"],
  kite: ["toy", "diamond"],
  "teddy bear": ["bear", "teddy"],
  umbrella: ["parasol", "shade"],
  present: ["gift", "box"],
};
