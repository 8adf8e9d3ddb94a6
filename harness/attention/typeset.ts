import { readFileSync } from "node:fs";
import type opentype from "opentype.js";
import type { Command, Font } from "opentype.js";
import { assetPath } from "../files/asset.js";
import { requirePackage } from "../optional-packages.js";

/*
 * Text as outlines of glyphs. A machine without fonts would draw boxes for SVG's <text>, and one with others would
 * draw other pictures; outlines are the same everywhere, and whatever a caption says it cannot become markup.
 */

/** Noto Sans by script; the first is asked first and has the mark for what none of them has. */
const SCRIPTS = ["latin", "latin-ext", "greek", "cyrillic"] as const;

const fonts = new Map<string, Font>();

function loadFont(script: string): Font {
  const known = fonts.get(script);
  if (known) return known;
  const bytes = readFileSync(assetPath("fonts", `${script}.woff`));
  const font = requirePackage<typeof opentype>("opentype.js").parse(new Uint8Array(bytes).buffer);
  fonts.set(script, font);
  return font;
}

const REPLACEMENT = "\ufffd";

/** Neighbouring characters that one font draws. What no font has becomes U+FFFD. */
function splitRuns(text: string): { font: Font; text: string }[] {
  const runs: { font: Font; text: string }[] = [];
  for (const character of text.normalize("NFC")) {
    const script = SCRIPTS.find((name) => loadFont(name).charToGlyphIndex(character) > 0);
    const font = loadFont(script ?? SCRIPTS[0]);
    const drawn = script ? character : REPLACEMENT;
    const last = runs.at(-1);
    if (last && last.font === font) last.text += drawn;
    else runs.push({ font, text: drawn });
  }
  return runs;
}

/** Width in pixels. */
export function measureText(text: string, size: number): number {
  return splitRuns(text).reduce((width, run) => width + run.font.getAdvanceWidth(run.text, size), 0);
}

/** How a line of text is set. */
export interface TextStyle {
  /** Height of the type in pixels. */
  readonly size: number;
  readonly colour: string;
  readonly anchor?: "start" | "middle" | "end";
}

const SHIFT = { start: 0, middle: 0.5, end: 1 } as const;

/** An SVG path of a line of text; `x` is where its anchor lies, `y` its baseline. */
export function drawText(text: string, x: number, y: number, { size, colour, anchor = "start" }: TextStyle): string {
  let at = x - SHIFT[anchor] * measureText(text, size);
  const outlines = splitRuns(text).map((run) => {
    const outline = run.font.getPath(run.text, at, y, size).commands.map(toPathData).join("");
    at += run.font.getAdvanceWidth(run.text, size);
    return outline;
  });
  return `<path fill="${colour}" d="${outlines.join("")}"/>`;
}

/** By hand: opentype.js's own `toPathData` writes NaN for some coordinates near whole numbers. */
function toPathData({ type, x1, y1, x2, y2, x, y }: Command): string {
  return type + [x1, y1, x2, y2, x, y].flatMap((at) => (at === undefined ? [] : [at.toFixed(2)])).join(" ");
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function fitText(text: string, size: number, width: number): string {
  if (measureText(text, size) <= width) return text;
  // No letter is narrower than a fifth of its size: what cannot fit is not measured.
  const characters = [...text].slice(0, Math.ceil((5 * width) / size));
  while (characters.length > 0 && measureText(`${characters.join("")}…`, size) > width) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** Breaks a text into lines at spaces; what is beyond the last line is cut off with an ellipsis. */
export function wrapText(text: string, size: number, width: number, mostLines: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(/\s+/)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || lines.length === mostLines - 1 || measureText(longer, size) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each) => fitText(each, size, width));
}
