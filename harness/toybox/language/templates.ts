/**
 * Sentences in both languages, line by line the same. Slots:
 * `{a} {b} {c}` things, in German with a case (`{b:dat}`, else the nominative); `{d}` the second relation's object, named
 * again with its article; `{rel} {rel2}` relations as prepositions, `{adv}` the first as an adverb; `{side} {other}` on the
 * left and on the right; `{place}`; `{is} {ist} {posture}` verbs that agree with `{a}`, `{is:c}` with `{c}`.
 * What is said with `{rel}` is `a rel b`, with `{rel2}` it is `c rel2 d`.
 */
export interface Template {
  readonly weight: number;
  readonly en: string;
  readonly de: string;
  /** `sides`: the first relation is left or right. `posture`: `a` is of a kind that has one, and sits on nothing. */
  readonly needs?: "place" | "sides" | "posture";
}

/** What there is to say: how many things, with or without their relations. */
export type TemplateShape = "1" | "2" | "2 related" | "3" | "3 related";

/** Templates of whole captions. */
export const TEMPLATES: Record<TemplateShape, readonly Template[]> = {
  "1": [
    { weight: 60, en: "{a} {place}", de: "{a} {place}" },
    { weight: 12, en: "there {is} {a} {place}", de: "da {ist} {a} {place}" },
    { weight: 8, en: "you can see {a} {place}", de: "man sieht {a:acc} {place}" },
    { weight: 8, en: "the picture shows {a} {place}", de: "das Bild zeigt {a:acc} {place}" },
    { weight: 6, en: "{a} can be seen {place}", de: "{a} {ist} {place} zu sehen" },
    { weight: 6, en: "{place} there {is} {a}", de: "{place} {ist} {a}", needs: "place" },
  ],
  "2": [
    { weight: 65, en: "{a} and {b} {place}", de: "{a} und {b} {place}" },
    { weight: 15, en: "there {is} {a} and {b} {place}", de: "es gibt {a:acc} und {b:acc} {place}" },
    { weight: 10, en: "you can see {a} and {b} {place}", de: "man sieht {a:acc} und {b:acc} {place}" },
    { weight: 10, en: "{a} together with {b} {place}", de: "{a} zusammen mit {b:dat} {place}" },
  ],
  "2 related": [
    { weight: 56, en: "{a} {rel} {b} {place}", de: "{a} {rel} {b:dat} {place}" },
    { weight: 9, en: "{a} {is} {rel} {b} {place}", de: "{a} {ist} {rel} {b:dat} {place}" },
    {
      weight: 9,
      en: "{a} {is} {posture} {rel} {b} {place}",
      de: "{a} {posture} {rel} {b:dat} {place}",
      needs: "posture",
    },
    { weight: 8, en: "there {is} {a} {rel} {b} {place}", de: "da {ist} {a} {rel} {b:dat} {place}" },
    { weight: 7, en: "{b} with {a} {adv} {place}", de: "{b} mit {a:dat} {adv} {place}" },
    { weight: 5, en: "you can see {a} {rel} {b} {place}", de: "man sieht {a:acc} {rel} {b:dat} {place}" },
    { weight: 6, en: "{rel} {b} {is} {a} {place}", de: "{rel} {b:dat} {ist} {a} {place}" },
    { weight: 10, en: "{a} {side} and {b} {other} {place}", de: "{a} {side} und {b} {other} {place}", needs: "sides" },
  ],
  "3": [
    { weight: 80, en: "{a}, {b} and {c} {place}", de: "{a}, {b} und {c} {place}" },
    { weight: 20, en: "there {is} {a}, {b} and {c} {place}", de: "man sieht {a:acc}, {b:acc} und {c:acc} {place}" },
  ],
  "3 related": [
    {
      weight: 60,
      en: "{a} {rel} {b} and {c} {rel2} {d} {place}",
      de: "{a} {rel} {b:dat} und {c} {rel2} {d:dat} {place}",
    },
    {
      weight: 20,
      en: "there {is} {a} {rel} {b} and {c} {rel2} {d} {place}",
      de: "da {ist} {a} {rel} {b:dat} und {c} {rel2} {d:dat} {place}",
    },
    {
      weight: 20,
      en: "{a} {rel} {b} {place}, and {rel2} {d} there {is:c} {c}",
      de: "{a} {rel} {b:dat} {place}, und {rel2} {d:dat} {ist:c} {c}",
    },
  ],
};

/** Statements that something is so: whole sentences, which can follow "it is not true that". */
export const STATEMENTS: readonly Template[] = [
  { weight: 70, en: "{a} {is} {rel} {b}", de: "{a} {ist} {rel} {b:dat}" },
  { weight: 30, en: "there {is} {a} {rel} {b}", de: "da {ist} {a} {rel} {b:dat}" },
];

/** What can follow "a picture of": noun phrases only, in German in the dative. */
export const PICTURE_OF: Record<TemplateShape, Template> = {
  "1": { weight: 1, en: "{a} {place}", de: "{a:dat} {place}" },
  "2": { weight: 1, en: "{a} and {b} {place}", de: "{a:dat} und {b:dat} {place}" },
  "2 related": { weight: 1, en: "{a} {rel} {b} {place}", de: "{a:dat} {rel} {b:dat} {place}" },
  "3": { weight: 1, en: "{a}, {b} and {c} {place}", de: "{a:dat}, {b:dat} und {c:dat} {place}" },
  "3 related": {
    weight: 1,
    en: "{a} {rel} {b} and {c} {rel2} {d} {place}",
    de: "{a:dat} {rel} {b:dat} und {c:dat} {rel2} {d:dat} {place}",
  },
};
