import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { expect, test } from "vitest";
import { toTensors } from "../../../../harness/layers/weights.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, lively, randomImage, tiny, tinyDecoderOnly } from "./tiny.js";

test.each([tiny, tinyDecoderOnly])("the wasm backend computes what plain JavaScript does: $layout", async (config) => {
  const batch = batchOf([{ image: randomImage(createRandom(1)), text: [4, 5, 6, 7] }, { text: [8, 9, 10] }]);
  const [wasm, cpu] = [await logitsOn("wasm"), await logitsOn("cpu")];
  const largest = cpu.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  cpu.forEach((logit, index) => {
    expect(Math.abs(logit - wasm[index]!)).toBeLessThan(1e-4 * largest);
  });

  async function logitsOn(backend: string): Promise<Float32Array> {
    expect(await tf.setBackend(backend)).toBe(true);
    return tf.tidy(() =>
      forward(toTensors(lively(config)), toTensors(batch), config)
        .logits.dataSync<"float32">()
        .slice(),
    );
  }
});
