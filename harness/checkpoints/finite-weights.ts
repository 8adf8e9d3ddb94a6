import { SimvlmError } from "@simvlm/metrics";
import { openFile } from "../files/open-file.js";
import { quote } from "./excerpt.js";
import { isStoredType, type StoredType } from "./storage-types.js";
import type { StoredPlace, StoredWeights } from "./stored-weights.js";

/** Bytes looked at while the next are read. */
const CHUNK = 1 << 23;

/** Of each word of 32 bits, the exponents: where all bits of one are set, its number is none, or infinite. */
const EXPONENTS: Readonly<Record<StoredType, readonly number[]>> = {
  F32: [0x7f80_0000],
  F16: [0x7c00, 0x7c00_0000],
  BF16: [0x7f80, 0x7f80_0000],
};

/** A tensor as it lies in a file. */
export interface PlacedTensor extends StoredPlace {
  readonly name: string;
  readonly dtype: StoredType;
}

/**
 * Looks through weights in their files for what is no number, or is infinite: what a model says with such weights means
 * nothing. 700 MB that the system has at hand take about a quarter of a second.
 * @throws SimvlmError `not-finite-weights` naming the first tensor that has one
 */
export async function refuseNotFinite(tensors: readonly PlacedTensor[]): Promise<void> {
  for (const path of new Set(tensors.map((tensor) => tensor.path))) {
    await scanFile(
      path,
      tensors.filter((tensor) => tensor.path === path),
    );
  }
}

/**
 * As {@link refuseNotFinite}, wherever they lie.
 * @param names which of them; default: all that are stored as weights
 */
export async function requireFiniteStored(stored: StoredWeights, names?: readonly string[]): Promise<void> {
  const placed: PlacedTensor[] = [];
  for (const name of names ?? stored.tensors.keys()) {
    const { dtype } = stored.tensors.get(name) ?? {};
    const isWeight = dtype !== undefined && isStoredType(dtype);
    if (!isWeight && !names) continue;
    const place = stored.place(name);
    if (place && isWeight) placed.push({ ...place, name, dtype });
    else requireFinite((await stored.read(name)).data, name, stored.source);
  }
  await refuseNotFinite(placed);
}

/** As {@link refuseNotFinite}, of weights in memory. @param source what they were read from */
export function requireFinite(data: Float32Array, name: string, source: string): void {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  if (hasFull(words, words.length, 0x7f80_0000)) throw notFinite(name, source);
}

async function scanFile(path: string, tensors: readonly PlacedTensor[]): Promise<void> {
  const pieces = [...tensors]
    .sort((a, b) => a.offset - b.offset)
    .flatMap(({ name, dtype, offset, length }) =>
      Array.from({ length: Math.ceil(length / CHUNK) }, (_, i) => {
        return { name, dtype, position: offset + i * CHUNK, length: Math.min(CHUNK, length - i * CHUNK) };
      }),
    );
  const file = await openFile(path);
  try {
    const buffers = [new Uint32Array(CHUNK / 4), new Uint32Array(CHUNK / 4)];
    const fill = async (index: number) => {
      const piece = pieces[index];
      if (!piece) return;
      const bytes = new Uint8Array(buffers[index % 2]!.buffer);
      let filled = 0;
      while (filled < piece.length) {
        const { bytesRead } = await file.read(bytes, filled, piece.length - filled, piece.position + filled);
        if (bytesRead === 0) throw new SimvlmError("unreadable-file", `${path} has become shorter while it was read.`);
        filled += bytesRead;
      }
      bytes.fill(0, filled, 4 * Math.ceil(filled / 4));
    };
    await fill(0);
    for (const [index, { name, dtype, length }] of pieces.entries()) {
      const next = fill(index + 1);
      const words = buffers[index % 2]!;
      const isBad = EXPONENTS[dtype].some((exponent) => hasFull(words, Math.ceil(length / 4), exponent));
      await next;
      if (isBad) throw notFinite(name, path);
    }
  } finally {
    await file.close();
  }
}

function hasFull(words: Uint32Array, count: number, exponent: number): boolean {
  for (let i = 0; i < count; i++) if ((words[i]! & exponent) === exponent) return true;
  return false;
}

function notFinite(name: string, source: string): SimvlmError {
  return new SimvlmError(
    "not-finite-weights",
    `${source}: ${quote(name)} has numbers that are none, or infinite (NaN, Infinity): the file is damaged, or its training failed. Fetch it again, or go back to an earlier state.`,
  );
}
