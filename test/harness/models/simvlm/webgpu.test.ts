import { existsSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { decodeByBeamSearch } from "../../../../harness/decoding/beam.js";
import { decodeGreedily } from "../../../../harness/decoding/left-to-right.js";
import { probeProvider } from "../../../../harness/engine/index.js";
import { toNatives } from "../../../../harness/layers/native.js";
import { toTensors } from "../../../../harness/layers/weights.js";
import { createCompiledDecoder } from "../../../../harness/models/simvlm/compiled-decoder.js";
import { createEagerDecoder } from "../../../../harness/models/simvlm/eager-decoder.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, END, lively, PAD, randomImage, randomText, START, tiny } from "./tiny.js";

/** A Vulkan device in software, which Debian's chromium brings. */
const SOFTWARE = "/usr/lib/chromium/vk_swiftshader_icd.json";

test("decoding on the webgpu provider gives the tokens of eager decoding", async (context) => {
  if (existsSync(SOFTWARE)) process.env.VK_DRIVER_FILES ??= SOFTWARE;
  await tf.setBackend("cpu");
  const webgpu = await probeProvider("webgpu");
  if (!webgpu.works) return context.skip(`no WebGPU device here: ${webgpu.detail}; it needs ${webgpu.remedy}`);
  const random = createRandom(3);
  const { images, imageMask, prefixTokens, prefixMask } = batchOf([
    { image: randomImage(random), prefix: randomText(random, 3), suffix: [] },
    { prefix: randomText(random, 4), suffix: [] },
  ]);
  const prefix = { images: images!, imageMask: imageMask!, prefixTokens: prefixTokens!, prefixMask: prefixMask! };
  const options = { start: START, end: END, suppress: [PAD], maxLength: 6 };
  const weights = lively(tiny);
  const onGpu = createCompiledDecoder(toNatives(weights), tiny, { provider: "webgpu" });
  const eager = createEagerDecoder(toTensors(weights), tiny);
  for (const decode of [decodeGreedily, decodeByBeamSearch]) {
    const [found, expected] = [await decode(onGpu, prefix, options), await decode(eager, prefix, options)];
    expect(found.map(([best]) => best!.tokens)).toEqual(expected.map(([best]) => best!.tokens));
    found.forEach(([best], row) => {
      expect(best!.logProbability).toBeCloseTo(expected[row]![0]!.logProbability, 3);
    });
  }
});
