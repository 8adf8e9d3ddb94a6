import { SimvlmError } from "@simvlm/metrics";
import * as tf from "@tensorflow/tfjs-core";
import { type MapTree, NativeTensor } from "../engine/index.js";
import type { SaidText } from "./attention-maps.js";
import type { Execution } from "./vision-language-model.js";

/** What is changed of an example before its text is scored; nothing: the example as it is. */
export interface Condition {
  /** Normalised pixels in the place of the example's picture. */
  readonly image?: Float32Array | undefined;
  /**
   * Patches, row by row from 0, that the text may not look at in the decoder (attention knockout, Geva et al. 2023). The
   * picture's patches go on seeing each other.
   */
  readonly hidden?: readonly number[] | undefined;
}

/** How texts are scored. */
export interface ScoringOptions extends Execution {
  /** The decoder's layers, from 0, in which patches are hidden; default all. */
  readonly layers?: readonly number[] | undefined;
  /** Conditions that are computed at a time; no result depends on it. Default 16. */
  readonly batch?: number | undefined;
}

/** Tells how likely a text is under changed conditions. */
export interface TextScorer {
  /**
   * The natural log-probability of each of the text's tokens, given all those before it (teacher forcing).
   * @returns an array `[tokens]` for each condition
   * @throws SimvlmError `no-image`, `text-too-long`, `bad-option`
   */
  score(said: SaidText, conditions: readonly Condition[]): Promise<Float32Array[]>;
  /** Lets go of its graphs. */
  close(): Promise<void>;
}

/** What of a text's rows is asked for. */
export type Asked = {
  /** `[rows, patches]`, 1 for what is hidden. */
  readonly hidden: tf.Tensor;
  /** `[layers]`, 1 where it is hidden. */
  readonly layers: tf.Tensor;
  /** `[rows, places]` int32: which of all logits is that of the token that comes next. */
  readonly chosen: tf.Tensor;
};

/** Rows of one text, as a family's graph takes them. */
export interface ScoredRows {
  readonly said: SaidText;
  /** One picture for all rows, or one for each. */
  readonly images: readonly Float32Array[];
  readonly rows: number;
  readonly asked: MapTree<Asked, NativeTensor>;
}

/** How a family scores rows of a text. */
export interface RowScorer {
  /** Patches of the picture. */
  readonly patches: number;
  /** Layers of the decoder. */
  readonly layers: number;
  readonly vocabularySize: number;
  /** How many places a row of the text has, and the first of them at which one of its tokens is chosen. */
  locate(said: SaidText): { readonly places: number; readonly first: number };
  /** @returns log-probabilities `[rows, places]`, see {@link chooseTokens} */
  score(rows: ScoredRows): Promise<NativeTensor>;
  close(): Promise<void>;
}

const BATCH = 16;

/** What computes, of all options. */
export function executionOf({ provider }: ScoringOptions = {}): Execution {
  return provider === undefined ? {} : { provider };
}

/**
 * Scores conditions in batches of one size, the last filled up, so that one graph serves all that have a picture of their
 * own, and another all that share the example's.
 * @throws SimvlmError `bad-option` for a layer that the decoder does not have
 */
export function createTextScorer(
  scorer: RowScorer,
  { layers, batch = BATCH }: Pick<ScoringOptions, "layers" | "batch"> = {},
): TextScorer {
  const { patches } = scorer;
  const switches = mark(layers ?? [...Array(scorer.layers).keys()], scorer.layers, "layer");
  const scoreBatch = async (said: SaidText, conditions: readonly Condition[]): Promise<Float32Array[]> => {
    const filled = Array.from({ length: batch }, (_, row) => conditions[Math.min(row, conditions.length - 1)]!);
    const shown = said.example.image!;
    const hasOwn = filled.some(({ image }) => image !== undefined);
    const { places, first } = scorer.locate(said);
    const { data } = await scorer.score({
      said,
      images: hasOwn ? filled.map(({ image }) => image ?? shown) : [shown],
      rows: batch,
      asked: {
        hidden: NativeTensor.of(joinRows(filled.map(({ hidden = [] }) => mark(hidden, patches, "patch"))), [
          batch,
          patches,
        ]),
        layers: NativeTensor.of(switches, [switches.length]),
        chosen: askFor(said.tokens, { rows: batch, places, first }, scorer.vocabularySize),
      },
    });
    return conditions.map((_, row) => {
      const begin = row * places + first;
      return (data as Float32Array).slice(begin, begin + said.tokens.length);
    });
  };
  return {
    async score(said, conditions) {
      if (!said.example.image) throw new SimvlmError("no-image", "There is no picture whose patches could matter.");
      const found: Float32Array[] = [];
      for (const hasOwn of [false, true]) {
        const group = [...conditions.keys()].filter((index) => (conditions[index]!.image !== undefined) === hasOwn);
        for (let start = 0; start < group.length; start += batch) {
          const part = group.slice(start, start + batch);
          const scored = await scoreBatch(
            said,
            part.map((index) => conditions[index]!),
          );
          for (const [place, index] of part.entries()) found[index] = scored[place]!;
        }
      }
      return found;
    },
    close: () => scorer.close(),
  };
}

/** Ones at the numbers of a list. @throws SimvlmError `bad-option` for one that there is not */
function mark(numbers: readonly number[], count: number, what: string): Float32Array {
  const marked = new Float32Array(count);
  for (const number of numbers) {
    if (!Number.isInteger(number) || number < 0 || number >= count) {
      throw new SimvlmError("bad-option", `There is no ${what} ${number}: there are ${count}, 0 to ${count - 1}.`);
    }
    marked[number] = 1;
  }
  return marked;
}

function joinRows(rows: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(rows.length * rows[0]!.length);
  for (const [row, values] of rows.entries()) joined.set(values, row * values.length);
  return joined;
}

function askFor(
  tokens: readonly number[],
  { rows, places, first }: { readonly rows: number; readonly places: number; readonly first: number },
  vocabularySize: number,
): NativeTensor {
  const chosen = Int32Array.from({ length: rows * places }, (_, index) => {
    return index * vocabularySize + (tokens[(index % places) - first] ?? 0);
  });
  return NativeTensor.of(chosen, [rows, places], "int32");
}

/**
 * Log-probabilities of the tokens that are asked for, `[rows, places]`.
 * @param logits `[rows, places, vocabulary]`
 */
export function chooseTokens(logits: tf.Tensor, { chosen }: Asked): tf.Tensor {
  const flat = tf.reshape(logits, [-1]); // [rows · places · vocabulary]
  const own = tf.gather(flat, tf.reshape(chosen, [-1]) as tf.Tensor1D); // [rows · places]
  return tf.sub(tf.reshape(own, chosen.shape), tf.logSumExp(logits, 2)); // [rows, places]
}

/** What is hidden in a layer, `[rows, patches]`. */
export function hiddenIn({ hidden, layers }: Asked, layer: number): tf.Tensor {
  return tf.mul(hidden, tf.slice(layers, [layer], [1])); // [rows, patches]
}
