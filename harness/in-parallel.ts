/**
 * Does the work on each item, on so many at a time.
 * @param most items at a time
 * @returns the results, in the order of the items
 * @throws the first failure, after which nothing new is begun, once what had been begun has ended
 */
export async function inParallel<Item, Result>(
  most: number,
  items: readonly Item[],
  work: (item: Item, place: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const [place, item] of queue) {
      try {
        results[place] = await work(item, place);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
