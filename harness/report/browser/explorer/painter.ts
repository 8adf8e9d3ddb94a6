import type { Colour } from "../../explorer/explorer-data.js";

/** The least and the most value of maps, which the ends of the colour scale stand for. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** What is painted on the large canvas. */
export interface Scene {
  readonly picture: HTMLImageElement;
  /** The picture in grey. */
  readonly grey: HTMLCanvasElement;
  /** `[grid, grid]` */
  readonly map: Float32Array | undefined;
  readonly grid: number;
  readonly range: Range;
  readonly opacity: number;
  readonly smooth: boolean;
  /** The chosen one, or -1. */
  readonly patch: number;
}

/** Paints pictures, maps and the colour scale. */
export interface Painter {
  /** The map over the picture, and a frame around the chosen patch. */
  paint(canvas: HTMLCanvasElement, scene: Scene): void;
  /** A small map of a layer and a head, whose colours have its own range. */
  paintSmall(canvas: HTMLCanvasElement, map: Float32Array, grid: number): void;
  /** The colours from the least to the most. */
  paintScale(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number): void;
}

const STEPS = 256;
const LUMINANCE = [0.2126, 0.7152, 0.0722] as const;
/** A dark line inside a light one is seen on every picture. */
const FRAME = [
  [5, "#ffffff"],
  [2.5, "#1b1b1f"],
] as const;

/** A canvas of so many pixels, transparent. */
export function createCanvas(width: number, height: number): HTMLCanvasElement {
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** What a canvas is drawn on with. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext("2d")!;
}

/** The picture in grey, so that colours are the map's alone. */
export function greyOf(picture: HTMLImageElement, width: number, height: number): HTMLCanvasElement {
  const canvas = createCanvas(width, height);
  const context = contextOf(canvas);
  context.drawImage(picture, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    const grey = LUMINANCE.reduce((sum, weight, channel) => sum + weight * pixels.data[at + channel]!, 0);
    pixels.data.fill(grey, at, at + 3);
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** @param stops the scale's colours, evenly spread */
export function createPainter(stops: readonly Colour[]): Painter {
  const scale = Array.from({ length: STEPS }, (_, step) => mixColour(stops, step / (STEPS - 1)));

  /** A map as one pixel a patch. */
  function colourMap(map: Float32Array, grid: number, { least, most }: Range): HTMLCanvasElement {
    const canvas = createCanvas(grid, grid);
    const context = contextOf(canvas);
    const pixels = context.createImageData(grid, grid);
    map.forEach((value, patch) => {
      const place = Math.round(((STEPS - 1) * (value - least)) / (most - least || 1));
      pixels.data.set([...scale[Math.min(Math.max(place, 0), STEPS - 1)]!, 255], 4 * patch);
    });
    context.putImageData(pixels, 0, 0);
    return canvas;
  }

  return {
    paint(canvas, { picture, grey, map, grid, range, opacity, smooth, patch }) {
      const { width, height } = canvas;
      const context = contextOf(canvas);
      context.globalAlpha = 1;
      context.drawImage(map && opacity > 0 ? grey : picture, 0, 0, width, height);
      if (map) {
        context.globalAlpha = opacity;
        context.imageSmoothingEnabled = smooth;
        context.imageSmoothingQuality = "high";
        context.drawImage(colourMap(map, grid, range), 0, 0, width, height);
        context.globalAlpha = 1;
        context.imageSmoothingEnabled = true;
      }
      if (patch >= 0) paintFrame(context, patch, grid);
    },
    paintSmall(canvas, map, grid) {
      const range = { least: Math.min(...map), most: Math.max(...map) };
      contextOf(canvas).drawImage(colourMap(map, grid, range), 0, 0);
    },
    paintScale(context, x, y, width, height) {
      scale.forEach((colour, step) => {
        context.fillStyle = `rgb(${colour.join(",")})`;
        context.fillRect(x + (step * width) / STEPS, y, width / STEPS + 0.6, height);
      });
    },
  };
}

/** @param at from 0 to 1 */
function mixColour(stops: readonly Colour[], at: number): readonly number[] {
  const place = at * (stops.length - 1);
  const low = Math.min(Math.floor(place), stops.length - 2);
  const [from, to] = [stops[low]!, stops[low + 1]!];
  return from.map((value, channel) => Math.round(value + (place - low) * (to[channel]! - value)));
}

function paintFrame(context: CanvasRenderingContext2D, patch: number, grid: number): void {
  const [width, height] = [context.canvas.width / grid, context.canvas.height / grid];
  const [x, y] = [(patch % grid) * width, Math.floor(patch / grid) * height];
  for (const [line, colour] of FRAME) {
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.strokeRect(x + 2, y + 2, width - 4, height - 4);
  }
}
