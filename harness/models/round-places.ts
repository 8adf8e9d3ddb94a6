/** Places are rounded up to a multiple of this, so that texts of about one length share a graph. */
const STEP = 16;

/**
 * How many places a graph is made for.
 * @param length tokens that need one
 * @param most what the model has
 */
export function roundPlaces(length: number, most: number, step = STEP): number {
  return Math.min(Math.ceil(length / step) * step, most);
}
