import { type AlignmentLink, type Explanation, explanationOf } from "../explanation.js";
import { type Corpus, tokensOf } from "./caption-corpus.js";

/** Pairs of words beyond which nothing is drawn: 64 MB. */
const MOST_PAIRS = 1 << 24;

/** The longest common subsequence of an image's caption and that reference which has the longest. */
export function explainRouge(corpus: Corpus, score: number, image: number): Explanation {
  const caption = tokensOf(corpus, corpus.unsplit.hypotheses, image);
  const [first, end] = [corpus.referenceOffsets[image]!, corpus.referenceOffsets[image + 1]!];
  let best: { reference: string[]; pairs: [number, number][]; place: number } | undefined;
  for (let line = first; line < end; line++) {
    const reference = tokensOf(corpus, corpus.unsplit.references, line);
    if (caption.length * reference.length > MOST_PAIRS) continue;
    const pairs = commonSubsequence(caption, reference);
    const isBetter =
      best === undefined ||
      pairs.length > best.pairs.length ||
      (pairs.length === best.pairs.length && reference.length < best.reference.length);
    if (isBetter) best = { reference, pairs, place: line - first };
  }
  if (best === undefined) return explanationOf({ kind: "note", text: "The texts are too long to be drawn." });
  const { reference, pairs, place } = best;
  const note = `ROUGE-L ${score.toFixed(4)}: ${pairs.length} ${pairs.length === 1 ? "word" : "words"} in the same order, of ${caption.length} said and ${reference.length} of this reference. The best precision and the best recall count, which may be those of two references.`;
  return explanationOf(
    {
      kind: "alignment",
      title:
        end - first === 1 ? "The reference" : `Of ${end - first} references number ${place + 1} has most in common`,
      prediction: caption,
      reference,
      links: pairs.map(
        ([i, j]): AlignmentLink => ({
          prediction: { start: i, length: 1 },
          reference: { start: j, length: 1 },
          by: "in order",
        }),
      ),
    },
    { kind: "note", text: note },
  );
}

/** Places of a longest common subsequence in both texts, the earliest ones. */
function commonSubsequence(one: readonly string[], other: readonly string[]): [number, number][] {
  const width = other.length + 1;
  const lengths = new Int32Array((one.length + 1) * width); // of what begins at i and j
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        one[i] === other[j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) pairs.push([i++, j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}
