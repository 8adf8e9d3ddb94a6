/** Sweeps over all pairs of rows after which nothing changes any more, whatever the matrix. */
const MOST_SWEEPS = 60;

/**
 * The eigenvalues of a symmetric matrix, from the smallest to the largest (Jacobi's rotations).
 * @param matrix row-major, size × size
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const a = Float64Array.from(matrix);
  const at = (row: number, column: number) => row * size + column;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let hasChanged = false;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const off = a[at(p, q)]!;
        const scale = Math.abs(a[at(p, p)]!) + Math.abs(a[at(q, q)]!);
        if (off === 0 || scale + Math.abs(off) * 2 ** -10 === scale) continue;
        hasChanged = true;
        const theta = (a[at(q, q)]! - a[at(p, p)]!) / (2 * off);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < size; k++) {
          const [x, y] = [a[at(k, p)]!, a[at(k, q)]!];
          a[at(k, p)] = cosine * x - sine * y;
          a[at(k, q)] = sine * x + cosine * y;
        }
        for (let k = 0; k < size; k++) {
          const [x, y] = [a[at(p, k)]!, a[at(q, k)]!];
          a[at(p, k)] = cosine * x - sine * y;
          a[at(q, k)] = sine * x + cosine * y;
        }
      }
    }
    if (!hasChanged) break;
  }
  return Float64Array.from({ length: size }, (_, i) => a[at(i, i)]!).sort();
}
