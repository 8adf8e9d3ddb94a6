/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** viridis (Smith and van der Walt, CC0), even steps: its lightness rises evenly, with any kind of colour vision. */
const STOPS: readonly Rgb[] = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 145, 140],
  [40, 174, 128],
  [94, 201, 98],
  [173, 220, 48],
  [253, 231, 37],
];

/**
 * The colour that the viridis scale gives a value, mixed linearly between nine evenly spaced colours.
 * @param value 0 to 1; what lies outside counts as the nearer end
 */
export function viridis(value: number): Rgb {
  const place = Math.min(Math.max(value, 0), 1) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(STOPS[low]![channel] + (place - low) * (STOPS[low + 1]![channel] - STOPS[low]![channel]));
  return [mix(0), mix(1), mix(2)];
}
