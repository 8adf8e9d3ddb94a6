import type { Drawing, Pen } from "./pen.js";
import { round } from "./pen.js";
import { BEAK, circle, ellipse, eye, INK, line, PAPER, path, rect, turned } from "./shapes.js";

const legs = (pen: Pen, xs: readonly number[], top: number, width: number): string =>
  xs.map((x) => rect(x + pen.vary(0, 2), top, width, 93 - top, pen.main, 4)).join("");

const dog: Drawing = (pen) => {
  const tail = pen.vary(28, 8);
  return [
    line(`M80 58 Q94 ${round(tail + 18)} 92 ${round(tail)}`, 10, pen.dark),
    line(`M80 58 Q94 ${round(tail + 18)} 92 ${round(tail)}`, 6, pen.main),
    legs(pen, [32, 44, 66, 76], 62, 9),
    ellipse(57, 61, pen.vary(29, 2), pen.vary(16, 2), pen.main),
    circle(29, 38, 17, pen.main),
    ellipse(14, 45, 11, 8, pen.light),
    circle(6, 42, 4, INK, 'stroke="none"'),
    turned(ellipse(40, 38, 7, pen.vary(15, 2), pen.dark), pen.vary(-12, 8), 38, 26),
    eye(23, 33),
  ].join("");
};

const cat: Drawing = (pen) => {
  const ear = pen.vary(6, 4);
  const curl = pen.vary(52, 8);
  return [
    line(`M66 84 Q96 88 90 ${round(curl)}`, 10, pen.dark),
    line(`M66 84 Q96 88 90 ${round(curl)}`, 6, pen.main),
    path("M50 42 Q78 54 74 92 L26 92 Q22 54 50 42Z", pen.main),
    ellipse(50, 76, 11, 15, pen.light, 'stroke="none"'),
    path(`M26 30 L${round(24 + ear / 3)} ${round(ear)} L44 18Z`, pen.main),
    path(`M74 30 L${round(76 - ear / 3)} ${round(ear)} L56 18Z`, pen.main),
    ellipse(50, 34, 26, 20, pen.main),
    eye(40, 31, 5),
    eye(60, 31, 5),
    path("M46 39 L54 39 L50 44Z", "#e8788a", 'stroke="none"'),
    line("M38 43 L14 40 M38 46 L15 50 M62 43 L86 40 M62 46 L85 50", 1.8),
  ].join("");
};

const bird: Drawing = (pen) => {
  const wing = pen.vary(20, 12);
  return [
    line("M46 76 L44 94 L36 94 M58 76 L58 94 L50 94", 4, BEAK),
    path(`M70 50 L98 ${round(pen.vary(42, 6))} L94 66Z`, pen.dark),
    ellipse(52, 56, 30, pen.vary(24, 2), pen.main),
    circle(30, 32, 18, pen.main, ""),
    path("M15 28 L0 35 L15 40Z", BEAK),
    ellipse(44, 64, 16, 11, pen.light, 'stroke="none"'),
    turned(ellipse(62, 52, 20, 11, pen.dark), wing, 50, 50),
    eye(26, 28, 5),
  ].join("");
};

const fish: Drawing = (pen) => {
  const fin = pen.vary(14, 5);
  return [
    path("M68 50 L98 24 Q90 50 98 76Z", pen.dark),
    path(`M34 30 Q50 ${round(fin)} 64 32Z`, pen.dark),
    path("M40 70 Q50 88 60 70Z", pen.dark),
    ellipse(42, 50, 39, pen.vary(24, 3), pen.main),
    line("M46 32 Q56 50 46 68 M60 34 Q70 50 60 66", 4, pen.light),
    path("M28 36 Q36 50 28 64", "none"),
    eye(17, 44, 6),
    line("M6 58 Q12 60 16 57", 2.5),
  ].join("");
};

const horse: Drawing = (pen) =>
  [
    line(`M88 48 Q100 60 ${round(pen.vary(94, 4))} 80`, 8, pen.dark),
    legs(pen, [38, 48, 72, 81], 58, 7),
    path("M30 8 Q50 14 48 40 L34 50 Q30 30 22 22Z", pen.dark),
    ellipse(62, 54, 28, pen.vary(14, 1.5), pen.main),
    path("M36 60 Q28 34 20 30 L4 36 Q0 28 6 24 L28 10 Q44 20 50 46Z", pen.main),
    path("M26 12 L28 1 L35 11Z", pen.main),
    eye(21, 20, 3.6),
    circle(6, 30, 1.6, INK, 'stroke="none"'),
  ].join("");

const rabbit: Drawing = (pen) => {
  const tilt = pen.vary(12, 8);
  const ear = (x: number, angle: number): string =>
    turned(ellipse(x, 20, 7.5, 20, pen.main) + ellipse(x, 20, 3.5, 14, "#f3b9c4", 'stroke="none"'), angle, x, 38);
  return [
    circle(75, 82, 9, PAPER),
    ear(42, -tilt),
    ear(58, tilt),
    ellipse(50, 76, pen.vary(23, 2), 19, pen.main),
    ellipse(50, 80, 12, 12, pen.light, 'stroke="none"'),
    ellipse(50, 48, 21, 18, pen.main),
    eye(42, 44),
    eye(58, 44),
    circle(50, 52, 2.8, "#e8788a", 'stroke="none"'),
    rect(46.5, 56, 7, 7, PAPER, 1),
    ellipse(38, 93, 9, 5, pen.main),
    ellipse(62, 93, 9, 5, pen.main),
  ].join("");
};

const elephant: Drawing = (pen) => {
  const trunk = pen.vary(82, 5);
  return [
    line("M92 46 Q99 56 96 68", 4),
    legs(pen, [36, 50, 68, 80], 60, 12),
    ellipse(64, 50, pen.vary(31, 1.5), pen.vary(25, 2), pen.main),
    path(`M12 38 Q2 60 6 ${round(trunk)} Q10 ${round(trunk + 8)} 16 ${round(trunk)} Q14 62 26 56Z`, pen.main),
    circle(28, 40, 20, pen.main),
    path("M18 58 Q20 70 28 70 L26 58Z", PAPER),
    ellipse(44, 38, 13, pen.vary(19, 2), pen.light),
    eye(20, 36, 4),
  ].join("");
};

const turtle: Drawing = (pen) =>
  [
    ellipse(34, 76, 9, 12, pen.light),
    ellipse(76, 76, 9, 12, pen.light),
    path("M90 68 L100 74 L88 76Z", pen.light),
    ellipse(12, pen.vary(54, 5), 12, 11, pen.light),
    eye(9, 51, 4),
    path("M18 70 Q18 24 55 24 Q92 24 92 70Z", pen.main),
    path("M44 36 L66 36 L74 52 L55 64 L36 52Z", pen.dark, 'stroke="none"'),
    line("M18 70 L92 70 M36 52 L22 58 M74 52 L89 58 M55 64 L55 70 M44 36 L38 29 M66 36 L72 29", 3.5),
  ].join("");

const butterfly: Drawing = (pen) => {
  const spread = pen.vary(0, 4);
  const wings = (side: 1 | -1): string => {
    const x = (dx: number): number => 50 + side * (dx + spread);
    return (
      ellipse(x(22), 66, 18, 20, pen.light) +
      turned(ellipse(x(26), 34, 22, 26, pen.main), side * 24, x(26), 34) +
      circle(x(28), 30, pen.vary(8, 2), pen.dark, 'stroke="none"') +
      circle(x(24), 68, 6, pen.dark, 'stroke="none"')
    );
  };
  return [
    wings(1),
    wings(-1),
    line("M49 28 Q44 12 34 8 M51 28 Q56 12 66 8", 2.5, INK),
    ellipse(50, 52, 4.5, 28, "#4a3a33", 'stroke="none"'),
  ].join("");
};

const snail: Drawing = (pen) =>
  [
    line("M14 56 L8 34 M22 56 L24 32", 3.5),
    circle(8, 32, 4.5, PAPER) + circle(24, 30, 4.5, PAPER),
    circle(8, 32, 2, INK, 'stroke="none"') + circle(24, 30, 2, INK, 'stroke="none"'),
    path("M6 62 Q8 50 20 54 Q34 60 40 76 L84 76 Q98 80 98 90 L18 90 Q6 82 6 62Z", "#e2c498"),
    circle(60, 50, pen.vary(30, 2), pen.main),
    line("M60 50 Q66 44 70 52 Q70 64 56 62 Q42 58 46 44 Q54 30 70 36 Q82 44 80 58", 5),
  ].join("");

/** How animals are drawn, by kind. */
export const ANIMALS = { dog, cat, bird, fish, horse, rabbit, elephant, turtle, butterfly, snail };
