import { drawText, fitText, measureText } from "../../attention/typeset.js";
import { sharp } from "../../images/sharp.js";
import type { Figure, Panel, Rule, Series, Style } from "./figure.js";
import { type Span, spanPanel } from "./scale.js";

const INK = "#1b1b1f";
const GREY = "#55555e";
const GRID = "#e3e3e8";
const SIZE = 12;
const TITLE_SIZE = 15;
const WIDTH = 720;
const MARGIN = { left: 68, right: 16, title: 30, legend: 24, ticks: 46, between: 20 } as const;

/** A panel's place in the picture, and its scales. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Span;
  readonly y: Span;
}

/** The figure at rest, as SVG. Its text is drawn as outlines of glyphs, so that every machine shows the same. */
export function drawFigureSvg({ title, panels }: Figure): string {
  const names = new Map(panels.flatMap(({ series }) => series).map(({ name, style }) => [name, style]));
  const legend = names.size > 1 ? drawLegend([...names], MARGIN.title + 4) : { markup: "", height: 0 };
  let top = MARGIN.title + legend.height + 4;
  const drawn = panels.map((panel, i) => {
    const isLast = i === panels.length - 1;
    const frame: Frame = {
      ...{ left: MARGIN.left, top, width: WIDTH - MARGIN.left - MARGIN.right, height: panel.height },
      ...spanPanel(panel, panels),
    };
    top += panel.height + (isLast ? MARGIN.ticks : MARGIN.between);
    return drawPanel(panel, frame, isLast);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${top}" viewBox="0 0 ${WIDTH} ${top}">`,
    `<rect width="${WIDTH}" height="${top}" fill="#fff"/>`,
    drawText(fitText(title, TITLE_SIZE, WIDTH - 24), 12, 20, { size: TITLE_SIZE, colour: INK }),
    legend.markup,
    ...drawn,
    "</svg>",
  ].join("\n");
}

/** SVG to PNG, enlarged by half each way; 16 colours keep notebooks small. */
export async function rasterize(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { density: 108 })
    .png({ palette: true, colours: 16, dither: 0, compressionLevel: 9 })
    .toBuffer();
}

function drawLegend(entries: readonly [string, Style][], top: number): { markup: string; height: number } {
  let [x, y] = [MARGIN.left, top + 14];
  const parts = entries.map(([name, style]) => {
    const text = fitText(name, SIZE, WIDTH / 2);
    const width = measureText(text, SIZE) + 38;
    if (x > MARGIN.left && x + width > WIDTH) [x, y] = [MARGIN.left, y + 18];
    const part = `${drawSymbol(style, x + 6, y - 4)}${drawText(text, x + 18, y, { size: SIZE, colour: INK })}`;
    x += width;
    return part;
  });
  return { markup: parts.join("\n"), height: y - top + 10 };
}

function drawPanel(panel: Panel, frame: Frame, hasTicks: boolean): string {
  const { left, top, width, height } = frame;
  return [
    ...drawGrid(panel, frame, hasTicks),
    ...(panel.rules ?? []).map((rule) => drawRule(rule, frame)),
    ...panel.series.map((series) => drawSeries(series, frame)),
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="${GRID}"/>`,
  ].join("\n");
}

function drawGrid({ x, y }: Panel, frame: Frame, hasTicks: boolean): string[] {
  const { left, top, width, height } = frame;
  const bottom = top + height;
  const lines = frame.y.ticks.map(({ at, label }) => {
    const across = placeY(at, frame);
    return `<path stroke="${GRID}" d="M${left} ${across}h${width}"/>${drawText(label, left - 6, across + 4, { size: SIZE, colour: GREY, anchor: "end" })}`;
  });
  const room = width / Math.max(1, frame.x.ticks.length);
  const marks = frame.x.ticks.map(({ at, label }) => {
    const down = placeX(at, frame);
    const text = drawText(fitText(label, SIZE, Math.max(room, 40)), down, bottom + 17, {
      size: SIZE,
      colour: GREY,
      anchor: "middle",
    });
    return `<path stroke="${GRID}" d="M${down} ${top}v${height}"/>${hasTicks ? text : ""}`;
  });
  const titles = [
    hasTicks ? drawText(x.title, left + width / 2, bottom + 37, { size: SIZE, colour: INK, anchor: "middle" }) : "",
    `<g transform="translate(12 ${top + height / 2}) rotate(-90)">${drawText(fitText(y.title, SIZE, height), 0, 0, { size: SIZE, colour: INK, anchor: "middle" })}</g>`,
  ];
  return [...lines, ...marks, ...titles];
}

function drawRule({ axis, at, low, high, style, label }: Rule, frame: Frame): string {
  const { left, top, width, height } = frame;
  const isAcross = axis === "y";
  const place = (value: number) => (isAcross ? placeY(value, frame) : placeX(value, frame));
  const to = place(at);
  const [a, b] = low === undefined || high === undefined ? [to, to] : [place(low), place(high)];
  const [from, size] = [Math.min(a, b), round(Math.abs(a - b))];
  const box = isAcross
    ? `x="${left}" y="${from}" width="${width}" height="${size}"`
    : `x="${from}" y="${top}" width="${size}" height="${height}"`;
  const line = isAcross ? `M${left} ${to}h${width}` : `M${to} ${top}v${height}`;
  const text = label
    ? drawText(fitText(label, SIZE, width), left + width - 6, (isAcross ? from : top + 16) - 5, {
        size: SIZE,
        colour: INK,
        anchor: "end",
      })
    : "";
  return `<rect ${box} fill="${style.colour}" fill-opacity="0.15"/><path stroke="${style.colour}" stroke-dasharray="5 3" fill="none" d="${line}"/>${text}`;
}

function drawSeries(series: Series, frame: Frame): string {
  const { draw, style, pale, low, high } = series;
  const opacity = pale ? 0.3 : 1;
  const places = series.x.map((x, i) => [placeX(x, frame), placeY(series.y[i]!, frame)] as const);
  const stroke = `stroke="${style.colour}" stroke-opacity="${opacity}" fill="none"`;
  const isLine = draw === "line" || draw === "curve";
  const parts: string[] = [];
  if (isLine)
    parts.push(`<path ${stroke} stroke-width="${pale ? 1 : 2}" stroke-linejoin="round" d="${join(places)}"/>`);
  if (draw === "steps" || draw === "area") {
    const outline = draw === "steps" ? stairs(places) : join(places);
    const base = placeY(Math.max(0, frame.y.low), frame);
    const area = `${outline}L${places.at(-1)?.[0] ?? 0} ${base}L${places[0]?.[0] ?? 0} ${base}Z`;
    parts.push(
      `<path fill="${style.colour}" fill-opacity="${draw === "area" ? 0.45 : 0.12}" d="${area}"/>`,
      `<path ${stroke} stroke-width="2" d="${outline}"/>`,
    );
  }
  if (draw === "points" || draw === "curve") {
    for (const [i, [x, y]] of places.entries()) {
      if (low && high) parts.push(`<path ${stroke} stroke-width="1.5" d="${whisker(x, low[i]!, high[i]!, frame)}"/>`);
      parts.push(drawSymbol(style, x, y));
    }
  }
  return parts.join("");
}

function join(places: readonly (readonly [number, number])[]): string {
  return places.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join("");
}

/** To the next point across, then up or down. */
function stairs(places: readonly (readonly [number, number])[]): string {
  return places.map(([x, y], i) => (i === 0 ? `M${x} ${y}` : `H${x}V${y}`)).join("");
}

function whisker(x: number, low: number, high: number, frame: Frame): string {
  const [bottom, top] = [placeY(low, frame), placeY(high, frame)];
  return `M${x} ${bottom}V${top}M${x - 4} ${bottom}h8M${x - 4} ${top}h8`;
}

const SHAPES: Readonly<Record<Style["symbol"], string>> = {
  circle: "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0",
  square: "m-4.5 -4.5h9v9h-9z",
  diamond: "m0 -6l6 6l-6 6l-6 -6z",
  "triangle-up": "m0 -6l5.5 10h-11z",
};

function drawSymbol({ colour, symbol }: Style, x: number, y: number): string {
  return `<path fill="${colour}" d="M${x} ${y}${SHAPES[symbol]}"/>`;
}

function placeX(value: number, { left, width, x }: Frame): number {
  return round(left + width * x.place(value));
}

function placeY(value: number, { top, height, y }: Frame): number {
  return round(top + height * (1 - y.place(value)));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
