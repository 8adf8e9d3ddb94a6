import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "../../../harness/random.js";
import { type SceneOptions, sampleScene } from "../../../harness/toybox/world/sample.js";
import type { Scene, Split } from "../../../harness/toybox/world/scene.js";

/** Scenes to test with. */
export function drawScenes(count: number, seed = 1, split: Split = "train", options: SceneOptions = {}): Scene[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => sampleScene(random.fork(index), split, options));
}

/** Every file below a folder, with its content. */
export function readTree(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
  return new Map(files.sort().map((name) => [name, readFileSync(join(folder, name), "base64")]));
}
