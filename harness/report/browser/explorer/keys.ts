/** Where a key leads in rows of so many; undefined where it leads nowhere. */
export function step(key: string, at: number, count: number, columns: number): number | undefined {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  const by = steps[key];
  if (by === undefined) return undefined;
  const to = at + by;
  const leavesRow = columns < count && Math.abs(by) === 1 && Math.floor(to / columns) !== Math.floor(at / columns);
  return to >= 0 && to < count && !leavesRow ? to : undefined;
}
