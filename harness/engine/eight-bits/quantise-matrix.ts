import { SimvlmError } from "@simvlm/metrics";
import { LARGEST_LEVEL } from "./quantised-matrices.js";

/** A matrix in eight bits. */
export interface MatrixLevels {
  /** `[in, out]` row by row, from -127 to 127. */
  readonly levels: Int8Array;
  /** `[out]`: a level times its column's scale is the number, give or take half a scale. */
  readonly scales: Float32Array;
}

/** Reads rows of a matrix; what it gives may be overwritten by the next that are read. */
export type ReadRows = (first: number, count: number) => Promise<Float32Array> | Float32Array;

/** So many numbers are read at a time, whole rows of them. */
const NUMBERS_AT_A_TIME = 1 << 16;
/** Columns whose largest number is no larger become zeros. */
const SMALLEST_COLUMN = 1e-30;
/** Added and taken away again, it rounds to the nearest whole number, ties to even, in a third of the time of Math.round. */
const ROUND = 1.5 * 2 ** 52;
const LARGEST_FLOAT = 3.4028234663852886e38;

/**
 * Rounds a matrix to eight bits, each output's column by its own largest number. What is read is let go piece by piece.
 * @param shape as the matrix is read: `[in, out]`, or `[out, in]` where it is `transposed`
 * @param name for the message
 * @param levels where they are written; default new memory
 * @throws SimvlmError `not-finite-weights`
 */
export async function quantiseMatrix(
  readRows: ReadRows,
  shape: readonly [rows: number, columns: number],
  transposed: boolean,
  name: string,
  levels = new Int8Array(shape[0] * shape[1]),
): Promise<MatrixLevels> {
  const [rows, columns] = shape;
  const outputs = transposed ? rows : columns;
  const largest = new Float32Array(outputs);
  const noteColumns = (block: Float32Array): void => {
    for (let i = 0, column = 0; i < block.length; i++, column = column + 1 === columns ? 0 : column + 1) {
      largest[column] = larger(largest[column]!, block[i]!, name);
    }
  };
  if (!transposed) {
    for (const [first, count] of listBlocks(rows, columns)) noteColumns(await readRows(first, count));
    const factors = largest.map(factorOf);
    for (const [first, count] of listBlocks(rows, columns)) {
      const block = await readRows(first, count);
      const begin = first * columns;
      for (let i = 0, column = 0; i < block.length; i++, column = column + 1 === columns ? 0 : column + 1) {
        levels[begin + i] = block[i]! * factors[column]! + ROUND - ROUND;
      }
    }
  } else {
    for (const [first, count] of listBlocks(rows, columns)) {
      const block = await readRows(first, count);
      for (let row = 0; row < count; row++) {
        let most = 0;
        for (let i = row * columns; i < (row + 1) * columns; i++) most = larger(most, block[i]!, name);
        largest[first + row] = most;
      }
      const factors = largest.subarray(first, first + count).map(factorOf);
      // Written along its rows, which are short pieces of the outputs' axis.
      for (let column = 0; column < columns; column++) {
        const begin = column * rows + first;
        for (let row = 0; row < count; row++) {
          levels[begin + row] = block[row * columns + column]! * factors[row]! + ROUND - ROUND;
        }
      }
    }
  }
  return { levels, scales: largest.map((most) => (most > SMALLEST_COLUMN ? most / LARGEST_LEVEL : 0)) };
}

function factorOf(most: number): number {
  return most > SMALLEST_COLUMN ? LARGEST_LEVEL / most : 0;
}

function larger(most: number, number: number, name: string): number {
  const size = Math.abs(number);
  if (size <= most) return most;
  if (size <= LARGEST_FLOAT) return size;
  throw new SimvlmError(
    "not-finite-weights",
    `"${name}" has numbers that are none, or infinite: it cannot be rounded to eight bits.`,
  );
}

function listBlocks(rows: number, columns: number): (readonly [first: number, count: number])[] {
  const count = Math.max(1, Math.floor(NUMBERS_AT_A_TIME / columns));
  return Array.from({ length: Math.ceil(rows / count) }, (_, i) => [i * count, Math.min(count, rows - i * count)]);
}
