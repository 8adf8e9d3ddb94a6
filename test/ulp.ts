const buffer = new DataView(new ArrayBuffer(8));

/** How many doubles lie between two non-negative numbers. */
export function ulpDistance(a: number, b: number): number {
  return Math.abs(Number(toBits(a) - toBits(b)));
}

function toBits(x: number): bigint {
  buffer.setFloat64(0, x);
  return buffer.getBigInt64(0);
}
