/** Columns of a table that one column of numbers holds: several only where they are whole and small. */
interface Packed {
  /** Their places in the table. */
  readonly places: readonly number[];
  /** The first column's number counts once, the second's so many times, the third's the square of it. */
  readonly base: number;
}

/** At most four packed columns, side by side, so that a row lies in one cache line. */
interface Columns {
  readonly packed: readonly Packed[];
  /** Row-major. */
  readonly values: Float64Array;
}

/**
 * A table of statistics whose rows are drawn and added up thousands of times. Every sum is what a plain loop over the
 * drawn rows gives, to the last bit: the additions of a column are made in the order of the rows, or of whole numbers,
 * which are exact in any.
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
    this.#varying = groupByFour(packColumns(values, width, varying)).map((packed) => ({
      packed,
      values: pickColumns(values, width, packed),
    }));
  }

  /**
   * Column sums of sets of rows, for each set. Several sets at once are faster: columns are then added up for one set
   * after the other while they lie in the processor's cache.
   * @param sets each of at most as many rows as the table has, be they repeated
   * @param flip 1 for the neighbour of each row instead: of rows 2i and 2i + 1 the other
   */
  sumRows(sets: readonly Int32Array[], flip: 0 | 1 = 0): Float64Array[] {
    if (sets.some((rows) => rows.length > this.count)) throw new RangeError(`a set of more than ${this.count} rows`);
    const sums = sets.map((rows) => {
      const constant = new Float64Array(this.#width);
      for (const [place, value] of this.#constants) constant[place] = 0 + value * rows.length; // never -0
      return constant;
    });
    for (const { packed, values } of this.#varying) {
      const add = packed.length === 4 ? addFour : packed.length === 2 ? addTwo : addOne;
      for (const [set, rows] of sets.entries()) {
        for (const [i, sum] of add(values, rows, flip).entries()) unpack(packed[i]!, sum, sums[set]!);
      }
    }
    return sums;
  }
}

/** Tables of as many rows as one: each row is theirs, one after the other. */
export function placeSideBySide(
  tables: readonly { readonly values: Float64Array; readonly width: number }[],
): Float64Array {
  const total = tables.reduce((sum, { width }) => sum + width, 0);
  const joined = new Float64Array(tables.reduce((sum, { values }) => sum + values.length, 0));
  const rows = joined.length / total;
  let start = 0;
  for (const { values, width } of tables) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < width; column++)
        joined[row * total + start + column] = values[row * width + column]!;
    }
    start += width;
  }
  return joined;
}

/** So many bits a sum has that is still exact. */
const EXACT_BITS = 53;

/** Whole columns share a number where the sums of as many rows as there are fit beside each other. */
function packColumns(values: Float64Array, width: number, columns: readonly number[]): Packed[] {
  const bitsOf = new Map<number, number>();
  for (const column of columns) {
    const bits = countBits(values, width, column);
    if (bits !== undefined && 2 * bits <= EXACT_BITS) bitsOf.set(column, bits);
  }
  const bits = Math.max(1, ...bitsOf.values());
  const base = 2 ** bits;
  const many = Math.floor(EXACT_BITS / bits);
  const whole = [...bitsOf.keys()];
  const packed: Packed[] = columns
    .filter((column) => !bitsOf.has(column))
    .map((column) => ({ places: [column], base }));
  for (let first = 0; first < whole.length; first += many)
    packed.push({ places: whole.slice(first, first + many), base });
  return packed;
}

/** How many bits the largest sum has; undefined for a column that is not of whole numbers from 0. */
function countBits(values: Float64Array, width: number, column: number): number | undefined {
  let most = 0;
  for (let i = column; i < values.length; i += width) {
    if (!Number.isInteger(values[i]) || values[i]! < 0) return undefined;
    most = Math.max(most, values[i]!);
  }
  return Math.ceil(Math.log2((most * values.length) / width + 1));
}

function unpack({ places, base }: Packed, sum: number, sums: Float64Array): void {
  const last = places.length - 1;
  let rest = sum;
  for (let i = 0; i < last; i++) {
    const above = Math.floor(rest / base);
    sums[places[i]!] = rest - above * base;
    rest = above;
  }
  sums[places[last]!] = rest;
}

/** Fours, then at most one pair and one single. */
function groupByFour(columns: readonly Packed[]): Packed[][] {
  const groups: Packed[][] = [];
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

function pickColumns(values: Float64Array, width: number, packed: readonly Packed[]): Float64Array {
  const stride = packed.length;
  const picked = new Float64Array((values.length / width) * stride);
  for (const [i, { places, base }] of packed.entries()) {
    let factor = 1;
    for (const place of places) {
      for (let row = 0; row * width < values.length; row++) {
        const value = values[row * width + place]!;
        picked[row * stride + i] = factor === 1 ? value : picked[row * stride + i]! + factor * value;
      }
      factor *= base;
    }
  }
  return picked;
}

// Sums in local variables, several columns at a time so that an addition need not wait for the one before it; more than
// four no longer fit in registers.

function addOne(values: Float64Array, rows: Int32Array, flip: number): number[] {
  let a = 0;
  for (let i = 0; i < rows.length; i++) a += values[rows[i]! ^ flip]!;
  return [a];
}

function addTwo(values: Float64Array, rows: Int32Array, flip: number): number[] {
  let [a, b] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    const start = 2 * (rows[i]! ^ flip);
    a += values[start]!;
    b += values[start + 1]!;
  }
  return [a, b];
}

function addFour(values: Float64Array, rows: Int32Array, flip: number): number[] {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < rows.length; i++) {
    const start = 4 * (rows[i]! ^ flip);
    a += values[start]!;
    b += values[start + 1]!;
    c += values[start + 2]!;
    d += values[start + 3]!;
  }
  return [a, b, c, d];
}
