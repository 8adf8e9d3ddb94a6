/** The name that was most likely meant; undefined where none is much like the given one. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const wanted = plain(given);
  if (wanted === "") return undefined;
  const ranked = names
    .map((name) => {
      const own = plain(name);
      const begins = own.startsWith(wanted) || (own !== "" && wanted.startsWith(own));
      return { name, distance: begins ? Math.min(1, editDistance(own, wanted)) : editDistance(own, wanted) };
    })
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best && best.distance <= Math.max(1, wanted.length / 3) ? best.name : undefined;
}

/** How many letters must be added, left out, changed or swapped with their neighbour. */
function editDistance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1)];
      row.push(Math.min(...steps, ...(isSwap ? [before[j - 2]! + 1] : [])));
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
