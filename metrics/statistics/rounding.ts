/**
 * Rounds as Python's `round(x, decimals)`: to the nearest decimal of the number's exact binary value, and to the even
 * one where it lies exactly between two (`toFixed` takes the larger).
 */
export function roundDecimals(x: number, decimals: number): number {
  const rounded = Number(x.toFixed(decimals));
  const scaled = Math.abs(x) * 10 ** decimals;
  // a number is exactly between two decimals only if it is a multiple of 2^-(decimals+1); scaling is then exact
  const between = Number.isInteger(x * 2 ** (decimals + 1)) && scaled % 1 === 0.5;
  if (!between || Math.floor(scaled) % 2 !== 0) return rounded;
  return (Math.sign(x) * Math.floor(scaled)) / 10 ** decimals;
}
