/**
 * Calls `make(0)` … `make(count - 1)`, a few at a time.
 * @returns the results in order, whatever finishes first
 */
export async function mapConcurrently<T>(
  count: number,
  concurrency: number,
  make: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      results[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}
