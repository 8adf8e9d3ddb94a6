import type { TokenLines } from "../../text/token-lines.js";
import type { Corpus } from "../caption-corpus.js";
import { align } from "./align.js";
import { findMatches, type Match } from "./find-matches.js";
import { createReader, type MeteorText, type Word } from "./meteor-text.js";
import { normalizeForMeteor } from "./normalize.js";
import type { MeteorResources } from "./resources.js";
import { meteorStatistics, scoreMeteorStatistics } from "./statistics.js";

/** A caption held against one of its references. */
export interface Compared {
  readonly hypothesis: MeteorText;
  readonly reference: MeteorText;
  readonly matches: readonly Match[];
  /** By the names of the statistics. */
  readonly row: Float64Array;
  readonly score: number;
  /** Which of the references it is, from 0. */
  readonly place: number;
}

/** Holds the caption of an image against each of its references; the best counts, the first of equally good ones. */
export function createComparer(corpus: Corpus, resources: MeteorResources): (image: number) => Compared {
  const { referenceOffsets, unsplit } = corpus;
  const read = createLineReader(corpus, resources);
  return (image) => {
    const hypothesis = read(unsplit.hypotheses, image, withoutBars);
    let best: Compared | undefined;
    for (let line = referenceOffsets[image]!; line < referenceOffsets[image + 1]!; line++) {
      const reference = read(unsplit.references, line);
      const matches = align(findMatches(hypothesis, reference, resources), hypothesis.words.length);
      const row = meteorStatistics(hypothesis, reference, matches);
      const score = scoreMeteorStatistics(row);
      if (best !== undefined && score <= best.score) continue;
      best = { hypothesis, reference, matches, row, score, place: line - referenceOffsets[image]! };
    }
    return best!;
  };
}

/** What parts texts for METEOR's program: pycocoevalcap takes it out of captions, and not out of references. */
const withoutBars = (text: string): string => text.replaceAll("|||", "");

/** Tokens that METEOR's normaliser leaves as they are, if they are all that a line has. */
const PLAIN = /^[a-z0-9]+$/;

/** Reads lines of a corpus. Most have plain tokens only: these are looked up by number. */
function createLineReader({ vocabulary }: Corpus, resources: MeteorResources) {
  const { lookUp, textOf } = createReader(resources);
  const known: (Word | null | undefined)[] = [];
  const plainWord = (id: number): Word | null => {
    const found = known[id];
    if (found !== undefined) return found;
    const token = vocabulary[id]!;
    known[id] = PLAIN.test(token) ? lookUp(token) : null;
    return known[id];
  };
  return ({ ids, offsets }: TokenLines, line: number, clean = (text: string) => text): MeteorText => {
    const words: Word[] = [];
    const [start, end] = [offsets[line]!, offsets[line + 1]!];
    for (let i = start; i < end; i++) {
      const word = plainWord(ids[i]!);
      if (word === null) {
        const tokens = Array.from(ids.subarray(start, end), (id) => vocabulary[id]!);
        return textOf(wordsOf(clean(tokens.join(" ")), resources).map(lookUp));
      }
      words.push(word);
    }
    return textOf(words);
  };
}

function wordsOf(text: string, { prefixes }: MeteorResources): string[] {
  const normalized = normalizeForMeteor(text, prefixes).toLowerCase();
  return normalized === "" ? [] : normalized.split(" ");
}
