import { describe, expect, it, test } from "vitest";
import { quantiseMatrix } from "../../../../harness/engine/eight-bits/quantise-matrix.js";
import { createRandom } from "../../../../harness/random.js";

/** Many more numbers than are read at a time. */
const ROWS = 700;
const COLUMNS = 900;

function readFrom(numbers: Float32Array, columns: number) {
  return (first: number, count: number) => numbers.subarray(first * columns, (first + count) * columns);
}

function draw(size: number): Float32Array {
  const random = createRandom(7);
  return Float32Array.from({ length: size }, () => (random.next() - 0.5) * 2 ** Math.floor(8 * random.next()));
}

describe("a matrix in eight bits", () => {
  test.each([false, true])(
    "is no further from what it was than half of its output's scale (transposed: %s)",
    async (transposed) => {
      const numbers = draw(ROWS * COLUMNS);
      const { levels, scales } = await quantiseMatrix(readFrom(numbers, COLUMNS), [ROWS, COLUMNS], transposed, "w");
      const outputs = transposed ? ROWS : COLUMNS;
      expect(scales.length).toBe(outputs);
      let worst = 0;
      const largest = new Float32Array(outputs);
      for (let row = 0; row < ROWS; row++) {
        for (let column = 0; column < COLUMNS; column++) {
          const [input, output] = transposed ? [column, row] : [row, column];
          const number = numbers[row * COLUMNS + column]!;
          const level = levels[input * outputs + output]!;
          largest[output] = Math.max(largest[output]!, Math.abs(number));
          worst = Math.max(worst, Math.abs(level * scales[output]! - number) / scales[output]!);
        }
      }
      expect(worst).toBeGreaterThan(0.4); // it is rounded
      expect(worst).toBeLessThan(0.5001);
      expect(Array.from(scales)).toEqual(Array.from(largest, (most) => Math.fround(most / 127)));
      expect(levels.reduce((most, level) => Math.max(most, Math.abs(level)), 0)).toBe(127);
    },
  );

  it("keeps an output of zeros, and one whose numbers are next to none, as zeros", async () => {
    const numbers = Float32Array.of(0, 1e-40, 2, -0, 0, -1);
    const { levels, scales } = await quantiseMatrix(readFrom(numbers, 3), [2, 3], false, "w");
    expect(Array.from(levels)).toEqual([0, 0, 127, 0, 0, -64]);
    expect(Array.from(scales)).toEqual([0, 0, Math.fround(2 / 127)]);
  });

  test.each([
    [Number.NaN, false],
    [Number.NaN, true],
    [Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, true],
  ])("with %s in it is refused by name (transposed: %s)", async (wrong, transposed) => {
    const numbers = Float32Array.of(1, wrong, 3, 4);
    await expect(quantiseMatrix(readFrom(numbers, 2), [2, 2], transposed, "weights/w")).rejects.toMatchObject({
      code: "not-finite-weights",
      message: expect.stringContaining('"weights/w"'),
    });
  });
});
