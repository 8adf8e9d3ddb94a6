import { SimvlmError } from "../error.js";
import type { ScanLines } from "../text/scan.js";
import { type TokenLines, TokenLinesBuilder } from "../text/token-lines.js";
import type { Vocabulary } from "../text/token-numbers.js";
import { hasWhiteSpace, splitWords } from "../text/white-space.js";
import { requireSameLength } from "./same-length.js";
import { type TokenizedReferences, tokenizeLines, tokenizeReferences } from "./tokenized-references.js";

/** Hypotheses and their references as token numbers: what n-grams are counted in. */
export interface CorpusLines {
  /** The number of examples. */
  readonly size: number;
  /** One line an example. */
  readonly hypotheses: TokenLines;
  /** All references, example after example. */
  readonly references: TokenLines;
  /** The references of example i are the lines `referenceOffsets[i] … referenceOffsets[i + 1]`. */
  readonly referenceOffsets: Int32Array;
}

/** What all n-gram metrics work on. */
export interface Corpus extends CorpusLines {
  /** The token of each number. */
  readonly vocabulary: readonly string[];
  /** The same lines before tokens with white space in them (`1<nbsp>1/2`) are taken apart, as ROUGE-L sees them. */
  readonly unsplit: Pick<Corpus, "hypotheses" | "references">;
  /** The tokenizer's name, for signatures. */
  readonly tokenizer: string;
}

/**
 * Tokenises hypotheses and references.
 *
 * @param references the references of each hypothesis
 * @param tokenizer its name, for signatures, and what it does
 * @throws SimvlmError `length-mismatch` where the two differ in length, `no-references` for an example without any
 */
export function buildCorpus(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  tokenizer: { readonly name: string; readonly scan: ScanLines },
): Corpus {
  const { name, scan } = tokenizer;
  const referenceOffsets = countReferences(hypotheses, references);
  const tokenized = tokenizeReferences(references.flat(), scan);
  const [corpus] = assembleCorpora(referenceOffsets, name, tokenized, (vocabulary) => [
    tokenizeLines(hypotheses, scan, vocabulary),
  ]);
  return corpus!;
}

/**
 * Where the references of each hypothesis begin among all.
 * @throws SimvlmError `length-mismatch`, `no-references`
 */
export function countReferences(hypotheses: readonly string[], references: readonly (readonly string[])[]): Int32Array {
  requireSameLength("hypotheses", hypotheses, "lists of references", references);
  const referenceOffsets = new Int32Array(hypotheses.length + 1);
  for (const [i, own] of references.entries()) {
    if (own.length === 0) {
      throw new SimvlmError(
        "no-references",
        `example ${i + 1} has no references: give it at least one, or leave it out`,
      );
    }
    referenceOffsets[i + 1] = referenceOffsets[i]! + own.length;
  }
  return referenceOffsets;
}

/**
 * Several systems' captions with the same references, which are tokenised.
 * @param tokenizer its name
 * @param numberHypotheses gives the tokens of each system's hypotheses, and adds those that are new to the vocabulary
 */
export function assembleCorpora(
  referenceOffsets: Int32Array,
  tokenizer: string,
  tokenized: TokenizedReferences,
  numberHypotheses: (vocabulary: Vocabulary) => readonly TokenLines[],
): Corpus[] {
  const vocabulary = tokenized.vocabulary.copy();
  const unsplit = numberHypotheses(vocabulary);
  const split = splitTokens(vocabulary);
  const references = split(tokenized.lines);
  return unsplit.map((hypotheses) => {
    const corpus: Corpus = {
      size: referenceOffsets.length - 1,
      vocabulary: vocabulary.tokens,
      hypotheses: split(hypotheses),
      references,
      referenceOffsets,
      unsplit: { hypotheses, references: tokenized.lines },
      tokenizer,
    };
    referencesOf.set(corpus, tokenized);
    return corpus;
  });
}

/** Keeps references tokenised for as long as there is a corpus of them: another may be made of the same. */
const referencesOf = new WeakMap<Corpus, TokenizedReferences>();

/** A function that takes tokens apart at the white space inside them; it returns its argument where there is none. */
function splitTokens(vocabulary: Vocabulary): (lines: TokenLines) => TokenLines {
  const parts: (number[] | undefined)[] = vocabulary.tokens.map((token) =>
    token === "" || hasWhiteSpace(token) ? splitWords(token).map((word) => vocabulary.numberOf(word)) : undefined,
  );
  if (parts.every((words) => words === undefined)) return (lines) => lines;
  return ({ ids, offsets }) => {
    const builder = new TokenLinesBuilder();
    for (let line = 0; line + 1 < offsets.length; line++) {
      for (let i = offsets[line]!; i < offsets[line + 1]!; i++) {
        const words = parts[ids[i]!];
        if (words === undefined) builder.push(ids[i]!);
        else for (const word of words) builder.push(word);
      }
      builder.endLine();
    }
    return builder.finish();
  };
}

/** The fewest and the most references an example has: `5`, or `5-7` where they differ. */
export function describeReferenceCounts({ size, referenceOffsets }: Corpus): string {
  let fewest = Infinity;
  let most = 0;
  for (let i = 0; i < size; i++) {
    const count = referenceOffsets[i + 1]! - referenceOffsets[i]!;
    fewest = Math.min(fewest, count);
    most = Math.max(most, count);
  }
  return size === 0 ? "0" : fewest === most ? `${most}` : `${fewest}-${most}`;
}

/** The tokens of a line. */
export function tokensOf({ vocabulary }: Pick<Corpus, "vocabulary">, { ids, offsets }: TokenLines, line: number) {
  return Array.from(ids.subarray(offsets[line]!, offsets[line + 1]!), (id) => vocabulary[id]!);
}
