import { SimvlmError } from "@simvlm/metrics";
import type * as tf from "@tensorflow/tfjs-core";
import { compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { LayerKeyValues } from "../../layers/key-values.js";
import type { Weights } from "../../layers/weights.js";
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
      const layers: NativeLayers[] = [];
      for (const [row, { image }] of examples.entries()) {
        if (!image) throw new SimvlmError("no-image", "The model answers about pictures, and there is none.");
        const seen = pictures.get(image) ?? (await look(image, takeAlong));
        pictures.set(image, seen);
        layers.push(questions ? await inquire(seen, questions[row]!) : seen.layers!);
      }
      return { layers: stackLayers(layers), ...(questions && { mask: hideMask(questions) }) };
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
  const length = Math.min(Math.ceil(longest / QUESTION_STEP) * QUESTION_STEP, places);
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
  const hidden = Float32Array.from(visible, (one) => (one === 1 ? 0 : -1e9));
  return NativeTensor.of(hidden, [questions.length, 1, 1, visible.length / questions.length]);
}

/** Of one example each `[1, …]`, together `[batch, …]`. */
function stackLayers(each: readonly NativeLayers[]): NativeLayers {
  if (each.length === 1) return each[0]!;
  const stack = (tensors: readonly NativeTensor[]): NativeTensor => {
    const [first] = tensors as [NativeTensor];
    const data = new Float32Array(tensors.length * first.data.length);
    tensors.forEach((tensor, row) => {
      data.set(tensor.data as Float32Array, row * first.data.length);
    });
    return NativeTensor.of(data, [tensors.length, ...first.shape.slice(1)]);
  };
  return Object.fromEntries(
    Object.keys(each[0]!).map((layer) => {
      const of = (part: "keys" | "values") => stack(each.map((layers) => layers[layer]![part]));
      return [layer, { keys: of("keys"), values: of("values") }];
    }),
  );
}
