import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { startSide } from "../captioners/side.js";
import { project, scratchFolder } from "../measure.js";
import type { Axis } from "./growth-file.js";
import { measureSizes } from "./measure-data.js";
import type { GrowthAnswer, GrowthRequest } from "./model-side.js";

const SIDE = fileURLToPath(new URL("model-side.js", import.meta.url));
const square = (side: number) => side ** 2;

const SIZES = {
  tokens: [5, 10, 20, 40, 80],
  batch: [1, 2, 4, 8],
  questions: [1, 2, 4, 8],
  beams: [1, 2, 4, 8],
  pixels: [112, 160, 224, 320, 448].map(square),
  photographs: [256, 512, 1024, 2048, 4096].map(square),
} as const;

/** An axis that a model is measured on, or what reads pictures. */
export type ModelAxisKey = keyof typeof SIZES;

export const MODEL_AXES = Object.keys(SIZES) as ModelAxisKey[];

/** Measures it, in a process of its own. */
export async function measureModelAxis(key: ModelAxisKey, rounds: number, provider: string): Promise<Axis> {
  const photographs = key === "photographs" ? await writePhotographs() : new Map<number, string>();
  const side = await startSide<GrowthRequest, GrowthAnswer>(process.execPath, [SIDE, key, provider]);
  try {
    return await measureSizes(key, SIZES[key], rounds, async (size) => {
      const photograph = photographs.get(size);
      side.forgetPeak();
      const { ms } = await side.ask({ size, ...(photograph !== undefined && { photograph }) });
      const megabytes = side.peakMegabytes();
      return { ms, ...(megabytes > 0 && { megabytes }) };
    });
  } finally {
    await side.close();
  }
}

/** The same photograph in all sizes; those beyond its own are enlarged. */
async function writePhotographs(): Promise<Map<number, string>> {
  const folder = scratchFolder();
  const paths = new Map<number, string>();
  for (const size of SIZES.photographs) {
    const [side, path] = [Math.sqrt(size), join(folder, `${size}.jpg`)];
    await sharp(join(project, "fixtures/images/beach.jpg")).resize(side, side, { fit: "fill" }).jpeg().toFile(path);
    paths.set(size, path);
  }
  return paths;
}
