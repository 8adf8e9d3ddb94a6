import type { RgbImage } from "../images/rgb-image.js";
import { viridis } from "./colours.js";
import { overlayMap, shrinkPicture, toDataUri, type ValueRange } from "./panel.js";
import { drawText, fitText, wrapText } from "./typeset.js";
import type { WordAttention } from "./word-attention.js";

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
  /** What the model is and which attention is shown; a line each. */
  readonly notes: readonly string[];
}

const COLUMNS = 5;
const PANEL = { width: 240, mostHeight: 300, gap: 16, label: 50 } as const;
const MARGIN = 28;
const LEGEND = { width: 320, height: 14, steps: 64 } as const;
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
  const parts: string[] = [];

  let y = MARGIN + CAPTION.size;
  for (const line of wrapText(figure.caption || "(no words)", CAPTION.size, width - 2 * MARGIN, CAPTION.mostLines)) {
    parts.push(drawText(line, MARGIN, y, CAPTION));
    y += CAPTION.leading;
  }
  for (const note of notes) {
    parts.push(drawText(fitText(note, SMALL.size, width - 2 * MARGIN), MARGIN, y, SMALL));
    y += SMALL.leading;
  }

  const panels = await drawPanels(figure, size, range);
  const rowHeight = size.height + PANEL.label + PANEL.gap;
  panels.forEach(({ uri, label, detail }, index) => {
    const left = MARGIN + (index % columns) * (PANEL.width + PANEL.gap);
    const top = y + Math.floor(index / columns) * rowHeight;
    const x = left + (PANEL.width - size.width) / 2;
    const middle = left + PANEL.width / 2;
    parts.push(`<image x="${x}" y="${top}" width="${size.width}" height="${size.height}" href="${uri}"/>`);
    const word = fitText(label, WORD.size, PANEL.width);
    parts.push(drawText(word, middle, top + size.height + 23, { ...WORD, anchor: "middle" }));
    parts.push(drawText(detail, middle, top + size.height + 42, { ...SMALL, anchor: "middle" }));
  });
  y += Math.ceil(panels.length / columns) * rowHeight;

  if (words.length > 0) {
    parts.push(...drawLegend(range, figure.keys, y));
    y += LEGEND.height + 2 * SMALL.leading + 8;
  }
  for (const line of [describePrompt(figure), CAUTION]) {
    parts.push(drawText(fitText(line, SMALL.size, width - 2 * MARGIN), MARGIN, y, SMALL));
    y += SMALL.leading;
  }
  const height = y - SMALL.leading + MARGIN;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">` +
    `<rect width="100%" height="100%" fill="#ffffff"/>${parts.join("\n")}</svg>\n`
  );
}

interface Panel {
  readonly uri: string;
  readonly label: string;
  readonly detail: string;
}

async function drawPanels(
  { picture, words, grid, imageSize, prompt }: AttentionFigure,
  { width, height }: { width: number; height: number },
  range: ValueRange,
): Promise<Panel[]> {
  const small = await shrinkPicture(picture, width, height);
  const seen = `seen as ${imageSize} × ${imageSize} pixels, ${grid} × ${grid} patches`;
  const panels: Panel[] = [{ uri: await toDataUri(small), label: "the picture", detail: seen }];
  for (const { text, map, image, prompt: onPrompt, classToken } of words) {
    const onClass = classToken === undefined ? "" : `, class token ${percent(classToken)}`;
    const shares = `${onClass}${prompt === "" ? "" : `, prompt ${percent(onPrompt)}`}`;
    panels.push({
      uri: await toDataUri(await overlayMap(small, map, grid, range)),
      label: text.trim() === "" ? "(space)" : text,
      detail: `picture ${percent(image)}${shares}`,
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

function drawLegend({ least, most }: ValueRange, keys: number, y: number): string[] {
  const step = LEGEND.width / LEGEND.steps;
  const bar = Array.from({ length: LEGEND.steps }, (_, i) => {
    const colour = viridis(i / (LEGEND.steps - 1)).join(",");
    return `<rect x="${MARGIN + i * step}" y="${y}" width="${step + 0.5}" height="${LEGEND.height}" fill="rgb(${colour})"/>`;
  });
  const labels = y + LEGEND.height + 16;
  const what = `share of a word’s attention that falls on one patch; ${percent(1 / keys, 2)} if it were spread evenly over all that the model sees`;
  return [
    ...bar,
    drawText(percent(least, 2), MARGIN, labels, SMALL),
    drawText(percent(most, 2), MARGIN + LEGEND.width, labels, { ...SMALL, anchor: "end" }),
    drawText(what, MARGIN + LEGEND.width + 16, y + LEGEND.height - 2, SMALL),
  ];
}

function describePrompt({ prompt, words }: AttentionFigure): string {
  if (prompt === "") return "There was no text beside the picture.";
  const mean = words.reduce((sum, word) => sum + word.prompt, 0) / Math.max(1, words.length);
  return `${percent(mean)} of all attention went to the text prefix “${prompt}”; the share for each word is below its panel.`;
}

function percent(share: number, decimals = 1): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
