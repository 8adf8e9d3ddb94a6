const LISTED = 5;

/** `1, 2, 3` or, of many, the first five and how many there are. */
export function listIds(ids: readonly string[]): string {
  const shown = ids.slice(0, LISTED).join(", ");
  return ids.length > LISTED ? `${shown}, … (${ids.length} in all)` : shown;
}
