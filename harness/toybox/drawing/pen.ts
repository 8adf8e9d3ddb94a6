import type { Random } from "../../random.js";
import { uniform } from "../pick.js";
import type { Color } from "../world/kinds.js";

/** The colours one thing is drawn with. */
export interface Pen {
  readonly main: string;
  /** For outlines and shaded parts. */
  readonly dark: string;
  readonly light: string;
  /** A random number near `value`, at most `spread` away from it; it differs from drawing to drawing. */
  vary(value: number, spread: number): number;
}

/** Draws one kind of thing, as SVG elements, in a box of 100 × 100 that it nearly fills. */
export type Drawing = (pen: Pen) => string;

type Hsl = readonly [hue: number, saturation: number, lightness: number];

const PAINTS: Record<Color, Hsl> = {
  red: [357, 78, 47],
  yellow: [50, 95, 54],
  green: [128, 55, 38],
  blue: [214, 78, 49],
  purple: [277, 54, 51],
  pink: [336, 86, 76],
  white: [45, 14, 95],
  black: [235, 8, 16],
};

/** How far one red is from another. */
const SPREAD: Hsl = [5, 8, 4];

/** A pen for things of this colour, in a random shade of it. */
export function createPen(color: Color, random: Random): Pen {
  const vary = (value: number, spread: number): number => uniform(random, value - spread, value + spread);
  const [hue, saturation, lightness] = PAINTS[color].map((value, i) => vary(value, SPREAD[i]!)) as [
    number,
    number,
    number,
  ];
  // a black thing is outlined in grey, or the night would swallow it
  const shade = color === "black" ? 26 : color === "white" ? -38 : -20;
  return {
    main: hsl(hue, saturation, lightness),
    dark: hsl(hue, saturation, lightness + shade),
    light: hsl(hue, saturation, lightness + (color === "black" ? 14 : color === "white" ? -9 : 15)),
    vary,
  };
}

/** A colour as SVG writes it: hue in degrees, saturation and lightness in percent. */
export function hsl(hue: number, saturation: number, lightness: number): string {
  const clamp = (value: number): string => Math.min(100, Math.max(0, value)).toFixed(0);
  return `hsl(${((hue + 360) % 360).toFixed(0)},${clamp(saturation)}%,${clamp(lightness)}%)`;
}

/** A number as SVG needs it: a tenth of a unit is a twentieth of a pixel. */
export const round = (value: number): string => String(Math.round(value * 10) / 10);
