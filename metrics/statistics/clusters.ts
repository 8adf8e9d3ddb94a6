import type { MetricResult } from "../metric.js";

/**
 * The statistics of a metric summed by cluster: what resampling draws from. Examples without a cluster are one each.
 *
 * @returns row-major, clusters × columns
 */
export function sumClusters({ statistics, clusters }: MetricResult): Float64Array {
  if (!clusters) return statistics.values;
  const width = statistics.columns.length;
  const places = new Map<number, number>();
  for (const cluster of clusters) if (!places.has(cluster)) places.set(cluster, places.size);
  const sums = new Float64Array(places.size * width);
  for (const [row, number] of clusters.entries()) {
    const cluster = places.get(number)!;
    for (let column = 0; column < width; column++) {
      sums[cluster * width + column]! += statistics.values[row * width + column]!;
    }
  }
  return sums;
}
