/**
 * What a reader gives, numbered from 1, until it has no more or breaks off. Only its own errors count as such: one of
 * whoever takes the items is none of the file's. Whoever has read enough leaves no file open.
 * @param onBreak called with how many items there were; what it throws ends the reading
 */
export async function* untilBroken<T>(
  items: AsyncGenerator<T>,
  onBreak: (count: number, error: Error) => void,
): AsyncGenerator<[number: number, item: T]> {
  try {
    for (let number = 1; ; number++) {
      const next = await items.next().catch((error: Error) => error);
      if (next instanceof Error) return onBreak(number - 1, next);
      if (next.done) return;
      yield [number, next.value];
    }
  } finally {
    await items.return(undefined);
  }
}
