import { contextOf, createCanvas, type Painter } from "./painter.js";
import type { Pane } from "./pane.js";

const WIDTH = 520;
const MARGIN = 24;
const SCALE = 2;
const CAPTION = { size: 20, line: 27 } as const;
const NOTE = { size: 13, line: 19 } as const;
const INK = "#1b1b1f";
const FAINT = "#5d5d66";
const ACCENT = "#2458a6";

/** What the panes show, as one picture to keep. */
export function drawExport(panes: readonly Pane[], painter: Painter, caution: string): HTMLCanvasElement {
  const heights = panes.map(({ canvas }) => Math.round((WIDTH * canvas.height) / canvas.width));
  const columns = panes.map((pane) => {
    const { word } = pane.choice();
    const look = pane.look();
    const chosen = look ? `“${pane.data.words[word]}”: ${pane.tellShares(look)}` : "no words";
    return {
      pane,
      caption: wrap(pane.data.caption, CAPTION.size, WIDTH),
      notes: [pane.data.source, pane.describe(), chosen].flatMap((note) => wrap(note, NOTE.size, WIDTH)),
    };
  });
  const captionLines = Math.max(...columns.map(({ caption }) => caption.length));
  const noteLines = Math.max(...columns.map(({ notes }) => notes.length));
  const width = panes.length * (WIDTH + MARGIN) + MARGIN;
  const cautionLines = wrap(caution, NOTE.size, width - 2 * MARGIN);
  const top = MARGIN + captionLines * CAPTION.line + noteLines * NOTE.line + 8;
  const bottom = top + Math.max(...heights);
  const height = bottom + 56 + cautionLines.length * NOTE.line + MARGIN - 12;
  const canvas = createCanvas(width * SCALE, height * SCALE);
  const context = contextOf(canvas);
  context.scale(SCALE, SCALE);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  context.textBaseline = "top";

  function write(text: string, x: number, y: number, size: number, colour: string): void {
    context.font = fontOf(size);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  columns.forEach(({ pane, caption, notes }, index) => {
    const x = MARGIN + index * (WIDTH + MARGIN);
    caption.forEach((line, row) => {
      write(line, x, MARGIN + row * CAPTION.line, CAPTION.size, INK);
    });
    notes.forEach((line, row) => {
      const y = MARGIN + captionLines * CAPTION.line + row * NOTE.line;
      write(line, x, y, NOTE.size, row === notes.length - 1 ? ACCENT : FAINT);
    });
    context.imageSmoothingEnabled = false;
    context.drawImage(pane.canvas, x, top, WIDTH, heights[index]!);
    const { least, most } = pane.legend();
    painter.paintScale(context, x, bottom + 12, WIDTH, 12);
    write(least, x, bottom + 29, NOTE.size, FAINT);
    context.textAlign = "right";
    write(most, x + WIDTH, bottom + 29, NOTE.size, FAINT);
    context.textAlign = "left";
  });
  cautionLines.forEach((line, row) => {
    write(line, MARGIN, bottom + 56 + row * NOTE.line, NOTE.size, FAINT);
  });
  return canvas;
}

function fontOf(size: number): string {
  return `400 ${size}px system-ui, sans-serif`;
}

/** A text in lines that are no wider than so many pixels, as far as its words allow. */
function wrap(text: string, size: number, width: number): string[] {
  const context = contextOf(createCanvas(1, 1));
  context.font = fontOf(size);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
