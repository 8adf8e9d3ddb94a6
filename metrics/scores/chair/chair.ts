import { inDialect } from "../../dialect.js";
import { type Explanation, explanationOf, type TextMark } from "../../explanation.js";
import type { MetricExample, MetricInput } from "../../input.js";
import { COCO_OBJECTS } from "./coco-objects.js";
import { findMentions, type Mention, type ObjectWords, parseObjectWords, placeMentions } from "./object-words.js";

/** What a caption says of the objects in its picture. */
export interface ObjectClaims {
  /** The objects that are named, with the words for them, in order. */
  readonly mentions: readonly (Mention & { readonly hallucinated: boolean })[];
  /** The objects that are there, by alphabet. */
  readonly present: readonly string[];
}

/**
 * Holds the objects that a caption names against those that are there: the picture's instances, and what its reference
 * captions name (Rohrbach et al. 2018).
 */
export function explainChair(
  { prediction, references, instances = [] }: Pick<MetricExample, "prediction" | "references" | "instances">,
  words: ObjectWords = parseObjectWords(COCO_OBJECTS),
): ObjectClaims {
  const named = references.flatMap((reference) => findMentions(reference, words).map(({ object }) => object));
  const known = instances.map((name) => words.objectOf.get(name) ?? name);
  const present = new Set([...known, ...named]);
  const mentions = findMentions(prediction, words);
  return {
    mentions: mentions.map((mention) => ({ ...mention, hallucinated: !present.has(mention.object) })),
    present: [...present].sort(),
  };
}

/** The table of {@link MetricInput.tables} that a list of synonyms is given as, a text in the official form. */
const SYNONYMS = "synonyms";

function listOf({ tables }: MetricInput): string {
  const given = tables?.[SYNONYMS];
  return typeof given === "string" ? given : COCO_OBJECTS;
}

/** What words are found by, of each dialect, and on which scale its scores are. */
const CHAIR_DIALECTS = [
  { dialect: "official", scale: 1, wordsOf: (input: MetricInput) => parseObjectWords(listOf(input)) },
  { dialect: "lmms-eval", scale: 100, wordsOf: (input: MetricInput) => parseObjectWords(listOf(input), "lmms-eval") },
] as const;

/**
 * CHAIR: the share of captions that name something which is not there (CHAIRs) and of such mentions among all (CHAIRi),
 * both from 0 and better the lower; what is left of CHAIRi; and the share of the objects there that are named. In lmms-eval
 * they are 100 times that, and words are found by WordNet's forms.
 */
export const chairMetrics = CHAIR_DIALECTS.map(({ dialect, scale, wordsOf }) =>
  inDialect(dialect, {
    name: "chair",
    title: "CHAIR",
    range: [0, scale],
    needs: ["references", "instances"],
    scores: ["CHAIRs", "CHAIRi", "object_precision", "object_recall"] as const,
    columns: ["captions", "hallucinating", "mentions", "hallucinated", "objects", "objects named"],
    prepare: (input) => input.share(wordsOf),
    statistics(example, words) {
      const { mentions, present } = explainChair(example, words);
      const hallucinated = mentions.filter((mention) => mention.hallucinated).length;
      const named = new Set(mentions.map(({ object }) => object));
      const found = present.filter((object) => named.has(object)).length;
      return [1, Number(hallucinated > 0), mentions.length, hallucinated, present.length, found];
    },
    scoresFromSums: ([captions, hallucinating, mentions, hallucinated, objects, found]) => [
      divide(hallucinating!, captions!) * scale,
      divide(hallucinated!, mentions!) * scale,
      (1 - divide(hallucinated!, mentions!)) * scale,
      divide(found!, objects!) * scale,
    ],
    explain: showClaims,
    details: (input) => ({ hallucinated: countHallucinated(input, input.share(wordsOf)) }),
    signature: (input) => ({ synonyms: listOf(input) === COCO_OBJECTS ? "simvlm-coco" : hashText(listOf(input)) }),
  }),
);

/** CHAIR as its official program counts. */
export const chairMetric = chairMetrics[0]!;

/** The caption with the words for objects marked, those that are not there apart; and what is there but was not said. */
function showClaims(example: MetricExample, words: ObjectWords): Explanation {
  const { prediction } = example;
  const { mentions, present } = explainChair(example, words);
  const small = prediction.toLowerCase();
  const marks = placeMentions(prediction, words).map(({ start, end, object }, i): TextMark => {
    const { hallucinated } = mentions[i]!;
    return {
      start,
      end,
      verdict: hallucinated ? "wrong" : "right",
      note: hallucinated ? `${object}: not there` : object,
    };
  });
  const named = new Set(mentions.map(({ object }) => object));
  const unsaid = present.filter((object) => !named.has(object));
  const there = present.length === 0 ? "Nothing of the list is there" : `There: ${present.join(", ")}`;
  return explanationOf(
    // some capitals become two small letters, which moves the places
    { kind: "marked-text", text: small.length === prediction.length ? prediction : small, marks },
    { kind: "note", text: `${there}.${unsaid.length > 0 ? ` Not named: ${unsaid.join(", ")}.` : ""}` },
  );
}

/** How often each object was named where it is not, the most frequent first. */
function countHallucinated(input: MetricInput, words: ObjectWords): Record<string, number> {
  const counts = new Map<string, number>();
  for (const example of input.examples) {
    for (const { object, hallucinated } of explainChair(example, words).mentions) {
      if (hallucinated) counts.set(object, (counts.get(object) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** Of nothing, nothing. */
function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Tells lists of synonyms apart (FNV-1a, 32 bits). */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
