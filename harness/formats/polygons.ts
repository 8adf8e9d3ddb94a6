import type { Mask } from "./run-length.js";

/**
 * The mask of polygons, as COCO outlines most things: pixels whose middle is inside any of them. (pycocotools draws the
 * outlines themselves as well, so that a pixel at an edge may be another's here.)
 * @param polygons `[x, y, x, y, …]` in pixels
 */
export function fillPolygons(polygons: readonly (readonly number[])[], width: number, height: number): Mask {
  const pixels = new Uint8Array(width * height);
  for (const polygon of polygons) {
    for (let row = 0; row < height; row++) {
      const crossings = crossRow(polygon, row + 0.5).sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const first = Math.max(0, Math.ceil(crossings[i]! - 0.5));
        const behind = Math.min(width, Math.ceil(crossings[i + 1]! - 0.5));
        if (first < behind) pixels.fill(1, row * width + first, row * width + behind);
      }
    }
  }
  return { width, height, pixels };
}

/** Where the edges of a polygon cross a horizontal line. */
function crossRow(polygon: readonly number[], y: number): number[] {
  const crossings: number[] = [];
  const corners = polygon.length / 2;
  for (let corner = 0; corner < corners; corner++) {
    const next = (corner + 1) % corners;
    const [x0, y0] = [polygon[2 * corner]!, polygon[2 * corner + 1]!];
    const [x1, y1] = [polygon[2 * next]!, polygon[2 * next + 1]!];
    if (y0 <= y !== y1 <= y) crossings.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
  }
  return crossings;
}
