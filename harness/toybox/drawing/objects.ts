import type { Drawing } from "./pen.js";
import { round } from "./pen.js";
import { circle, ellipse, eye, GLASS, INK, LEAF, line, PAPER, path, rect, turned, WOOD } from "./shapes.js";

const house: Drawing = (pen) => {
  const door = pen.vary(58, 3);
  return [
    rect(68, 14, 10, 24, pen.dark),
    rect(14, 44, 72, 50, pen.main),
    path("M4 46 L50 8 L96 46Z", pen.dark),
    rect(door, 62, 16, 32, WOOD, 2),
    rect(22, 56, pen.vary(24, 2), 20, GLASS, 1),
    line("M34 56 L34 76 M22 66 L46 66", 2),
  ].join("");
};

const battlements = (x: number, top: number, width: number, teeth: number): string => {
  const step = width / (2 * teeth - 1);
  let d = `M${round(x)} 94 L${round(x)} ${top}`;
  for (let i = 0; i < 2 * teeth - 1; i++) {
    const y = i % 2 === 0 ? top : top + 8;
    d += ` L${round(x + i * step)} ${y} L${round(x + (i + 1) * step)} ${y}`;
  }
  return `${d} L${round(x + width)} 94Z`;
};

const castle: Drawing = (pen) => {
  const left = Math.round(pen.vary(14, 4));
  const right = Math.round(pen.vary(14, 4));
  return [
    path(battlements(24, 38, 52, 4), pen.light),
    path(battlements(4, left, 27, 3), pen.main),
    path(battlements(69, right, 27, 3), pen.main),
    path("M38 94 L38 72 Q50 56 62 72 L62 94Z", WOOD),
    rect(14, left + 20, 7, 14, INK, 3),
    rect(79, right + 20, 7, 14, INK, 3),
  ].join("");
};

const tent: Drawing = (pen) =>
  [
    line("M50 16 L50 4", 4, WOOD),
    path("M50 5 L66 9 L50 14Z", pen.light),
    path("M50 14 L97 90 L3 90Z", pen.main),
    path("M50 14 L70 46 Q62 50 60 48 L50 14 L40 48 Q38 50 30 46Z", pen.light),
    path(`M50 34 L${round(pen.vary(66, 3))} 90 L${round(pen.vary(34, 3))} 90Z`, "#3a3340"),
  ].join("");

const apple: Drawing = (pen) =>
  [
    line(`M50 28 Q50 14 ${round(pen.vary(54, 4))} 6`, 5, WOOD),
    path("M54 20 Q64 4 82 10 Q76 26 54 20Z", LEAF),
    path("M50 28 Q70 16 86 32 Q98 54 80 80 Q66 98 50 90 Q34 98 20 80 Q2 54 14 32 Q30 16 50 28Z", pen.main),
    turned(ellipse(27, 46, 6, 13, pen.light, 'stroke="none"'), 20, 27, 46),
  ].join("");

const banana: Drawing = (pen) => {
  const bend = pen.vary(62, 5);
  return [
    path(`M20 16 Q28 ${round(bend)} 92 56 L98 66 Q62 ${round(bend + 36)} 30 76 Q2 58 3 22Z`, pen.main),
    line(`M12 26 Q22 ${round(bend + 16)} 90 65`, 3.5),
    path("M1 24 L4 7 L17 5 L22 18Z", WOOD),
    circle(95, 61, 5, "#5b4020", 'stroke="none"'),
  ].join("");
};

const strawberry: Drawing = (pen) =>
  [
    path("M50 26 Q84 18 88 44 Q84 76 50 97 Q16 76 12 44 Q16 18 50 26Z", pen.main),
    ...[
      [32, 46],
      [50, 42],
      [68, 46],
      [40, 60],
      [60, 60],
      [50, 76],
    ].map(([x, y]) => ellipse(x! + pen.vary(0, 2), y!, 2.4, 3.6, pen.light, 'stroke="none"')),
    path("M50 10 L60 22 L80 14 L74 30 L50 34 L26 30 L20 14 L40 22Z", LEAF),
  ].join("");

const ball: Drawing = (pen) => {
  const r = 44;
  const panels = [0, 120, 240].map((angle) =>
    turned(
      path(`M50 50 Q${round(pen.vary(64, 2))} 26 50 6 A${r} ${r} 0 0 1 88.1 28 Q70 50 50 50Z`, PAPER),
      angle,
      50,
      50,
    ),
  );
  return circle(50, 50, r, pen.main) + panels.join("") + circle(50, 50, 9, pen.light);
};

const kite: Drawing = (pen) => {
  const swing = pen.vary(70, 14);
  return [
    line(`M50 66 Q38 78 52 84 T${round(swing)} 99`, 3, INK),
    path("M42 76 L50 82 L40 86Z", pen.light),
    path("M58 88 L68 90 L60 98Z", pen.light),
    path("M50 2 L86 32 L50 70 L14 32Z", pen.main),
    path("M50 2 L50 32 L14 32Z", pen.light),
    path("M50 70 L50 32 L86 32Z", pen.light),
  ].join("");
};

const teddyBear: Drawing = (pen) => {
  const arm = pen.vary(35, 12);
  return [
    circle(27, 15, 11, pen.main) + circle(73, 15, 11, pen.main),
    circle(27, 15, 5, pen.light, 'stroke="none"') + circle(73, 15, 5, pen.light, 'stroke="none"'),
    turned(ellipse(20, 64, 10, 17, pen.main), arm, 26, 56),
    turned(ellipse(80, 64, 10, 17, pen.main), -arm, 74, 56),
    ellipse(50, 70, 25, 23, pen.main),
    ellipse(50, 73, 15, 14, pen.light, 'stroke="none"'),
    ellipse(28, 89, 13, 10, pen.main) + ellipse(72, 89, 13, 10, pen.main),
    ellipse(50, 32, 26, 22, pen.main),
    ellipse(50, 40, 12, 9, pen.light),
    ellipse(50, 36, 4.5, 3.2, INK, 'stroke="none"'),
    eye(40, 26, 4) + eye(60, 26, 4),
  ].join("");
};

const flower: Drawing = (pen) => {
  const petals = Math.round(pen.vary(6, 1.4));
  const petal = ellipse(50, 15, 11.5, 14, pen.main);
  const ring = Array.from({ length: petals }, (_, i) => turned(petal, (360 / petals) * i, 50, 33));
  return [
    line("M50 50 Q47 74 50 98", 9, "#246b24"),
    line("M50 50 Q47 74 50 98", 5, LEAF),
    path("M50 84 Q28 84 22 66 Q44 64 50 84Z", LEAF, 'stroke="#246b24"'),
    path("M50 78 Q70 78 78 60 Q56 58 50 78Z", LEAF, 'stroke="#246b24"'),
    ...ring,
    circle(50, 33, pen.vary(10, 1), "#f6c945", 'stroke="#a8771a"'),
  ].join("");
};

const umbrella: Drawing = (pen) =>
  [
    line(`M50 12 L50 86 Q50 97 60 97 Q69 97 69 ${round(pen.vary(86, 2))}`, 6, WOOD),
    path(
      "M3 54 Q6 12 50 10 Q94 12 97 54 Q90 44 81 54 Q73 44 65 54 Q58 44 50 54 Q42 44 35 54 Q27 44 19 54 Q10 44 3 54Z",
      pen.main,
    ),
    path("M50 10 Q34 24 35 54 Q42 44 50 54 Q58 44 65 54 Q66 24 50 10Z", pen.light),
    line("M50 10 L50 3", 4),
  ].join("");

const present: Drawing = (pen) =>
  [
    path(`M50 34 Q26 ${round(pen.vary(4, 4))} 20 20 Q22 36 50 34Z`, pen.light),
    path(`M50 34 Q74 ${round(pen.vary(4, 4))} 80 20 Q78 36 50 34Z`, pen.light),
    rect(11, 48, 78, 46, pen.main),
    rect(5, 33, 90, 18, pen.main, 2),
    rect(42, 33, 16, 61, pen.light),
    circle(50, 33, 6, pen.dark),
  ].join("");

/** How buildings, fruit, toys and other things are drawn, by kind. */
export const OBJECTS = {
  house,
  castle,
  tent,
  apple,
  banana,
  strawberry,
  ball,
  kite,
  "teddy bear": teddyBear,
  flower,
  umbrella,
  present,
};
