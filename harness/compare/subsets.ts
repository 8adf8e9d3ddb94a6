/** Each value once, in the order of the first. */
export function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** The parts of the examples that rows are of: the groups first, all examples last, as the field prints them. */
export function listSubsets(rows: readonly { readonly subset: string }[]): string[] {
  return [...unique(rows.map(({ subset }) => subset)).filter((subset) => subset !== "all"), "all"];
}
