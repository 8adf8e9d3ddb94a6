import { createRandom } from "../../../harness/random.js";
import { type SceneOptions, sampleScene } from "../../../harness/toybox/world/sample.js";
import type { Scene, Split } from "../../../harness/toybox/world/scene.js";

/** Scenes to test with. */
export function drawScenes(count: number, seed = 1, split: Split = "train", options: SceneOptions = {}): Scene[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => sampleScene(random.fork(index), split, options));
}
