import { sharp } from "../../images/sharp.js";
import { createRandom, type Random } from "../../random.js";
import { chance, uniform } from "../pick.js";
import { IMAGE_SIZE } from "../world/layout.js";
import type { Scene } from "../world/scene.js";
import { drawScene } from "./svg.js";

/** The file formats that pictures can be written in. */
export type ImageFormat = "jpeg" | "png";

const JPEG_QUALITY = 88;
/** Share of pictures that are out of focus. */
const BLURRED = 0.25;
const CHANNELS = 3;

/**
 * Renders a scene as the bytes of a picture file of 128 × 128 pixels, with light, blur and noise of its own, so that no
 * two are alike. A PNG gets no noise, which would make it six times as large. The same scene and random stream give the
 * same bytes.
 */
export async function renderScene(scene: Scene, random: Random, format: ImageFormat = "jpeg"): Promise<Buffer> {
  const camera = random.fork("camera");
  const drawn = sharp(Buffer.from(drawScene(scene, random))).removeAlpha();
  const { buffer, byteOffset, length } = await drawn.raw().toBuffer();
  const pixels = new Uint8ClampedArray(buffer, byteOffset, length);
  expose(pixels, camera, format === "jpeg");
  const image = sharp(pixels, { raw: { width: IMAGE_SIZE, height: IMAGE_SIZE, channels: CHANNELS } });
  if (chance(camera, BLURRED)) image.blur(uniform(camera, 0.4, 0.8));
  return format === "jpeg" ? image.jpeg({ quality: JPEG_QUALITY }).toBuffer() : image.png().toBuffer();
}

/** Normal deviates that every picture's grain is cut from, at one of many places. */
const CUTS = 16_384;
const GRAIN = drawGrain(CHANNELS * (IMAGE_SIZE * IMAGE_SIZE + CUTS));

function drawGrain(length: number): Float32Array {
  const random = createRandom(0);
  return Float32Array.from({ length }, () => random.normal());
}

/** Brightness, a tint and grain, in place. */
function expose(pixels: Uint8ClampedArray, camera: Random, grainy: boolean): void {
  const brightness = uniform(camera, 0.9, 1.07);
  const [red, green, blue] = [0, 1, 2].map(() => brightness * uniform(camera, 0.97, 1.03)) as [number, number, number];
  const strength = grainy ? uniform(camera, 1, 5) : 0;
  const grain = GRAIN.subarray(CHANNELS * camera.integer(CUTS));
  for (let i = 0; i < pixels.length; i += CHANNELS) {
    pixels[i] = pixels[i]! * red + grain[i]! * strength;
    pixels[i + 1] = pixels[i + 1]! * green + grain[i + 1]! * strength;
    pixels[i + 2] = pixels[i + 2]! * blue + grain[i + 2]! * strength;
  }
}
