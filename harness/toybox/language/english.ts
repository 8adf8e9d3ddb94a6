import type { NounForm } from "./nouns.js";
import { type Adjective, NUMBER_WORDS } from "./words.js";

/** What an English noun phrase is made of. */
export interface EnglishPhrase {
  readonly form: NounForm;
  readonly adjectives: readonly Adjective[];
  /** Absent if it is a plural that does not say how many. */
  readonly count: number | undefined;
  readonly determiner?: "indefinite" | "definite" | "none";
}

/** A noun phrase: "an apple", "two small red dogs", "the dogs". */
export function sayEnglish({ form, adjectives, count, determiner = "indefinite" }: EnglishPhrase): string {
  const noun = form.en[count === 1 ? 0 : 1];
  const words = [...adjectives.map(({ en }) => en), noun].join(" ");
  if (determiner === "none") return words;
  if (determiner === "definite") return `the ${words}`;
  if (count === 1) return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
  return count === undefined ? words : `${NUMBER_WORDS.en[count]} ${words}`;
}
