import type { Gender, NounForm } from "./nouns.js";
import { type Adjective, NUMBER_WORDS } from "./words.js";

/** The cases that our sentences need: nominative, accusative, dative. */
export type Case = "nom" | "acc" | "dat";
/** Which article a noun phrase has. */
export type Determiner = "indefinite" | "definite" | "none";
type Agreement = Gender | "plural";

const EIN: Record<Case, Record<Gender, string>> = {
  nom: { m: "ein", f: "eine", n: "ein" },
  acc: { m: "einen", f: "eine", n: "ein" },
  dat: { m: "einem", f: "einer", n: "einem" },
};

const DER: Record<Case, Record<Agreement, string>> = {
  nom: { m: "der", f: "die", n: "das", plural: "die" },
  acc: { m: "den", f: "die", n: "das", plural: "die" },
  dat: { m: "dem", f: "der", n: "dem", plural: "den" },
};

/** Endings by what stands before: after `ein` mixed, after `der` weak, after a numeral or nothing strong. */
const ENDINGS: Record<Determiner, Record<Case, Record<Agreement, string>>> = {
  indefinite: {
    nom: { m: "er", f: "e", n: "es", plural: "e" },
    acc: { m: "en", f: "e", n: "es", plural: "e" },
    dat: { m: "en", f: "en", n: "en", plural: "en" },
  },
  definite: {
    nom: { m: "e", f: "e", n: "e", plural: "en" },
    acc: { m: "en", f: "e", n: "e", plural: "en" },
    dat: { m: "en", f: "en", n: "en", plural: "en" },
  },
  none: {
    nom: { m: "er", f: "e", n: "es", plural: "e" },
    acc: { m: "en", f: "e", n: "es", plural: "e" },
    dat: { m: "em", f: "er", n: "em", plural: "en" },
  },
};

/** Every ending that an adjective can take. */
export const ADJECTIVE_ENDINGS = ["", "e", "er", "es", "en", "em"] as const;

/** What a German noun phrase is made of. */
export interface GermanPhrase {
  readonly form: NounForm;
  readonly adjectives: readonly Adjective[];
  /** Absent if it is a plural that does not say how many. */
  readonly count: number | undefined;
  readonly determiner?: Determiner;
}

/** A noun phrase in a case: "einem kleinen roten Hund", "zwei kleine rote Hunde", "den Hunden". */
export function sayGerman({ form, adjectives, count, determiner = "indefinite" }: GermanPhrase, grammar: Case): string {
  const agreement: Agreement = count === 1 ? form.de[0] : "plural";
  const words = adjectives.map(({ de, fixed }) => (fixed ? de : de + ENDINGS[determiner][grammar][agreement]));
  return [sayDeterminer(determiner, agreement, count, grammar), ...words, declineNoun(form, grammar, count === 1)]
    .filter((word) => word !== "")
    .join(" ");
}

function sayDeterminer(determiner: Determiner, agreement: Agreement, count: number | undefined, grammar: Case): string {
  if (determiner === "none") return "";
  if (determiner === "definite") return DER[grammar][agreement];
  if (agreement !== "plural") return EIN[grammar][agreement];
  return count === undefined ? "" : NUMBER_WORDS.de[count]!;
}

/** A German noun in a case: weak masculines take -en; the dative plural takes -n unless the plural ends in n or s. */
export function declineNoun({ de: [, singular, plural, declension] }: NounForm, grammar: Case, one: boolean): string {
  if (!one) return grammar === "dat" && !/[ns]$/.test(plural) ? `${plural}n` : plural;
  return declension === "weak" && grammar !== "nom" ? plural : singular;
}
