import type { RgbImage } from "../images/rgb-image.js";
import type { AttentionKey } from "../models/attention-maps.js";
import { viridis } from "./colours.js";
import { overlayMap, shrinkPicture, toDataUri, type ValueRange } from "./panel.js";
import { drawText, fitText, measureText, wrapText } from "./typeset.js";
import type { WordAttention } from "./word-attention.js";
import { namePrompt, nameShares, type Surroundings, tellSurroundings } from "./word-shares.js";

/** What is drawn: a caption and where the model looked for each of its words. */
export interface AttentionFigure {
  readonly picture: RgbImage;
  readonly caption: string;
  readonly words: readonly WordAttention[];
  /** Patches a side. */
  readonly grid: number;
  /** Pixels a side of what the model sees. */
  readonly imageSize: number;
  /** How many keys attention is divided among: patches, a class token, tokens of the prompt. */
  readonly keys: number;
  /** Empty for none. */
  readonly prompt: string;
  /** What the words looked through at the picture, see `AttentionRecord`. */
  readonly through?: "question" | undefined;
  /** What the model is and which attention is shown; a line each. */
  readonly notes: readonly string[];
}

const COLUMNS = 5;
const PANEL = { width: 240, mostHeight: 300, gap: 16, label: 50 } as const;
const MARGIN = 28;
const LEGEND = { width: 320, height: 14, steps: 64 } as const;
const SHARES_A_LINE = 2;
const MOST_NOTE_LINES = 3;
const INK = "#1b1b1f";
const FAINT = "#5d5d66";
const CAPTION = { size: 26, leading: 34, mostLines: 3, colour: INK } as const;
const WORD = { size: 18, colour: INK } as const;
const SMALL = { size: 13, leading: 19, colour: FAINT } as const;
const CAUTION =
  "Attention says where the model looked, not why it chose the word; and a patch’s features come from more than its own square.";

/** The figure as SVG: the picture, then a panel for each word in reading order, and the colours' range. */
export async function drawFigure(figure: AttentionFigure): Promise<string> {
  const { words, notes } = figure;
  const columns = Math.max(3, Math.min(COLUMNS, words.length + 1));
  const width = 2 * MARGIN + columns * PANEL.width + (columns - 1) * PANEL.gap;
  const size = panelSize(figure.picture);
  const range = rangeOf(words);
  const surroundings = surroundingsOf(figure);
  const parts: string[] = [];

  let y = MARGIN + CAPTION.size;
  const write = (line: string): void => {
    for (const part of wrapText(line, SMALL.size, width - 2 * MARGIN, MOST_NOTE_LINES)) {
      parts.push(drawText(part, MARGIN, y, SMALL));
      y += SMALL.leading;
    }
  };
  for (const line of wrapText(figure.caption || "(no words)", CAPTION.size, width - 2 * MARGIN, CAPTION.mostLines)) {
    parts.push(drawText(line, MARGIN, y, CAPTION));
    y += CAPTION.leading;
  }
  notes.forEach(write);

  const panels = await drawPanels(figure, surroundings, size, range);
  const details = Math.max(...panels.map((panel) => panel.details.length));
  const rowHeight = size.height + PANEL.label + (details - 1) * SMALL.leading + PANEL.gap;
  panels.forEach(({ uri, label, details }, index) => {
    const left = MARGIN + (index % columns) * (PANEL.width + PANEL.gap);
    const top = y + Math.floor(index / columns) * rowHeight;
    const x = left + (PANEL.width - size.width) / 2;
    const middle = left + PANEL.width / 2;
    parts.push(`<image x="${x}" y="${top}" width="${size.width}" height="${size.height}" href="${uri}"/>`);
    const word = fitText(label, WORD.size, PANEL.width);
    parts.push(drawText(word, middle, top + size.height + 23, { ...WORD, anchor: "middle" }));
    details.forEach((detail, line) => {
      const baseline = top + size.height + 42 + line * SMALL.leading;
      parts.push(drawText(detail, middle, baseline, { ...SMALL, anchor: "middle" }));
    });
  });
  y += Math.ceil(panels.length / columns) * rowHeight;

  if (words.length > 0) {
    const legend = drawLegend(range, figure.keys, y, width - 2 * MARGIN);
    parts.push(...legend.parts);
    y += LEGEND.height + 8 + legend.lines * SMALL.leading;
  }
  for (const line of [...describePrompt(figure, surroundings), CAUTION]) write(line);
  const height = y - SMALL.leading + MARGIN;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("\n")}</svg>\n`
  );
}

interface Panel {
  readonly uri: string;
  readonly label: string;
  readonly details: readonly string[];
}

async function drawPanels(
  { picture, words, grid, imageSize }: AttentionFigure,
  surroundings: Surroundings,
  { width, height }: { width: number; height: number },
  range: ValueRange,
): Promise<Panel[]> {
  const small = await shrinkPicture(picture, width, height);
  const seen = `seen as ${imageSize} × ${imageSize} pixels, ${grid} × ${grid} patches`;
  const panels: Panel[] = [{ uri: await toDataUri(small), label: "the picture", details: [seen] }];
  for (const { text, map, ...word } of words) {
    const shares = nameShares(word, surroundings).map(({ name, share }) => `${name} ${percent(share)}`);
    const lines = [shares.slice(0, SHARES_A_LINE), shares.slice(SHARES_A_LINE)].filter((line) => line.length > 0);
    panels.push({
      uri: await toDataUri(await overlayMap(small, map, grid, range)),
      label: text.trim() === "" ? "(space)" : text,
      details: lines.map((line) => line.join(", ")),
    });
  }
  return panels;
}

/** The largest size of the picture's proportions that a panel has room for. */
function panelSize({ width, height }: RgbImage): { width: number; height: number } {
  const scale = Math.min(PANEL.width / width, PANEL.mostHeight / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function rangeOf(words: readonly WordAttention[]): ValueRange {
  const values = words.flatMap(({ map }) => [...map]);
  return { least: values.reduce((a, b) => Math.min(a, b), 1), most: values.reduce((a, b) => Math.max(a, b), 0) };
}

/** What is beside the bar where there is room for it, and below where there is not. */
function drawLegend(
  { least, most }: ValueRange,
  keys: number,
  y: number,
  width: number,
): { parts: string[]; lines: number } {
  const step = LEGEND.width / LEGEND.steps;
  const bar = Array.from({ length: LEGEND.steps }, (_, i) => {
    const colour = viridis(i / (LEGEND.steps - 1)).join(",");
    return `<rect x="${MARGIN + i * step}" y="${y}" width="${step + 0.5}" height="${LEGEND.height}" fill="rgb(${colour})"/>`;
  });
  const labels = y + LEGEND.height + 16;
  const what = `share of a word’s attention that falls on one patch; ${percent(1 / keys, 2)} if it were spread evenly over all that the model sees`;
  const ends = [
    drawText(percent(least, 2), MARGIN, labels, SMALL),
    drawText(percent(most, 2), MARGIN + LEGEND.width, labels, { ...SMALL, anchor: "end" }),
  ];
  const beside = MARGIN + LEGEND.width + 16;
  if (beside + measureText(what, SMALL.size) <= MARGIN + width) {
    return { parts: [...bar, ...ends, drawText(what, beside, y + LEGEND.height - 2, SMALL)], lines: 2 };
  }
  const below = wrapText(what, SMALL.size, width, MOST_NOTE_LINES);
  const explained = below.map((line, index) => drawText(line, MARGIN, labels + (index + 1) * SMALL.leading, SMALL));
  return { parts: [...bar, ...ends, ...explained], lines: 2 + below.length };
}

/** What the words of a figure can look at, as far as they say. */
function surroundingsOf({ words, prompt, through }: AttentionFigure): Surroundings {
  const kinds = new Set<AttentionKey["kind"]>(["patch"]);
  if (words.some(({ classToken }) => classToken !== undefined)) kinds.add("class");
  if (words.some((word) => word.prompt > 0)) kinds.add("prompt");
  if (words.some(({ suffix }) => suffix > 0)) kinds.add("text");
  return { kinds, prompt, through };
}

function describePrompt({ words }: AttentionFigure, surroundings: Surroundings): string[] {
  const { kinds, prompt } = surroundings;
  const mean = (of: "prompt" | "suffix") => percent(words.reduce((sum, word) => sum + word[of], 0) / words.length);
  const sentences: string[] = [];
  if (prompt === "") sentences.push(`There was no ${kinds.has("text") ? "prompt" : "text"} beside the picture.`);
  if (kinds.has("prompt")) {
    const kind = namePrompt(prompt) === "question" ? "question" : "text prefix";
    sentences.push(
      `${mean("prompt")} of all attention went to the ${kind} “${prompt}”; the share for each word is below its panel.`,
    );
  }
  if (kinds.has("text")) sentences.push(`${mean("suffix")} of all attention went to the model’s own text.`);
  return [...sentences, ...tellSurroundings(surroundings)];
}

function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
