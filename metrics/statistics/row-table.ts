/** At most four columns that vary, side by side, so that a row lies in one cache line. */
interface Columns {
  /** Their places in the table. */
  readonly places: readonly number[];
  /** Row-major. */
  readonly values: Float64Array;
}

/**
 * A table of statistics whose rows are drawn and added up thousands of times. Every sum is what a plain loop over the
 * drawn rows gives, to the last bit: the additions of a column are made in the order of the rows.
 */
export class RowTable {
  /** The number of rows. */
  readonly count: number;
  readonly #width: number;
  readonly #varying: readonly Columns[];
  /** Columns that hold one whole number everywhere: their sums need no additions. */
  readonly #constants: readonly (readonly [place: number, value: number])[];

  /** @param values row-major, rows × width */
  constructor(values: Float64Array, width: number) {
    this.count = values.length / width;
    this.#width = width;
    const all = Array.from({ length: width }, (_, column) => column);
    const constants = all.filter((column) => isConstantWhole(values, width, column));
    const varying = all.filter((column) => !constants.includes(column));
    this.#constants = constants.map((column) => [column, values[column]!]);
    this.#varying = groupByFour(varying).map((places) => ({ places, values: pickColumns(values, width, places) }));
  }

  /**
   * Column sums of sets of rows, for each set. Several sets at once are faster: columns are then added up for one set
   * after the other while they lie in the processor's cache.
   */
  sumRows(sets: readonly Int32Array[]): Float64Array[] {
    const sums = sets.map((rows) => {
      const constant = new Float64Array(this.#width);
      for (const [place, value] of this.#constants) constant[place] = 0 + value * rows.length; // never -0
      return constant;
    });
    for (const { places, values } of this.#varying) {
      const add = places.length === 4 ? addFour : places.length === 2 ? addTwo : addOne;
      for (const [set, rows] of sets.entries()) {
        for (const [i, sum] of add(values, rows).entries()) sums[set]![places[i]!] = sum;
      }
    }
    return sums;
  }
}

/** Fours, then at most one pair and one single. */
function groupByFour(columns: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (let first = 0; first < columns.length; ) {
    const left = columns.length - first;
    const size = left >= 4 ? 4 : left >= 2 ? 2 : 1;
    groups.push(columns.slice(first, first + size));
    first += size;
  }
  return groups;
}

/** Whether sums of the values are exact in any order: whole numbers, and not too many. */
export function areWhole(values: Float64Array): boolean {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isInteger(values[i])) return false;
    most = Math.max(most, Math.abs(values[i]!));
  }
  return most * values.length <= Number.MAX_SAFE_INTEGER;
}

function isConstantWhole(values: Float64Array, width: number, column: number): boolean {
  const value = values[column]!;
  for (let i = column; i < values.length; i += width) if (values[i] !== value) return false;
  return Number.isInteger(value) && (Math.abs(value) * values.length) / width <= Number.MAX_SAFE_INTEGER;
}

function pickColumns(values: Float64Array, width: number, columns: readonly number[]): Float64Array {
  const stride = columns.length;
  const picked = new Float64Array((values.length / width) * stride);
  for (let row = 0; row * width < values.length; row++) {
    for (let i = 0; i < stride; i++) picked[row * stride + i] = values[row * width + columns[i]!]!;
  }
  return picked;
}

// Sums in local variables, several columns at a time so that an addition need not wait for the one before it; more than
// four no longer fit in registers.

function addOne(values: Float64Array, rows: Int32Array): number[] {
  let a = 0;
  for (let i = 0; i < rows.length; i++) a += values[rows[i]!]!;
  return [a];
}

function addTwo(values: Float64Array, rows: Int32Array): number[] {
  let [a, b] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const start = 2 * rows[i]!;
    a += values[start]!;
    b += values[start + 1]!;
  }
  return [a, b];
}

function addFour(values: Float64Array, rows: Int32Array): number[] {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const start = 4 * rows[i]!;
    a += values[start]!;
    b += values[start + 1]!;
    c += values[start + 2]!;
    d += values[start + 3]!;
  }
  return [a, b, c, d];
}
