import { defineMeanMetric } from "../../definition.js";
import type { MetricInput } from "../../input.js";
import { symmetricEigenvalues } from "../../statistics/eigenvalues.js";
import { log } from "../../statistics/exact.js";
import { documentFrequencies } from "../cider.js";
import type { DocumentFrequencyTable } from "../document-frequency.js";
import { MAX_ORDER } from "../ngrams.js";
import { captionSets, describeCounts, ngramsOf, requireSeveral } from "./caption-sets.js";

/** How n-grams are weighed, and where the counts come from. */
interface Weighing {
  readonly table: DocumentFrequencyTable;
  readonly name: string;
}

/** The given counts, or those of the references; where there are none, of the captions themselves. */
function weighingOf(input: MetricInput): Weighing {
  const { documentFrequency, documentFrequencyName, examples } = input;
  if (documentFrequency) return { table: documentFrequency, name: documentFrequencyName ?? "table" };
  const hasReferences = examples.every(({ references }) => references.length > 0);
  const texts = examples.map(({ references, captions = [] }) => (hasReferences ? references : captions));
  return { table: documentFrequencies(texts), name: hasReferences ? "references" : "captions" };
}

/**
 * Self-CIDEr (Wang & Chan 2019): how many things the captions of a picture say, as the singular values of their TF-IDF
 * vectors tell. With the eigenvalues λ of the matrix of their plain CIDEr (without its factor 10) it is
 * −log_m(√λ_max / Σ√λ): 0 where m captions are the same, 1 where they have nothing in common.
 */
export const selfCiderMetric = defineMeanMetric({
  name: "self-cider",
  title: "Self-CIDEr",
  score: "SelfCIDEr",
  range: [0, 1],
  needs: ["captions", "document-frequencies"],
  prepare(input) {
    requireSeveral("self-cider", input);
    return { sets: input.share(captionSets), weighing: input.share(weighingOf) };
  },
  scoreExample: (_, { sets, weighing }, place) => selfCider(sets[place]!, weighing.table),
  signature: (input, { weighing }) => ({
    captions: describeCounts(input),
    tok: "ptb",
    kernel: "CIDEr",
    df: weighing.name,
    documents: weighing.table.documents,
  }),
});

/**
 * Self-CIDEr of the captions of one picture.
 * @param captions their words
 */
export function selfCider(captions: readonly (readonly string[])[], table: DocumentFrequencyTable): number {
  const size = captions.length;
  const kernel = new Float64Array(size * size);
  for (let order = 1; order <= MAX_ORDER; order++) {
    const vectors = captions.map((words) => weigh(ngramsOf(words, order), table));
    for (const [i, one] of vectors.entries()) {
      for (const [j, two] of vectors.entries()) kernel[i * size + j]! += cosine(one, two) / MAX_ORDER;
    }
  }
  const roots = symmetricEigenvalues(kernel, size).map((value) => Math.sqrt(Math.max(0, value)));
  const sum = roots.reduce((total, root) => total + root, 0);
  // rounding may take it a little below 0; where every n-gram weighs nothing there is nothing to tell
  return sum === 0 ? 0 : Math.max(0, -Math.log(roots.at(-1)! / sum) / Math.log(size));
}

interface Vector {
  readonly weights: ReadonlyMap<string, number>;
  readonly norm: number;
}

function weigh(ngrams: readonly string[], { documents, ngrams: counts }: DocumentFrequencyTable): Vector {
  const weights = new Map<string, number>();
  for (const gram of ngrams) {
    const idf = log(documents) - log(Math.max(1, Object.hasOwn(counts, gram) ? counts[gram]! : 0));
    weights.set(gram, (weights.get(gram) ?? 0) + idf);
  }
  let square = 0;
  for (const weight of weights.values()) square += weight * weight;
  return { weights, norm: Math.sqrt(square) };
}

function cosine(one: Vector, two: Vector): number {
  if (one.norm === 0 || two.norm === 0) return 0;
  let sum = 0;
  for (const [gram, weight] of one.weights) sum += weight * (two.weights.get(gram) ?? 0);
  return sum / (one.norm * two.norm);
}
