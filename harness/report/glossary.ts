/*
 * What a reader is told who points at a score or looks up its metric. A page is a function of its data: sentences are known
 * here and not asked of definitions, of which a plug-in's may be missing where a page is drawn again.
 */

/** What metrics measure, by what signatures call them. */
const METRICS: Readonly<Record<string, string>> = {
  BLEU: "How many sequences of one to four words of a caption its references have as well; captions that are too short lose.",
  CIDEr:
    "How like its references a caption is in sequences of one to four words, those that few pictures' references have counting most; 0 to 10.",
  "ROUGE-L": "The longest series of words that a caption shares with a reference, in the same order.",
  METEOR: "Words that a caption shares with a reference, also as stems, synonyms and paraphrases, and their order.",
  SPICE: "How many of the objects, attributes and relations in the references a caption names, and how many it adds.",
  sacreBLEU: "How many sequences of one to four words of a translation its reference has as well; 0 to 100.",
  "VQA accuracy": "An answer is right to the share that is said by three of ten people or more; 0 to 100.",
  accuracy: "The share of answers that are right.",
  NLVR2:
    "The share of statements judged rightly, and of sentences that are judged rightly with every pair of their pictures.",
  ANLS: "How few letters an answer differs in from the closest right one; less than half alike counts as wrong.",
  "relaxed accuracy": "The share of right answers, numbers counting as right when they are off by 5 % at most.",
  POPE: "Yes-or-no questions on what is in a picture: right answers, and how often a yes is right and is said.",
  "multiple choice": "The share of questions of which the right choice was named.",
  CLIPScore: "How near the caption and the picture are to each other as CLIP sees them; no reference is needed.",
  RefCLIPScore: "CLIPScore, together with how near the caption is to the closest reference.",
  CHAIR: "Objects that a caption names though the picture does not have them: by caption (s) and by object (i).",
};

/** What a metric measures, in a sentence; empty for a metric that is not of this program. */
export function explainMetric(title: string): string {
  return Object.hasOwn(METRICS, title) ? METRICS[title]! : "";
}

/** What a score means: that of the metric which gives it, as far as its name tells which. */
export function explainScore(score: string, metrics: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
  const found = metrics.filter((title) => plain(score).startsWith(plain(title)));
  return explainMetric(found.length === 1 ? found[0]! : metrics.length === 1 ? metrics[0]! : "");
}

/** How to read what stands beside scores, a sentence each. */
export const READING = {
  interval:
    "Of sets of as many examples, drawn again from these with repetition, 95 % (or what is said) score between low and high: how much the choice of the examples matters.",
  probability:
    "p says how often a difference as large as this would come about by chance if the runs were equally good: below 0.05 it is usually called significant.",
  signature:
    "A signature names all that a score depends on: only scores with equal signatures can be held against each other.",
} as const;
