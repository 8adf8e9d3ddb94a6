import { SimvlmError } from "@simvlm/metrics";
import type * as tf from "@tensorflow/tfjs-core";
import { compile, type MapTree, NativeTensor } from "../../engine/index.js";
import type { LayerKeyValues } from "../../layers/key-values.js";
import type { Weights } from "../../layers/weights.js";
import type { Execution, ModelExample } from "../vision-language-model.js";
import type { WeightConstants } from "../weight-constants.js";
import type { CaptionNetwork, Memory, Question, Seen } from "./caption-network.js";
import { createMemoryRooms, type MemoryRoom } from "./memory-rooms.js";
import { hidePadding, type NativeQuestion, padQuestions } from "./question-batch.js";

/** What decoding needs of a batch, in plain memory, until it is let go. */
export type HostMemory = MapTree<Memory, NativeTensor> & { release(): void };

/** Computes what decoding needs of pictures and questions. */
export interface PictureReader {
  /**
   * @param takeAlong of a picture whose tokens go through the decoder's layers: `[tokens, width]` through them
   * @throws SimvlmError `no-image`, `text-too-long`
   */
  read(examples: readonly ModelExample[], takeAlong?: TakeAlong): Promise<HostMemory>;
}

/** Writes the keys and values, in each layer of the decoder, of a picture's tokens `[tokens, width]` to their place. */
export type TakeAlong = (picture: NativeTensor, place: NativeLayers) => Promise<void>;

/** Keys and values by layer, in plain memory. */
export type NativeLayers = MapTree<LayerKeyValues, NativeTensor>;

/** What reads pictures knows of them by the pixels themselves: `[side · side · 3]`. */
type Pixels = Float32Array;

/**
 * Pictures go through the network one at a time, so that one graph serves all batches. What was computed of a picture
 * is shared by all that is asked of it in a batch, and by the next batch if the same pixels are asked about again.
 */
export function createPictureReader(
  network: CaptionNetwork,
  { signature, constants, matrices }: WeightConstants,
  execution: Execution,
): PictureReader {
  const { imageSize: side } = network;
  const see = ({ weights, images }: { weights: Weights; images: tf.Tensor }): Seen => network.see(weights, images);
  const before = ({ weights, images }: { weights: Weights; images: tf.Tensor }): tf.Tensor =>
    network.along!.look(weights, images);
  const ask = ({ weights, seen, question }: { weights: Weights; seen: Seen; question: Question }): LayerKeyValues =>
    network.ask!(weights, seen, question);
  const options = { ...execution, constants, matrices };
  const rooms = createMemoryRooms(network);
  const toTensor = (image: Pixels): NativeTensor => NativeTensor.of(image, [1, side, side, 3]);

  const lookInto = async (place: NativeLayers, image: Pixels, takeAlong: TakeAlong | undefined): Promise<void> => {
    const images = toTensor(image);
    if (takeAlong) {
      const compiled = await compile(before, { weights: signature, images }, options);
      return takeAlong(await compiled.run({ weights: {}, images }), place);
    }
    const compiled = await compile(see, { weights: signature, images }, options);
    await compiled.run({ weights: {}, images }, { into: { layers: place } });
  };
  const readPictures = async (room: MemoryRoom, images: readonly Pixels[], takeAlong: TakeAlong | undefined) => {
    for (const [row, image] of images.entries()) {
      const known = room.owners.indexOf(image);
      if (known === row) continue;
      room.owners[row] = undefined; // until it is there
      if (known >= 0) room.copy(known, row);
      else await lookInto(room.at(row), image, takeAlong);
      room.owners[row] = image;
    }
  };

  let last: { readonly image: Pixels; readonly seen: MapTree<Seen, NativeTensor> } | undefined;
  const lookBefore = async (image: Pixels): Promise<MapTree<Seen, NativeTensor>> => {
    if (last?.image === image) return last.seen;
    const images = toTensor(image);
    const compiled = await compile(see, { weights: signature, images }, options);
    last = { image, seen: await compiled.run({ weights: {}, images }) };
    return last.seen;
  };
  const readQuestions = async (room: MemoryRoom, images: readonly Pixels[], questions: readonly NativeQuestion[]) => {
    // Questions about one picture come after each other, whatever their order in the batch.
    const rows = [...images.keys()].sort((a, b) => images.indexOf(images[a]!) - images.indexOf(images[b]!) || a - b);
    for (const row of rows) {
      const seen = await lookBefore(images[row]!);
      const question = questions[row]!;
      const compiled = await compile(ask, { weights: signature, seen, question }, options);
      await compiled.run({ weights: {}, seen, question }, { into: room.at(row) });
    }
  };

  return {
    async read(examples, takeAlong) {
      const images = examples.map(({ image }) => {
        if (image) return image;
        throw new SimvlmError("no-image", "The model answers about pictures, and there is none.");
      });
      const questions = network.ask && padQuestions(examples, network);
      const room = rooms.take(images.length, questions ? questions[0]!.tokens.shape[1]! : network.grid ** 2 + 1);
      try {
        if (questions) await readQuestions(room, images, questions);
        else await readPictures(room, images, takeAlong);
      } catch (error) {
        rooms.giveBack(room);
        throw error;
      }
      return {
        layers: room.first(images.length),
        ...(questions && { mask: hidePadding(questions) }),
        release: () => rooms.giveBack(room),
      };
    },
  };
}
