import { NativeTensor } from "../engine/index.js";
import { sizeOf } from "../engine/trace/graph.js";

/** Float32 tensors by their names. */
export type Natives = Readonly<Record<string, NativeTensor>>;

/** Tensors whose numbers lie one after another. */
export interface SideBySide {
  readonly byName: Natives;
  /** The same memory: what has two axes or more as the rows of one matrix, the rest as one vector. */
  readonly together: Natives;
}

/** In numbers: 64 bytes, as much as the processor reads at once. */
const LINE = 16;
/** In numbers: what an optimiser goes through at a time, see `engine/blockwise.ts`. Less is one block. */
const BLOCK = 1 << 17;

/**
 * Zeros of the given shapes, laid out so that what is done to each number alone takes a few large operations, not many
 * small ones. Matrices and vectors are apart because optimisers tell them apart.
 */
export function placeSideBySide(shapes: Readonly<Record<string, { readonly shape: readonly number[] }>>): SideBySide {
  const all = Object.entries(shapes);
  const matrices = place(all.filter(([, { shape }]) => shape.length > 1));
  const vectors = place(all.filter(([, { shape }]) => shape.length <= 1));
  const names = Object.keys(shapes);
  const byName = { ...matrices?.byName, ...vectors?.byName };
  return {
    byName: Object.fromEntries(names.map((name) => [name, byName[name]!])),
    together: {
      ...(matrices && { matrices: NativeTensor.of(matrices.data, [1, matrices.data.length]) }),
      ...(vectors && { vectors: NativeTensor.of(vectors.data, [vectors.data.length]) }),
    },
  };
}

function place(tensors: readonly (readonly [name: string, { readonly shape: readonly number[] }])[]) {
  if (tensors.length === 0) return undefined;
  let length = 0;
  const starts = tensors.map(([, { shape }]) => {
    const start = length;
    length = roundUp(start + sizeOf(shape), LINE);
    return start;
  });
  // Written to here: pages that a step reads before it writes to them, with all threads, are given twice, and very slowly.
  const data = new Float32Array(length > BLOCK ? roundUp(length, BLOCK) : length).fill(0);
  const byName = tensors.map(([name, { shape }], index) => {
    const start = starts[index]!;
    return [name, NativeTensor.of(data.subarray(start, start + sizeOf(shape)), shape)] as const;
  });
  return { data, byName: Object.fromEntries(byName) as Natives };
}

function roundUp(length: number, unit: number): number {
  return Math.ceil(length / unit) * unit;
}
