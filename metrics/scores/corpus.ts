import { SimvlmError } from "../error.js";
import { type TokenLines, TokenLinesBuilder, Vocabulary } from "../text/token-lines.js";
import { hasWhiteSpace, splitWords } from "../text/white-space.js";

/** Turns a text into its tokens. */
export type Tokenize = (text: string) => readonly string[];

/** Hypotheses and their references as token numbers: what all n-gram metrics work on. */
export interface Corpus {
  /** The number of examples. */
  readonly size: number;
  readonly vocabulary: readonly string[];
  /** One line an example. */
  readonly hypotheses: TokenLines;
  /** All references, example after example. */
  readonly references: TokenLines;
  /** The references of example i are the lines `referenceOffsets[i] … referenceOffsets[i + 1]`. */
  readonly referenceOffsets: Int32Array;
  /** The same lines before tokens with white space in them (`1<nbsp>1/2`) are taken apart, as ROUGE-L sees them. */
  readonly unsplit: { readonly hypotheses: TokenLines; readonly references: TokenLines };
  /** The tokenizer's name, for signatures. */
  readonly tokenizer: string;
}

/**
 * Tokenises hypotheses and references.
 *
 * @param references the references of each hypothesis
 * @throws SimvlmError `length-mismatch` where the two differ in length, `no-references` for an example without any
 */
export function buildCorpus(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  tokenizer: { readonly name: string; readonly tokenize: Tokenize },
): Corpus {
  if (hypotheses.length !== references.length) {
    throw new SimvlmError(
      "length-mismatch",
      `${hypotheses.length} hypotheses but ${references.length} lists of references: there must be one list for each hypothesis`,
    );
  }
  const builder = new CorpusBuilder(tokenizer.name);
  for (const [i, hypothesis] of hypotheses.entries()) {
    builder.addExample(tokenizer.tokenize(hypothesis), references[i]!.map(tokenizer.tokenize));
  }
  return builder.finish();
}

/** Builds a corpus from tokens, example by example. */
export class CorpusBuilder {
  readonly #vocabulary = new Vocabulary();
  readonly #hypotheses = new TokenLinesBuilder();
  readonly #references = new TokenLinesBuilder();
  readonly #referenceOffsets: number[] = [0];
  readonly #tokenizer: string;

  constructor(tokenizer: string) {
    this.#tokenizer = tokenizer;
  }

  addExample(hypothesis: readonly string[], references: readonly (readonly string[])[]): void {
    if (references.length === 0) {
      throw new SimvlmError(
        "no-references",
        `example ${this.#referenceOffsets.length} of the corpus has no references: give it at least one, or leave it out`,
      );
    }
    this.#addLine(this.#hypotheses, hypothesis);
    for (const reference of references) this.#addLine(this.#references, reference);
    this.#referenceOffsets.push(this.#referenceOffsets.at(-1)! + references.length);
  }

  finish(): Corpus {
    const unsplit = { hypotheses: this.#hypotheses.finish(), references: this.#references.finish() };
    const split = splitTokens(this.#vocabulary);
    return {
      size: this.#referenceOffsets.length - 1,
      vocabulary: this.#vocabulary.tokens,
      hypotheses: split(unsplit.hypotheses),
      references: split(unsplit.references),
      referenceOffsets: Int32Array.from(this.#referenceOffsets),
      unsplit,
      tokenizer: this.#tokenizer,
    };
  }

  #addLine(lines: TokenLinesBuilder, tokens: readonly string[]): void {
    for (const token of tokens) lines.push(this.#vocabulary.numberOf(token));
    lines.endLine();
  }
}

/** A function that takes tokens apart at the white space inside them; it returns its argument where there is none. */
function splitTokens(vocabulary: Vocabulary): (lines: TokenLines) => TokenLines {
  const parts = new Map<number, number[]>();
  for (const [id, token] of [...vocabulary.tokens.entries()]) {
    if (token === "" || hasWhiteSpace(token)) {
      parts.set(
        id,
        splitWords(token).map((word) => vocabulary.numberOf(word)),
      );
    }
  }
  if (parts.size === 0) return (lines) => lines;
  return ({ ids, offsets }) => {
    const builder = new TokenLinesBuilder();
    for (let line = 0; line + 1 < offsets.length; line++) {
      for (let i = offsets[line]!; i < offsets[line + 1]!; i++) {
        for (const id of parts.get(ids[i]!) ?? [ids[i]!]) builder.push(id);
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
