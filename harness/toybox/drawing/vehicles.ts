import type { Drawing } from "./pen.js";
import { round } from "./pen.js";
import { circle, ellipse, GLASS, INK, line, PAPER, path, rect, WOOD, wheel } from "./shapes.js";

const car: Drawing = (pen) => {
  const roof = pen.vary(30, 3);
  return [
    path(`M20 54 L30 ${round(roof)} L68 ${round(roof)} L82 54Z`, pen.main),
    path(`M27 53 L34 ${round(roof + 6)} L48 ${round(roof + 6)} L48 53Z`, GLASS),
    path(`M53 53 L53 ${round(roof + 6)} L65 ${round(roof + 6)} L75 53Z`, GLASS),
    rect(3, 52, 94, 24, pen.main, 8),
    circle(8, 60, 4, "#ffe27a"),
    line("M50 56 L50 74", 2),
    wheel(25, 77, pen.vary(12, 1)),
    wheel(75, 77, pen.vary(12, 1)),
  ].join("");
};

const bus: Drawing = (pen) =>
  [
    rect(2, 20, 96, 58, pen.main, 8),
    ...[8, 26, 44, 62].map((x) => rect(x, 28, 14, 19, GLASS, 2)),
    rect(80, 28, 13, 44, GLASS, 2),
    rect(3, 54, 75, pen.vary(6, 1.5), pen.light),
    circle(6, 70, 3.5, "#ffe27a"),
    wheel(24, 79, 11),
    wheel(70, 79, 11),
  ].join("");

const boat: Drawing = (pen) => {
  const top = pen.vary(5, 3);
  return [
    line(`M50 66 L50 ${round(top)}`, 5, WOOD),
    path(`M54 ${round(top + 4)} Q86 36 88 58 L54 58Z`, PAPER, `stroke="${pen.dark}"`),
    path(`M46 ${round(top + 10)} L20 58 L46 58Z`, pen.light),
    path("M3 64 L97 64 Q90 93 72 93 L28 93 Q10 93 3 64Z", pen.main),
    line("M8 73 L92 73", 4, pen.light),
  ].join("");
};

const plane: Drawing = (pen) =>
  [
    path("M74 46 L94 16 L98 18 L92 50Z", pen.dark),
    path("M44 46 L62 24 L70 24 L62 48Z", pen.light),
    path("M4 52 Q10 38 32 38 L84 42 Q99 46 97 52 Q94 60 80 62 L26 66 Q4 66 4 52Z", pen.main),
    path("M9 46 Q15 40 24 40 L24 48Z", GLASS),
    ...[36, 47, 58, 69].map((x) => circle(x, 48, 3.2, GLASS, 'stroke-width="1.5"')),
    path(`M34 56 L60 56 L${round(pen.vary(80, 5))} 88 L66 88Z`, pen.dark),
  ].join("");

const bicycle: Drawing = (pen) => {
  const r = pen.vary(20, 1);
  const ring = (x: number): string =>
    circle(x, 70, r, "rgba(255,255,255,.35)", `stroke="${INK}" stroke-width="6"`) +
    circle(x, 70, r, "none", `stroke="#888" stroke-width="2"`) +
    circle(x, 70, 4, pen.dark, 'stroke="none"');
  const frame = "M23 70 L38 36 L68 36 L50 70 L23 70 M50 70 L35 32 M77 70 L66 26";
  return [
    ring(23),
    ring(77),
    line(frame, 12, pen.dark),
    line(frame, 8, pen.main),
    line("M66 26 L78 20", 6, INK),
    path("M24 28 L46 28 L42 35 L28 35Z", pen.main),
  ].join("");
};

const rocket: Drawing = (pen) =>
  [
    path(`M40 78 Q42 90 50 ${round(pen.vary(97, 3))} Q58 90 60 78Z`, "#ffb02e", 'stroke="#e2571e"'),
    path("M36 54 L16 82 L38 78Z", pen.dark),
    path("M64 54 L84 82 L62 78Z", pen.dark),
    path("M50 2 Q72 22 68 58 L64 80 L36 80 L32 58 Q28 22 50 2Z", pen.main),
    path("M50 2 Q60 11 65 26 L35 26 Q40 11 50 2Z", pen.light),
    circle(50, 44, pen.vary(9, 1), GLASS),
    ellipse(50, 70, 4, 13, pen.dark),
  ].join("");

/** How vehicles are drawn, by kind. */
export const VEHICLES = { car, bus, boat, plane, bicycle, rocket };
