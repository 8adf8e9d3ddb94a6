import { defineMeanMetric, type SignatureFields } from "../../definition.js";
import { SimvlmError } from "../../error.js";
import { type Explanation, explanationOf } from "../../explanation.js";
import type { MetricInput } from "../../input.js";
import { type Corpus, describeReferenceCounts } from "../caption-corpus.js";
import { captionCorpus } from "../prepare-captions.js";
import {
  SPICE_CATEGORIES,
  type SpiceCategory,
  type SpiceJudgement,
  type SpiceQuestion,
  type SpiceResources,
} from "./judgement.js";

/** What is asked of SPICE's program, image by image: captions as the PTB tokenizer leaves them. */
export function spiceQuestions(input: MetricInput): SpiceQuestion[] {
  const corpus = input.share(captionCorpus);
  const { hypotheses, references } = corpus.unsplit;
  return Array.from({ length: corpus.size }, (_, image) => {
    const [start, end] = [corpus.referenceOffsets[image]!, corpus.referenceOffsets[image + 1]!];
    return {
      caption: textOf(corpus, hypotheses, image),
      references: Array.from({ length: end - start }, (_, i) => textOf(corpus, references, start + i)),
    };
  });
}

function textOf({ vocabulary }: Corpus, { ids, offsets }: Corpus["hypotheses"], line: number): string {
  return Array.from(ids.subarray(offsets[line]!, offsets[line + 1]!), (id) => vocabulary[id]!).join(" ");
}

/**
 * SPICE (Anderson et al. 2016) as pycocoevalcap calls it: the mean of the images' F1 of scene-graph tuples. The published
 * program finds the tuples; it is the table `spice`.
 */
export const spiceMetric = defineMeanMetric({
  name: "spice",
  range: [0, 1],
  title: "SPICE",
  score: "SPICE",
  needs: ["references", "tables"],
  async prepare(input) {
    const { name, judge } = findResources(input);
    const names = input.examples.map(({ id }) => id);
    return { name, found: await judge(spiceQuestions(input), names) };
  },
  scoreExample: (_, { found }, place) => found[place]!.f,
  explain: (_, { found }, place) => explainSpice(found[place]!),
  details: (_, { found }) => ({ tuples: summarize(found) }),
  signature: (input, { name }): SignatureFields => {
    const corpus = input.share(captionCorpus);
    return { nrefs: describeReferenceCounts(corpus), tok: corpus.tokenizer, data: name };
  },
});

function findResources({ tables }: MetricInput): SpiceResources {
  const resources = tables?.spice;
  if (resources !== undefined) return resources as SpiceResources;
  throw new SimvlmError(
    "no-spice-data",
    "SPICE needs its program, which does not come with this one: give it as the table spice.",
  );
}

/** Which tuples a caption and its references have and which of them match, and how many of each kind. */
export function explainSpice({ counts, caption, references }: SpiceJudgement): Explanation {
  const side = (name: string, tuples: SpiceJudgement["caption"]) => ({
    name,
    tuples: tuples.map(([words, matched]) => ({ words, matched })),
  });
  const rows = SPICE_CATEGORIES.flatMap((category) => {
    const [right, wrong, lacking] = counts[category];
    return right + wrong + lacking === 0 ? [] : [[NAMES[category], right, wrong, lacking, f1(counts[category])]];
  });
  return explanationOf(
    { kind: "tuples", sides: [side("prediction", caption), side("references", references)] },
    { kind: "terms", columns: ["tuples", "right", "wrong", "lacking", "F1"], rows },
  );
}

/** What tables call the kinds of tuples. */
const NAMES: Readonly<Record<SpiceCategory, string>> = {
  All: "all",
  Object: "objects",
  Attribute: "attributes",
  Relation: "relations",
  Color: "colours",
  Cardinality: "counts",
  Size: "sizes",
};

/** The tuples of one kind in all images. */
export interface SpiceSummary {
  /** How many images have such a tuple in the caption or the references. */
  readonly images: number;
  readonly right: number;
  readonly wrong: number;
  readonly lacking: number;
  /** The mean of these images' F1. */
  readonly f: number;
}

function summarize(all: readonly SpiceJudgement[]): Partial<Record<SpiceCategory, SpiceSummary>> {
  const rows = SPICE_CATEGORIES.flatMap((category) => {
    const counts = all.map((judgement) => judgement.counts[category]).filter((each) => each.some((count) => count > 0));
    if (counts.length === 0) return [];
    const sum = (of: (each: (typeof counts)[number]) => number) => counts.reduce((total, each) => total + of(each), 0);
    const [right, wrong, lacking] = [0, 1, 2].map((i) => sum((each) => each[i]!)) as [number, number, number];
    return [[category, { images: counts.length, right, wrong, lacking, f: sum(f1) / counts.length }] as const];
  });
  return Object.fromEntries(rows);
}

const f1 = ([right, wrong, lacking]: readonly [number, number, number]): number =>
  right === 0 ? 0 : (2 * right) / (2 * right + wrong + lacking);
