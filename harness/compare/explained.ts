import type { AlignedSpan, ExplanationPart, MetricResult } from "@simvlm/metrics";

/*
 * What is said of an example's scores. Nothing here needs Node.js: a report's page explains by the same code.
 */

/** Why an example of a run has its scores, as JSON. */
export interface ExplainedExample {
  /** The run's label. */
  readonly run: string;
  readonly id: string;
  readonly prediction: string;
  /** Of the metrics that say why. */
  readonly metrics: readonly ExplainedMetric[];
}

/** Why an example has the scores of one metric. */
export interface ExplainedMetric {
  /** Its title. */
  readonly metric: string;
  /** Of the example by itself. */
  readonly scores: Readonly<Record<string, number>>;
  readonly parts: readonly ExplanationPart[];
}

/** Words, characters and rows of which more are not shown. */
const [MOST_WORDS, MOST_CHARACTERS, MOST_ROWS] = [120, 4000, 200];

/**
 * The scores of the example at a place, beside why it has them.
 * @param parts as the metric gave them, of any length
 */
export function describeScores(
  { metric, names, perExample }: MetricResult,
  place: number,
  parts: readonly ExplanationPart[],
): ExplainedMetric {
  const scores = Object.fromEntries(names.map((name) => [name, perExample[name]![place]!]));
  return { metric, scores, parts: shortenParts(parts) };
}

/** Without more words, characters and rows than anybody looks at. */
export function shortenParts(parts: readonly ExplanationPart[]): ExplanationPart[] {
  return parts.map(shorten);
}

function shorten(part: ExplanationPart): ExplanationPart {
  if (part.kind === "note") return { ...part, text: cut(part.text) };
  if (part.kind === "terms") return { ...part, rows: part.rows.slice(0, MOST_ROWS) };
  if (part.kind === "tuples") {
    return { ...part, sides: part.sides.map((side) => ({ ...side, tuples: side.tuples.slice(0, MOST_ROWS) })) };
  }
  if (part.kind === "marked-text") {
    const text = cut(part.text);
    return { ...part, text, marks: part.marks.filter(({ end }) => end <= MOST_CHARACTERS) };
  }
  const isShown = ({ start, length }: AlignedSpan) => start + length <= MOST_WORDS;
  return {
    ...part,
    prediction: cutWords(part.prediction),
    reference: cutWords(part.reference),
    links: part.links.filter((link) => isShown(link.prediction) && isShown(link.reference)),
  };
}

const cut = (text: string): string => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);

function cutWords(words: readonly string[]): readonly string[] {
  const more = words.length - MOST_WORDS;
  return more > 0 ? [...words.slice(0, MOST_WORDS), `… ${more} more words`] : words;
}
