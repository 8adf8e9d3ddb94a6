import { defineMeanMetric } from "../../definition.js";
import { SimvlmError } from "../../error.js";
import { type Explanation, explanationOf } from "../../explanation.js";
import type { MetricExample, MetricInput } from "../../input.js";
import type { ClipComparison, ClipResources, ClipSimilarity } from "./resources.js";

/** What stands before captions and references when CLIP reads them. */
export const CLIP_PROMPT = "A photo depicts ";
/** What a cosine of picture and caption is multiplied by. */
export const CLIP_WEIGHT = 2.5;

/** By how much cosines differ between machines, and between batches of another size, times the weight. */
const TOLERANCE = 3e-5;

/**
 * CLIPScore of one caption (Hessel et al. 2021).
 * @param cosine of picture and caption, from -1 to 1
 * @returns from 0 to 2.5
 */
export function clipScore(cosine: number): number {
  return CLIP_WEIGHT * Math.max(cosine, 0);
}

/**
 * RefCLIPScore of one caption: the harmonic mean of its CLIPScore and of how near the nearest reference is.
 * @param cosine of picture and caption
 * @param references cosines of caption and references
 * @returns from 0 to 10/7: what both reach where all cosines are 1
 */
export function refClipScore(cosine: number, references: readonly number[]): number {
  const seen = clipScore(cosine);
  const nearest = Math.max(0, ...references);
  return seen === 0 || nearest === 0 ? 0 : (2 * seen * nearest) / (seen + nearest);
}

/** What CLIP found. */
interface Compared extends ClipComparison {
  readonly clip: ClipResources;
}

async function compare(input: MetricInput, table: string, references: boolean): Promise<Compared> {
  const clip = input.tables?.[table] as ClipResources | undefined;
  if (clip === undefined) {
    throw new SimvlmError(
      "no-clip",
      `The metric ${table} needs a CLIP, which does not come with this program: give one as the table ${table}.`,
    );
  }
  return { clip, ...(await clip.compare(input.examples, { references })) };
}

const describe = (_: MetricInput, { clip }: Compared) => ({
  model: clip.name,
  prompt: CLIP_PROMPT.trim().replaceAll(" ", "_"),
  w: CLIP_WEIGHT,
});

/** The metrics are named, so that a reader, and `verify`, sees whose numbers it concerns. */
function warnOfCuts(_: MetricInput, { clip, cut }: Compared): string[] {
  return Object.entries(cut).flatMap(([what, count]) => {
    if (count === 0) return [];
    const texts = count === 1 ? `the end of 1 ${what.slice(0, -1)} was` : `the ends of ${count} ${what} were`;
    return `${texts} not looked at for CLIPScore and RefCLIPScore: CLIP reads ${clip.places} tokens of a text`;
  });
}

/** CLIPScore as a definition; its CLIP is the table `clipscore`. */
export const clipScoreMetric = defineMeanMetric<"CLIPScore", Compared>({
  name: "clipscore",
  title: "CLIPScore",
  range: [0, CLIP_WEIGHT],
  needs: ["pictures", "tables"],
  tolerance: TOLERANCE,
  score: "CLIPScore",
  prepare: (input) => compare(input, "clipscore", false),
  scoreExample: (_, { similarities }, place) => clipScore(similarities[place]!.picture),
  explain: (example, { similarities }, place) => showCosines(example, similarities[place]!),
  signature: describe,
  warn: warnOfCuts,
});

/** RefCLIPScore as a definition; its CLIP is the table `refclipscore`. */
export const refClipScoreMetric = defineMeanMetric<"RefCLIPScore", Compared>({
  name: "refclipscore",
  title: "RefCLIPScore",
  range: [0, (2 * CLIP_WEIGHT) / (CLIP_WEIGHT + 1)],
  needs: ["references", "pictures", "tables"],
  tolerance: TOLERANCE,
  score: "RefCLIPScore",
  prepare: (input) => compare(input, "refclipscore", true),
  scoreExample(_, { similarities }, place) {
    const { picture, references = [] } = similarities[place]!;
    return refClipScore(picture, references);
  },
  explain: (example, { similarities }, place) => showCosines(example, similarities[place]!),
  signature: (input, prepared) => ({ nrefs: countReferences(input), ...describe(input, prepared) }),
  warn: warnOfCuts,
});

function showCosines({ references: texts }: MetricExample, { picture, references = [] }: ClipSimilarity): Explanation {
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  const rows = references.map((cosine, i): [string, number] => [texts[i]!, round(cosine)]);
  rows.sort(([, a], [, b]) => b - a);
  return explanationOf({
    kind: "terms",
    title: "How near the caption is, as CLIP sees it",
    columns: ["to", "cosine"],
    rows: [["the picture", round(picture)], ...rows],
    bars: "cosine",
  });
}

/** `5`, or `4-7` where pictures have different numbers. */
function countReferences({ examples }: MetricInput): string {
  const counts = examples.map(({ references }) => references.length);
  const least = counts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return least === most ? `${least}` : `${least}-${most}`;
}
