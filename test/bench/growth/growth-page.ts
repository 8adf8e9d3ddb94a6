import { readFileSync, writeFileSync } from "node:fs";
import { median } from "../runner/row.js";
import { PICTURES } from "./draw-growth.js";
import { fitGrowth, nameGrowth, speedUps } from "./fit.js";
import { AXES, type Axis, type AxisKey, type Growth, type Point } from "./growth-file.js";

const BEGIN = "<!-- growth -->\n";
const END = "<!-- /growth -->";
const MILLION = 1e6;
const HOUR = 3_600_000;
/** Of all processors: where others had more, it is said. */
const FEW_OTHERS = 0.05;

/** Puts the figures in their place in a document. */
export function writePage(growth: Growth, path: string): void {
  const text = readFileSync(path, "utf8");
  writeFileSync(path, replaceGrowth(text, growth));
}

/** A document with the figures between its two marks. */
export function replaceGrowth(text: string, growth: Growth): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The document lacks ${BEGIN.trim()} … ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n${describeGrowth(growth)}\n\n${text.slice(end)}`;
}

/** All that stands between the marks, as Markdown. */
export function describeGrowth(growth: Growth): string {
  const pictures = PICTURES.map(({ name, title, keys }) => {
    return `![${title}: time and peak memory (${keys.map((key) => AXES[key].name).join(", ")})](images/${name}.png)`;
  });
  return [
    describeOrigin(growth),
    tableOfAxes(growth),
    ...describeProcesses(growth),
    ...pictures,
    tableOfHours(growth),
  ].join("\n\n");
}

function describeOrigin({ measured, commit, machine, versions, others, axes }: Growth): string {
  const { processor, processors, gigabytes } = machine;
  const rounds = Math.max(...axes.flatMap(({ points }) => points.map(({ times }) => times.length)));
  const busy =
    others !== undefined && others > FEW_OTHERS * processors
      ? ` Other programs kept ${others.toFixed(1)} of the processors busy meanwhile: times are longer than they need be.`
      : "";
  return (
    `Measured on ${measured.slice(0, 10)} at commit ${commit.slice(0, 12)}: ${processors} processors (${processor}), ${gigabytes} GiB, ` +
    `Node ${versions.node}, ONNX Runtime ${versions.onnxruntime}; medians of ${rounds} rounds.${busy}`
  );
}

/** The exponent of each axis with its interval, and what that means. */
function tableOfAxes({ axes }: Growth): string {
  const rows = axes.flatMap(({ key, points }) => {
    const { work, unit, expected } = AXES[key];
    const [first, last] = [points[0]!, points.at(-1)!];
    const fit = expected === "linear" ? fitGrowth(points) : undefined;
    if (!fit) return [];
    const exponent = `${fit.exponent.toFixed(2)} [${fit.low.toFixed(2)}, ${fit.high.toFixed(2)}]`;
    const memory = first.megabytes === undefined ? "" : `${first.megabytes} → ${last.megabytes} MB`;
    const sizes = `${formatCount(first.size)} → ${formatCount(last.size)} ${unit}`;
    return [[work, sizes, `${timeOf(first)} → ${timeOf(last)}`, exponent, nameGrowth(fit), memory]];
  });
  return table(["work", "from → to", "time", "exponent", "grows", "peak memory"], rows);
}

function describeProcesses({ axes }: Growth): string[] {
  const axis = axes.find(({ key }) => key === "processes");
  if (!axis) return [];
  const ups = speedUps(axis.points).map((up, i) => `${axis.points[i]!.size}: ${up.toFixed(2)}`);
  return [
    `${AXES.processes.work}, times as fast as one process: ${ups.join(", ")}.`.replace(/^./, (a) => a.toUpperCase()),
  ];
}

/** What an hour of this machine is enough for. */
function tableOfHours({ axes }: Growth): string {
  const works: readonly (readonly [AxisKey, string, (axis: Axis) => Point])[] = [
    ["batch", "captions of 20 tokens by `base`, made", fastest],
    ["questions", "questions answered by `base`, 3 tokens each", fastest],
    ["captions", "captions scored, BLEU, ROUGE-L and CIDEr-D", largest],
    ["answers", "answers scored, VQA accuracy", largest],
    ["compare", "captions of two runs compared", largest],
  ];
  const rows = works.flatMap(([key, name, choose]) => {
    const axis = axes.find((each) => each.key === key);
    if (!axis) return [];
    const point = choose(axis);
    const each = median(point.times) / point.size;
    const isGrowing = choose === largest;
    const megabytes = isGrowing ? megabytesOfMillion(axis) : point.megabytes;
    return [
      [
        name,
        formatCount(HOUR / each),
        timeOfMs(MILLION * each),
        megabytes === undefined ? "" : formatMemory(megabytes),
      ],
    ];
  });
  return table(["work", "in an hour", "a million take", "and memory of"], rows);
}

function fastest({ points }: Axis): Point {
  return points.reduce((a, b) => (median(b.times) / b.size < median(a.times) / a.size ? b : a));
}

function largest({ points }: Axis): Point {
  return points.at(-1)!;
}

/** On the line through the two largest sizes. */
function megabytesOfMillion({ points }: Axis): number | undefined {
  const [a, b] = [points.at(-2)!, points.at(-1)!];
  if (a.megabytes === undefined || b.megabytes === undefined) return undefined;
  return b.megabytes + ((MILLION - b.size) * (b.megabytes - a.megabytes)) / (b.size - a.size);
}

function timeOf({ times }: Point): string {
  return timeOfMs(median(times));
}

const UNITS = [
  [86_400_000, "days"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

function timeOfMs(ms: number): string {
  for (const [unit, name] of UNITS)
    if (ms >= 1.95 * unit || (name === "s" && ms >= unit)) return `${digits(ms / unit)} ${name}`;
  return `${digits(ms)} ms`;
}

function formatMemory(megabytes: number): string {
  return megabytes < 1000 ? `${digits(megabytes)} MB` : `${digits(megabytes / 1000)} GB`;
}

/** Two digits, or all before the point. */
function digits(number: number): string {
  return number >= 10 ? String(Math.round(number)) : String(Number(number.toPrecision(2)));
}

/** Three digits that count, with thousands parted. */
function formatCount(count: number): string {
  return String(Number(count.toPrecision(3))).replace(/\B(?=(\d{3})+$)/g, ",");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}
