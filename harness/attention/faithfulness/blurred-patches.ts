/**
 * A picture out of focus: each colour is the mean of its surroundings under a Gaussian; at the edges the last pixel goes on.
 * @param pixels `[side, side, 3]`
 * @param sigma in pixels
 */
export function blurPicture(pixels: Float32Array, side: number, sigma: number): Float32Array {
  const radius = Math.ceil(3 * sigma);
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (source: Float32Array, along: number, across: number): Float32Array => {
    const result = new Float32Array(source.length);
    for (let line = 0; line < side; line++) {
      for (let place = 0; place < side; place++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let i = 0; i < weights.length; i++) {
            const near = Math.min(side - 1, Math.max(0, place + i - radius));
            sum += weights[i]! * source[line * across + near * along + channel]!;
          }
          result[line * across + place * along + channel] = sum / total;
        }
      }
    }
    return result;
  };
  return pass(pass(pixels, 3, 3 * side), 3 * side, 3);
}

/**
 * A picture in which some patches are another picture's.
 * @param pixels `[side, side, 3]`, as `others`
 * @param patches row by row of a grid of `grid` × `grid`
 */
export function exchangePatches(
  pixels: Float32Array,
  others: Float32Array,
  patches: readonly number[],
  { side, grid }: { readonly side: number; readonly grid: number },
): Float32Array {
  const edge = (index: number) => Math.round((index * side) / grid);
  const mixed = pixels.slice();
  for (const patch of patches) {
    const [row, column] = [Math.floor(patch / grid), patch % grid];
    for (let y = edge(row); y < edge(row + 1); y++) {
      const begin = 3 * (y * side + edge(column));
      const end = 3 * (y * side + edge(column + 1));
      mixed.set(others.subarray(begin, end), begin);
    }
  }
  return mixed;
}
