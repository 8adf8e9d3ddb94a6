import type { MetricExample } from "../input.js";
import { assembleCorpora, type Corpus, countReferences } from "../scores/caption-corpus.js";
import { requireSameLength } from "../scores/same-length.js";
import { keepReferences, recallReferences } from "../scores/tokenized-references.js";
import { type CaptionBlock, captionBlocks } from "../text/ptb/caption-blocks.js";
import { scanPtb } from "../text/ptb.js";
import type { TokenLines } from "../text/token-lines.js";
import { Vocabulary } from "../text/token-numbers.js";
import { type PartOfBlocks, tokenizeBlocks } from "./caption-work.js";
import { allocateShared } from "./share-numbers.js";
import type { ThreadHelper } from "./thread-work.js";

/**
 * The captions of several systems with the same references, tokenised by this thread and the helpers: for each system what
 * `captionCorpus` gives, but with one vocabulary for all.
 */
export async function tokenizeCaptions(
  systems: readonly (readonly MetricExample[])[],
  helpers: readonly ThreadHelper[],
): Promise<Corpus[]> {
  const hypotheses = systems.map((examples) => examples.map(({ prediction }) => prediction));
  const references = systems[0]!.map((example) => example.references);
  for (const own of hypotheses) requireSameLength("hypotheses", own, "lists of references", references);
  const referenceOffsets = countReferences(hypotheses[0]!, references);
  const texts = references.flat();
  const known = recallReferences(texts, scanPtb);
  const ofReferences = known ? [] : [...captionBlocks(texts)];
  const ofHypotheses = hypotheses.map((own) => [...captionBlocks(own)]);
  const joiner = new BlockJoiner(await tokenizeAll([...ofReferences, ...ofHypotheses.flat()], helpers));
  const joinReferences = () => {
    const vocabulary = new Vocabulary();
    const lines = joiner.join(ofReferences.length, vocabulary);
    return keepReferences({ texts, scan: scanPtb, vocabulary, lines });
  };
  return assembleCorpora(referenceOffsets, "ptb", known ?? joinReferences(), (vocabulary) =>
    ofHypotheses.map((blocks) => joiner.join(blocks.length, vocabulary)),
  );
}

/** Each thread takes the next block as soon as it is done with one, so that none waits for another that began late. */
async function tokenizeAll(blocks: readonly CaptionBlock[], helpers: readonly ThreadHelper[]): Promise<PartOfBlocks[]> {
  const claims = allocateShared(blocks.length);
  const replies = helpers.map((helper, i) => helper.ask("tokenizeBlocks", { blocks, claims, thread: i + 2 }));
  const own = tokenizeBlocks({ blocks, claims, thread: 1 });
  // By now every block is taken: who has none may still be starting, and need not be waited for.
  const taken = new Set(claims);
  const needed = replies.filter((reply, i) => {
    if (taken.has(i + 2)) return true;
    reply.catch(() => {});
    return false;
  });
  return [own, ...(await Promise.all(needed))];
}

/** Joins what threads have tokenised, with the numbers that one thread would have given. */
class BlockJoiner {
  /** How many blocks are joined. */
  #joined = 0;
  /** Of each block its lines, and what its part's numbers have become: -1 for a token that has not occurred. */
  readonly #blocks: { readonly lines: TokenLines; readonly tokens: readonly string[]; readonly numbers: Int32Array }[] =
    [];

  constructor(parts: readonly PartOfBlocks[]) {
    for (const { tokens, blocks } of parts) {
      const numbers = new Int32Array(tokens.length).fill(-1);
      for (const { place, lines } of blocks) this.#blocks[place] = { lines, tokens, numbers };
    }
  }

  /** The lines of the next blocks; their tokens are added to the vocabulary, which has those of the blocks joined before. */
  join(count: number, vocabulary: Vocabulary): TokenLines {
    const blocks = this.#blocks.slice(this.#joined, this.#joined + count);
    this.#joined += count;
    const size = (of: (lines: TokenLines) => number) => blocks.reduce((sum, { lines }) => sum + of(lines), 0);
    const ids = allocateShared(size((lines) => lines.ids.length));
    const offsets = allocateShared(1 + size((lines) => lines.offsets.length - 1));
    let [at, line] = [0, 0];
    for (const { lines, tokens, numbers } of blocks) {
      const start = at;
      for (const id of lines.ids) {
        if (numbers[id] === -1) numbers[id] = vocabulary.numberOf(tokens[id]!);
        ids[at++] = numbers[id]!;
      }
      for (let i = 1; i < lines.offsets.length; i++) offsets[++line] = start + lines.offsets[i]!;
    }
    return { ids, offsets };
  }
}
