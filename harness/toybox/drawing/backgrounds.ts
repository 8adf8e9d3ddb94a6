import type { Random } from "../../random.js";
import { chance, uniform } from "../pick.js";
import type { Background } from "../world/kinds.js";
import { IMAGE_SIZE as SIZE } from "../world/layout.js";
import { hsl, round } from "./pen.js";
import { circle, ellipse, path } from "./shapes.js";

type Paint = (random: Random) => string;

const gradient = (top: string, bottom: string): string =>
  `<defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/>` +
  `</linearGradient></defs><rect width="${SIZE}" height="${SIZE}" fill="url(#sky)"/>`;

/** A wavy line from side to side and everything below it. */
function hills(random: Random, top: number, height: number, fill: string): string {
  const y = (): string => round(top + uniform(random, -height, height));
  return path(`M0 ${y()} Q${SIZE / 4} ${y()} ${SIZE / 2} ${y()} T${SIZE} ${y()} V${SIZE} H0Z`, fill);
}

/** Many small discs as one path: a path costs far less than as many circles. */
function dots(
  random: Random,
  count: number,
  radii: readonly [number, number],
  fill: string,
  top = 0,
  bottom = SIZE,
): string {
  const d = Array.from({ length: count }, () => {
    const r = round(uniform(random, ...radii));
    return `M${round(uniform(random, 0, SIZE))} ${round(uniform(random, top, bottom))}a${r} ${r} 0 1 1 0 .1z`;
  });
  return path(d.join(""), fill);
}

function cloud(random: Random): string {
  const x = uniform(random, 10, SIZE - 10);
  const y = uniform(random, 8, 30);
  const puff = (dx: number, dy: number, r: number): string => circle(x + dx, y + dy, r, "#fff", 'opacity="0.8"');
  return puff(0, 0, 8) + puff(9, 2, 6) + puff(-9, 2, 6);
}

const day: Paint = (random) => {
  const horizon = uniform(random, 66, 96);
  const hue = uniform(random, 88, 104);
  return [
    gradient(hsl(uniform(random, 198, 208), 80, 76), hsl(200, 70, 90)),
    circle(uniform(random, 8, SIZE - 8), uniform(random, 8, 24), 9, "#ffe680"),
    cloud(random),
    chance(random, 0.6) ? cloud(random) : "",
    hills(random, horizon, 6, hsl(hue, 46, 66)),
    hills(random, horizon + 16, 6, hsl(hue + 6, 44, 60)),
  ].join("");
};

const night: Paint = (random) => {
  const hue = uniform(random, 225, 240);
  const x = uniform(random, 12, SIZE - 12);
  const y = uniform(random, 10, 24);
  const sky = hsl(hue, 45, 21);
  return [
    gradient(sky, hsl(hue, 38, 32)),
    dots(random, 26, [0.5, 1.2], "#fff6cf", 0, SIZE * 0.7),
    circle(x, y, 9, "#fdf3c4") + circle(x + 4, y - 2, 8, sky),
    hills(random, uniform(random, 82, 104), 6, hsl(hue - 20, 30, 25)),
  ].join("");
};

const snow: Paint = (random) => {
  const horizon = uniform(random, 48, 78);
  return [
    gradient(hsl(212, 26, 68), hsl(210, 28, 82)),
    hills(random, horizon, 6, hsl(205, 34, 90)),
    hills(random, horizon + 20, 6, hsl(206, 30, 95)),
    dots(random, 34, [0.8, 2], "#fff"),
  ].join("");
};

const sand: Paint = (random) => {
  const horizon = uniform(random, 30, 56);
  const hue = uniform(random, 32, 40);
  return [
    gradient(hsl(32, 72, 84), hsl(36, 80, 90)),
    hills(random, horizon, 8, hsl(hue, 54, 74)),
    hills(random, horizon + 26, 8, hsl(hue - 2, 50, 68)),
    dots(random, 30, [0.5, 1.2], hsl(hue - 4, 40, 56), horizon + 10),
  ].join("");
};

function waves(random: Random, count: number, top: number): string {
  const d = Array.from(
    { length: count },
    () => `M${round(uniform(random, 0, SIZE))} ${round(uniform(random, top, SIZE))}q4 -4 8 0q4 4 8 0`,
  );
  return path(d.join(""), "none", 'stroke="#e9fbff" stroke-width="1.5" opacity="0.7"');
}

const sea: Paint = (random) => {
  const hue = uniform(random, 184, 196);
  const horizon = uniform(random, 22, 44);
  return [
    gradient(hsl(195, 55, 88), hsl(192, 60, 92)),
    hills(random, horizon, 2, hsl(hue, 58, 62)),
    hills(random, horizon + 30, 3, hsl(hue, 60, 52)),
    hills(random, horizon + 62, 3, hsl(hue + 4, 62, 44)),
    waves(random, 16, horizon + 6),
    chance(random, 0.3) ? ellipse(uniform(random, 0, SIZE), horizon, 14, 4, hsl(120, 25, 55)) : "",
  ].join("");
};

/** How each background is painted, as SVG elements. */
export const BACKGROUND_PAINTS: Record<Background, Paint> = { day, night, snow, sand, sea };
