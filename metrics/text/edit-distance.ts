/** How many characters must be put in, taken out or replaced to make one text of the other (Levenshtein 1966). */
export function editDistance(first: string, second: string): number {
  const [shorter, longer] = [Array.from(first), Array.from(second)].sort((a, b) => a.length - b.length);
  let costs = Int32Array.from({ length: shorter!.length + 1 }, (_, i) => i);
  let next = new Int32Array(costs.length);
  for (const [row, character] of longer!.entries()) {
    next[0] = row + 1;
    for (const [column, other] of shorter!.entries()) {
      const replaced = costs[column]! + Number(character !== other);
      next[column + 1] = Math.min(replaced, costs[column + 1]! + 1, next[column]! + 1);
    }
    [costs, next] = [next, costs];
  }
  return costs[shorter!.length]!;
}
