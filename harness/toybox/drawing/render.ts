import sharp from "sharp";
import { createRandom, type Random } from "../../random.js";
import { chance, uniform } from "../pick.js";
import { IMAGE_SIZE } from "../world/layout.js";
import type { Scene } from "../world/scene.js";
import { drawScene } from "./svg.js";

export type ImageFormat = "jpeg" | "png";

const JPEG_QUALITY = 88;
const CHANNELS = 3;

/**
 * A scene as the bytes of a picture: 128 × 128, with light, blur and noise of its own, so that no two are alike.
 * The same scene and random stream give the same bytes.
 */
export async function renderScene(scene: Scene, random: Random, format: ImageFormat = "jpeg"): Promise<Buffer> {
  const camera = random.fork("camera");
  const drawn = sharp(Buffer.from(drawScene(scene, random))).removeAlpha();
  const blurred = chance(camera, 0.25) ? drawn.blur(uniform(camera, 0.4, 0.8)) : drawn;
  const { buffer, byteOffset, length } = await blurred.raw().toBuffer();
  const pixels = new Uint8ClampedArray(buffer, byteOffset, length);
  expose(pixels, camera);
  const image = sharp(pixels, { raw: { width: IMAGE_SIZE, height: IMAGE_SIZE, channels: CHANNELS } });
  return format === "jpeg" ? image.jpeg({ quality: JPEG_QUALITY }).toBuffer() : image.png().toBuffer();
}

/** Normal deviates that every picture's grain is cut from; longer than a picture, so that it starts anywhere. */
const GRAIN = drawGrain(65_537);

function drawGrain(length: number): Float32Array {
  const random = createRandom(0);
  return Float32Array.from({ length }, () => random.normal());
}

/** Brightness, a tint and grain, in place. */
function expose(pixels: Uint8ClampedArray, camera: Random): void {
  const brightness = uniform(camera, 0.9, 1.07);
  const gains = [0, 1, 2].map(() => brightness * uniform(camera, 0.97, 1.03));
  const strength = uniform(camera, 1, 5);
  let grain = camera.integer(GRAIN.length);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = pixels[i]! * gains[i % CHANNELS]! + GRAIN[grain]! * strength;
    grain = grain + 1 === GRAIN.length ? 0 : grain + 1;
  }
}
