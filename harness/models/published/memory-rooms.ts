import { NativeTensor } from "../../engine/index.js";
import { keyValueShapes } from "../../layers/key-values.js";
import type { CaptionNetwork } from "./caption-network.js";
import type { NativeLayers } from "./picture-reader.js";

/** Memory for the keys and values of a batch's examples, in each layer of the decoder. */
export interface MemoryRoom {
  /** Keys of one example. */
  readonly keys: number;
  readonly examples: number;
  /** Whose keys and values lie at which example's place, as far as somebody has said so. */
  readonly owners: (Float32Array | undefined)[];
  /** What is of one example: `[1, …]`, in place. */
  at(example: number): NativeLayers;
  /** What is of the first examples: `[examples, …]`, in place. */
  first(examples: number): NativeLayers;
  /** Copies what is of one example to the place of another. */
  copy(from: number, to: number): void;
}

/**
 * Rooms that are used again: to touch new memory for every batch, tens of megabytes for a picture, takes longer than to
 * fill it, and a garbage collector that takes notice of it competes with the decoder.
 */
export interface MemoryRooms {
  /** A room that nobody else has, for at least so many examples. */
  take(examples: number, keys: number): MemoryRoom;
  /** Of those given back the largest is kept, with what is in it. */
  giveBack(room: MemoryRoom): void;
}

/** Rooms for a network's keys and values. */
export function createMemoryRooms(network: CaptionNetwork): MemoryRooms {
  let free: MemoryRoom | undefined;
  return {
    take(examples, keys) {
      const found = free;
      free = undefined; // before another takes as much
      return found?.keys === keys && found.examples >= examples ? found : createRoom(network, examples, keys);
    },
    giveBack(room) {
      if (!free || room.examples >= free.examples) free = room;
    },
  };
}

function createRoom({ layers, heads, width }: CaptionNetwork, examples: number, keys: number): MemoryRoom {
  const shapes = keyValueShapes(1, keys, heads, width / heads);
  const size = width * keys; // of an example's keys, and of its values
  const memory = layers.map((layer) => {
    return [layer, { keys: new Float32Array(examples * size), values: new Float32Array(examples * size) }] as const;
  });
  const part = (from: number, count: number): NativeLayers => {
    const view = (all: Float32Array, [, ...shape]: readonly number[]): NativeTensor =>
      NativeTensor.of(all.subarray(from * size, (from + count) * size), [count, ...shape]);
    const layersOf = memory.map(([layer, all]) => {
      return [layer, { keys: view(all.keys, shapes.keys), values: view(all.values, shapes.values) }] as const;
    });
    return Object.fromEntries(layersOf);
  };
  return {
    keys,
    examples,
    owners: [],
    at: (example) => part(example, 1),
    first: (count) => part(0, count),
    copy(from, to) {
      for (const [, both] of memory) {
        for (const all of [both.keys, both.values]) all.copyWithin(to * size, from * size, (from + 1) * size);
      }
    },
  };
}
