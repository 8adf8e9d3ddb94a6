import type { MetricResult } from "../metric.js";

/**
 * The statistics of a metric summed by cluster: what resampling draws from. Examples without a cluster are one each.
 *
 * @returns row-major, clusters × columns
 */
export function sumClusters({ statistics, clusters }: MetricResult): { sums: Float64Array; count: number } {
  const width = statistics.columns.length;
  if (!clusters) return { sums: statistics.values, count: statistics.values.length / width };
  const places = new Map<number, number>();
  for (const cluster of clusters) if (!places.has(cluster)) places.set(cluster, places.size);
  const count = places.size;
  const sums = new Float64Array(count * width);
  for (const [row, number] of clusters.entries()) {
    const cluster = places.get(number)!;
    for (let column = 0; column < width; column++) {
      sums[cluster * width + column]! += statistics.values[row * width + column]!;
    }
  }
  return { sums, count };
}

/** Rows drawn with replacement, as many as there are. */
export function drawRows(count: number, random: () => number): Int32Array {
  return Int32Array.from({ length: count }, () => Math.floor(random() * count));
}

/** Column sums of the drawn rows. */
export function sumRows(sums: Float64Array, width: number, rows: Int32Array): Float64Array {
  const total = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) {
    const start = rows[i]! * width;
    for (let column = 0; column < width; column++) total[column]! += sums[start + column]!;
  }
  return total;
}
