import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Figure,
  type Panel,
  type Axis as PlotAxis,
  plotView,
  type Series,
  styleOf,
  type Tick,
} from "simvlm/report";
import { median } from "../runner/row.js";
import { type Fit, fitGrowth } from "./fit.js";
import { AXES, type Axis, type AxisKey, type Growth } from "./growth-file.js";

/** A picture of axes that count the same. */
export interface GrowthPicture {
  /** The file's name without its ending. */
  readonly name: string;
  readonly title: string;
  readonly keys: readonly AxisKey[];
  readonly unit: string;
  /** Whether sizes, and times, are some powers of ten apart. */
  readonly isLog: boolean;
}

/** All pictures of how cost grows. */
export const PICTURES: readonly GrowthPicture[] = [
  {
    name: "growth-examples",
    title: "Scoring and comparing",
    keys: ["captions", "answers", "compare"],
    unit: "examples",
    isLog: true,
  },
  { name: "growth-tokens", title: "Tokens of a caption", keys: ["tokens"], unit: "tokens", isLog: false },
  {
    name: "growth-rows",
    title: "Pictures at a time, and beams",
    keys: ["batch", "questions", "beams"],
    unit: "pictures at a time, or beams of one picture",
    isLog: false,
  },
  { name: "growth-pixels", title: "Size of a picture", keys: ["pixels", "photographs"], unit: "pixels", isLog: true },
  { name: "growth-processes", title: "Processes side by side", keys: ["processes"], unit: "processes", isLog: false },
];

/** Points of the line that shows a law. */
const LINE_POINTS = 40;
const DIGITS = [1, 2, 5] as const;

/** Writes the pictures as PNG. */
export async function writePictures(growth: Growth, folder: string): Promise<void> {
  for (const picture of PICTURES) {
    const { picture: png } = await plotView(figureOf(picture, growth));
    writeFileSync(join(folder, `${picture.name}.png`), png!);
  }
}

/** Time and peak memory over the size; whiskers are the spread of the rounds, pale lines the laws. */
export function figureOf({ title, keys, unit, isLog }: GrowthPicture, { axes }: Growth): Figure {
  const drawn = keys.flatMap((key) => axes.find((axis) => axis.key === key) ?? []);
  const sizes = [...new Set(drawn.flatMap(({ points }) => points.map(({ size }) => size)))].sort((a, b) => a - b);
  const x: PlotAxis = {
    title: unit,
    ...(isLog ? { scale: "log" } : { ticks: sizes.map((size) => ({ at: size, label: `${size}` })) }),
  };
  const seconds = drawn.flatMap((axis, i) => seriesOfTimes(axis, i));
  const times: Panel = {
    height: 240,
    x,
    y: { title: "seconds", ...(isLog ? { scale: "log", ticks: listTicks(seconds) } : { include: [0] }) },
    series: seconds,
  };
  const memory: Panel = {
    height: 140,
    x,
    y: { title: "peak MB", include: [0] },
    series: drawn.flatMap(seriesOfMemory),
  };
  return { title, panels: memory.series.length > 0 ? [times, memory] : [times] };
}

function seriesOfTimes({ key, points }: Axis, place: number): Series[] {
  const [name, style] = [AXES[key].name, styleOf(place)];
  const inSeconds = (ms: number) => ms / 1000;
  const measured: Series = {
    ...{ name, style, draw: AXES[key].expected === "linear" ? "points" : "curve" },
    x: points.map(({ size }) => size),
    y: points.map(({ times }) => inSeconds(median(times))),
    low: points.map(({ times }) => inSeconds(Math.min(...times))),
    high: points.map(({ times }) => inSeconds(Math.max(...times))),
  };
  const fit = AXES[key].expected === "linear" ? fitGrowth(points) : undefined;
  return fit
    ? [
        lineOf(
          fit,
          points.map(({ size }) => size),
          { name, style },
        ),
        measured,
      ]
    : [measured];
}

function lineOf(
  { fixed, scale, exponent }: Fit,
  sizes: readonly number[],
  like: Pick<Series, "name" | "style">,
): Series {
  const [first, last] = [sizes[0]!, sizes.at(-1)!];
  const x = Array.from({ length: LINE_POINTS }, (_, i) => first * (last / first) ** (i / (LINE_POINTS - 1)));
  return { ...like, draw: "line", pale: true, x, y: x.map((size) => (fixed + scale * size ** exponent) / 1000) };
}

function seriesOfMemory({ key, points }: Axis, place: number): Series[] {
  const known = points.flatMap(({ size, megabytes }) => (megabytes === undefined ? [] : [{ size, megabytes }]));
  if (known.length === 0) return [];
  const [x, y] = [known.map(({ size }) => size), known.map(({ megabytes }) => megabytes)];
  return [{ name: AXES[key].name, style: styleOf(place), draw: "curve", x, y }];
}

/** One, two and five times powers of ten. */
function listTicks(series: readonly Series[]): Tick[] {
  const values = series.flatMap(({ y, low = [], high = [] }) => [...y, ...low, ...high]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: 12 }, (_, i) => i - 6);
  return powers
    .flatMap((power) => DIGITS.map((digit) => Number(`${digit}e${power}`)))
    .filter((at) => at >= least / 2 && at <= most * 2)
    .map((at) => ({ at, label: String(at) }));
}
