import type { BestTokens, Decoder } from "../../../harness/decoding/decoder.js";
import { createRandom } from "../../../harness/random.js";

/** Logits of the next token after a text that begins with the start token, for an example of the batch. */
export type LanguageModel = (text: readonly number[], example: number) => readonly number[];

/** A decoder over any language model, which keeps the rows' texts itself and so checks `parents` too. */
export function stubDecoder(model: LanguageModel, vocabularySize: number): Decoder<number> {
  return {
    vocabularySize,
    countExamples: (prefix) => prefix,
    async encode(prefix, { beams, length }) {
      let texts: number[][] = Array.from({ length: prefix * beams }, () => []);
      return {
        async step(tokens, position, parents) {
          if (position >= length) throw new Error(`position ${position} of ${length}`);
          texts = texts.map((_, row) => {
            const parent = parents?.[row] ?? row;
            if (Math.floor(parent / beams) !== Math.floor(row / beams)) throw new Error("a beam of another example");
            return [...texts[parent]!, tokens[row]!];
          });
          if (texts[0]!.length !== position + 1) throw new Error("positions are not in order");
          return Float32Array.from(texts.flatMap((text, row) => model(text, Math.floor(row / beams))));
        },
        dispose() {},
      };
    },
  };
}

/** As many examples as there are numbers; the model tells them apart by their row. */
export const examples = (count: number): number => count;

/** Random logits that depend on the whole text. */
export function randomModel(vocabularySize: number, seed: number): LanguageModel {
  return (text, example) => {
    const random = createRandom(seed).fork(example).fork(text.join(" "));
    return Array.from({ length: vocabularySize }, () => 1.5 * random.normal());
  };
}

export function logSoftmax(logits: readonly number[]): number[] {
  const exact = Array.from(Float32Array.from(logits));
  const normaliser = Math.log(exact.reduce((sum, logit) => sum + Math.exp(logit), 0));
  return exact.map((logit) => logit - normaliser);
}

/** The same decoder, whose sessions find the best tokens themselves and need not be asked where nobody wants to know. */
export function withBest(decoder: Decoder<number>, onFeed = () => {}): Decoder<number> {
  const { vocabularySize } = decoder;
  return {
    ...decoder,
    async encode(prefix, options) {
      const session = await decoder.encode(prefix, options);
      return {
        ...session,
        async feed(tokens, position) {
          onFeed();
          await session.step(tokens, position);
        },
        async stepBest(tokens, position, count, parents): Promise<BestTokens> {
          if (![1, 8, 16, 32, 64, vocabularySize].includes(count) || count > vocabularySize) {
            throw new Error(`${count} tokens of ${vocabularySize}`);
          }
          const logits = await session.step(tokens, position, parents);
          const rows = Array.from({ length: tokens.length }, (_, row) => {
            return logits.subarray(row * vocabularySize, (row + 1) * vocabularySize);
          });
          const best = rows.map((row) => [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, count));
          return {
            ids: Int32Array.from(best.flat()),
            logits: Float32Array.from(best.flatMap((ids, row) => ids.map((id) => rows[row]![id]!))),
            normalisers: Float32Array.from(rows, (row) => {
              const greatest = Math.max(...row);
              return greatest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - greatest), 0));
            }),
          };
        },
      };
    },
  };
}
