import { round } from "./pen.js";

/** SVG elements as text. Their outline is that of the group around them unless `more` says otherwise. */

export const path = (d: string, fill: string, more = ""): string => `<path d="${d}" fill="${fill}" ${more}/>`;

export const line = (d: string, width: number, stroke?: string): string =>
  `<path d="${d}" fill="none" stroke-width="${round(width)}"${stroke ? ` stroke="${stroke}"` : ""}/>`;

export const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: string, more = ""): string =>
  `<ellipse cx="${round(cx)}" cy="${round(cy)}" rx="${round(rx)}" ry="${round(ry)}" fill="${fill}" ${more}/>`;

export const circle = (cx: number, cy: number, r: number, fill: string, more = ""): string =>
  ellipse(cx, cy, r, r, fill, more);

export const rect = (x: number, y: number, width: number, height: number, fill: string, corner = 0): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${corner}" fill="${fill}"/>`;

/** A shape turned clockwise around a point. */
export const turned = (shape: string, degrees: number, cx: number, cy: number): string =>
  `<g transform="rotate(${round(degrees)} ${round(cx)} ${round(cy)})">${shape}</g>`;

export const INK = "#222";
export const PAPER = "#fff";
export const GLASS = "#cfe9f7";
export const LEAF = "#3f9a3a";
export const WOOD = "#8a5a2b";
export const BEAK = "#f29a1f";

/** An eye: a dark pupil on white. */
export const eye = (x: number, y: number, r = 4.5): string =>
  circle(x, y, r, PAPER, 'stroke="none"') + circle(x, y, r * 0.58, INK, 'stroke="none"');

/** A wheel with its hub. */
export const wheel = (cx: number, cy: number, r: number): string =>
  circle(cx, cy, r, "#333", 'stroke="#777" stroke-width="2"') + circle(cx, cy, r * 0.4, "#ddd", 'stroke="none"');
