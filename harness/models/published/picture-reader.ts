import { SimvlmError } from "@simvlm/metrics";
import type * as tf from "@tensorflow/tfjs-core";
import { compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { LayerKeyValues } from "../../layers/key-values.js";
import { MASKED } from "../../layers/masks.js";
import type { Weights } from "../../layers/weights.js";
import { roundPlaces } from "../round-places.js";
import type { Execution, ModelExample } from "../vision-language-model.js";
import type { CaptionNetwork, Memory, Question, Seen } from "./caption-network.js";
import type { WeightConstants } from "./weight-constants.js";

/** What decoding needs of a batch, in plain memory. */
export type HostMemory = MapTree<Memory, NativeTensor>;

/** Computes what decoding needs of pictures and questions. */
export interface PictureReader {
  /**
   * @param takeAlong of a picture whose tokens go through the decoder's layers: `[tokens, width]` through them
   * @throws SimvlmError `no-image`, `text-too-long`
   */
  read(examples: readonly ModelExample[], takeAlong?: TakeAlong): Promise<HostMemory>;
}

/** Keys and values, in each layer of the decoder, of a picture's tokens `[tokens, width]`. */
export type TakeAlong = (picture: NativeTensor) => Promise<NativeLayers>;

type NativeSeen = MapTree<Seen, NativeTensor>;
type NativeLayers = MapTree<LayerKeyValues, NativeTensor>;

/** Questions are padded to a multiple of this, so that few graphs serve all. */
const QUESTION_STEP = 8;

/**
 * Pictures go through the network one at a time, so that one graph serves all batches. What was computed of a picture
 * is shared by all that is asked of it in a batch, and kept for the next batch if the last pixels are asked about again.
 */
export function createPictureReader(
  network: CaptionNetwork,
  { signature, constants }: WeightConstants,
  execution: Execution,
): PictureReader {
  const { imageSize: side } = network;
  const see = ({ weights, images }: { weights: Weights; images: tf.Tensor }): Seen => network.see(weights, images);
  const before = ({ weights, images }: { weights: Weights; images: tf.Tensor }): tf.Tensor =>
    network.along!.look(weights, images);
  const ask = ({ weights, seen, question }: { weights: Weights; seen: Seen; question: Question }): LayerKeyValues =>
    network.ask!(weights, seen, question);
  const options = { ...execution, constants };
  let last: { readonly image: Float32Array; readonly seen: NativeSeen } | undefined;

  const look = async (image: Float32Array, takeAlong: TakeAlong | undefined): Promise<NativeSeen> => {
    if (last?.image === image) return last.seen;
    last = undefined; // before the next takes as much
    const images = NativeTensor.of(image, [1, side, side, 3]);
    const seen = takeAlong ? { layers: await takeAlong(await lookOnly(images)) } : await seeAll(images);
    last = { image, seen };
    return seen;
  };
  const seeAll = async (images: NativeTensor): Promise<NativeSeen> => {
    const compiled = await compile(see, { weights: signature, images }, options);
    return compiled.run({ weights: {}, images });
  };
  const lookOnly = async (images: NativeTensor): Promise<NativeTensor> => {
    const compiled = await compile(before, { weights: signature, images }, options);
    return compiled.run({ weights: {}, images });
  };
  const inquire = async (seen: NativeSeen, question: MapTree<Question, NativeTensor>): Promise<NativeLayers> => {
    const compiled = await compile(ask, { weights: signature, seen, question }, options);
    return compiled.run({ weights: {}, seen, question });
  };

  return {
    async read(examples, takeAlong) {
      const pictures = new Map<Float32Array, NativeSeen>();
      const questions = network.ask && padQuestions(examples, network);
      let layers: NativeLayers | undefined;
      for (const [row, { image }] of examples.entries()) {
        if (!image) throw new SimvlmError("no-image", "The model answers about pictures, and there is none.");
        const seen = pictures.get(image) ?? (await look(image, takeAlong));
        // A picture's keys and values are tens of megabytes: they are kept while somebody asks about it again.
        if (examples.slice(row + 1).some((later) => later.image === image)) pictures.set(image, seen);
        else pictures.delete(image);
        const own = questions ? await inquire(seen, questions[row]!) : seen.layers!;
        layers = examples.length === 1 ? own : putInto(layers ?? emptyBatch(own, examples.length), own, row);
      }
      return { layers: layers!, ...(questions && { mask: hideMask(questions) }) };
    },
  };
}

/** Questions `[1, length]` each, padded to one length. @throws SimvlmError `text-too-long` */
export function padQuestions(
  examples: readonly ModelExample[],
  { places }: CaptionNetwork,
): MapTree<Question, NativeTensor>[] {
  const longest = Math.max(...examples.map(({ prompt }) => prompt.length));
  if (longest > places) {
    throw new SimvlmError(
      "text-too-long",
      `A question of ${longest} tokens, but the model reads ${places}. Shorten it.`,
    );
  }
  const length = roundPlaces(longest, places, QUESTION_STEP);
  return examples.map(({ prompt }) => {
    const tokens = new Int32Array(length);
    tokens.set(prompt);
    const mask = new Float32Array(length).fill(1, 0, prompt.length);
    return { tokens: NativeTensor.of(tokens, [1, length], "int32"), mask: NativeTensor.of(mask, [1, length]) };
  });
}

/** `[batch, 1, 1, length]`, added to scores. */
function hideMask(questions: readonly MapTree<Question, NativeTensor>[]): NativeTensor {
  const visible = questions.flatMap(({ mask }) => Array.from(mask.data));
  const hidden = Float32Array.from(visible, (one) => (one === 1 ? 0 : MASKED));
  return NativeTensor.of(hidden, [questions.length, 1, 1, visible.length / questions.length]);
}

/** Room for what is `[1, …]` of one example, of so many. */
function emptyBatch(own: NativeLayers, batch: number): NativeLayers {
  const room = ({ shape }: NativeTensor) => NativeTensor.zeros([batch, ...shape.slice(1)]);
  const layers = Object.entries(own).map(([layer, { keys, values }]) => {
    return [layer, { keys: room(keys), values: room(values) }] as const;
  });
  return Object.fromEntries(layers);
}

/** Puts what is of one example in its row. */
function putInto(batch: NativeLayers, own: NativeLayers, row: number): NativeLayers {
  for (const [layer, { keys, values }] of Object.entries(own)) {
    const all = batch[layer]!;
    (all.keys.data as Float32Array).set(keys.data as Float32Array, row * keys.data.length);
    (all.values.data as Float32Array).set(values.data as Float32Array, row * values.data.length);
  }
  return batch;
}
