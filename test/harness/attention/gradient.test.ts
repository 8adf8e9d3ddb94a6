import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { differentiateLogits, multiplyByGradient } from "../../../harness/attention/gradient.js";
import { attentionName, recordAttention } from "../../../harness/attention/record.js";
import { toNatives } from "../../../harness/layers/native.js";
import { toTensors } from "../../../harness/layers/weights.js";
import { forward } from "../../../harness/models/simvlm/model.js";
import { batchPrefixes } from "../../../harness/models/simvlm/prefix-batch.js";
import { createRandom } from "../../../harness/random.js";
import { decoderOnly, smallModel } from "../models/simvlm/small.js";
import { randomImage } from "../models/simvlm/tiny.js";

describe.each([
  ["encoder–decoder", {}],
  ["decoder-only", decoderOnly],
] as const)("%s", (_, layout) => {
  const { config, weights } = smallModel(layout);
  const prefix = batchPrefixes([{ image: randomImage(createRandom(3)), text: [270, 280, 290] }], config, 0);
  const suffix = { shape: [1, 5], data: Int32Array.of(1, 300, 301, 302, 303) };
  const natives = toNatives(weights);

  test("the gradient is the slope of the token's logit, for every layer and head", async () => {
    const record = await recordAttention(natives, config, prefix, suffix, 4);
    const gradients = await differentiateLogits(record, natives, config, prefix, suffix);
    const { layers, heads, tokens } = record;
    const keys = record.data.length / (layers * heads * tokens);
    await tf.setBackend("cpu");
    const inputs = { ...toTensors(prefix), ...toTensors({ suffixTokens: suffix }) };
    const eager = toTensors(weights);
    const maps = forward(eager, inputs, config, { record: true }).record;
    const random = createRandom(7);
    let largest = 0;
    for (let layer = 0; layer < layers; layer++) {
      const name = attentionName(config, layer);
      const [, , queries, seen] = maps[name]!.shape as [number, number, number, number];
      for (let head = 0; head < heads; head++) {
        for (let token = 0; token < tokens; token++) {
          const key = random.integer(seen);
          const row = queries - suffix.data.length + token;
          const logit = (step: number): number =>
            tf.tidy(() => {
              const probe = tf.buffer([1, heads, queries, seen]);
              probe.set(step, 0, head, row, key);
              const { logits } = forward(eager, inputs, config, { probes: { [name]: probe.toTensor() } });
              return logits.dataSync()[token * config.vocabularySize + suffix.data[token + 1]!]!;
            });
          const slope = (logit(0.05) - logit(-0.05)) / 0.1;
          const found = gradients[((layer * heads + head) * tokens + token) * keys + key]!;
          expect(Math.abs(found - slope)).toBeLessThan(2e-3 + 0.02 * Math.abs(slope));
          largest = Math.max(largest, Math.abs(slope));
        }
      }
    }
    expect(largest).toBeGreaterThan(0.05);
  });

  test("gradient × attention has what raises the logit, and 0 for what lowers it", async () => {
    const record = await recordAttention(natives, config, prefix, suffix, 4);
    const gradients = await differentiateLogits(record, natives, config, prefix, suffix);
    const product = await multiplyByGradient(record, natives, config, prefix, suffix);
    expect(product).toMatchObject({ layers: record.layers, heads: record.heads, tokens: 4, grid: 2 });
    const expected = record.data.map((share, i) => Math.max(0, share * gradients[i]!));
    for (const [i, value] of expected.entries()) expect(product.data[i]).toBeCloseTo(value, 6);
    expect(product.data.filter((value) => value > 0).length).toBeGreaterThan(10);
    expect(gradients.filter((value) => value < 0).length).toBeGreaterThan(10);
  });
});
