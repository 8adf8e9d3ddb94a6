import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { multiplyByGradient } from "../../../../harness/attention/methods.js";
import { toTensors } from "../../../../harness/layers/weights.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { attentionName } from "../../../../harness/models/simvlm/simvlm-attention.js";
import { createRandom } from "../../../../harness/random.js";
import { decoderOnly, smallModel } from "./small.js";
import { randomImage } from "./tiny.js";

describe.each([
  ["encoder–decoder", {}],
  ["decoder-only", decoderOnly],
] as const)("%s", (_, layout) => {
  const model = smallModel(layout);
  const { config, weights } = model;
  const attention = model.attention!;
  const said = {
    example: { image: randomImage(createRandom(3)), prompt: [270, 280, 290] },
    tokens: [300, 301, 302, 303],
  };
  const prefix = model.toBatch([said.example]);
  const suffix = { shape: [1, 5], data: Int32Array.of(1, ...said.tokens) };

  test("the gradient is the slope of the token's logit, for every layer and head", async () => {
    const record = await attention.record(said);
    const gradients = await attention.gradients!(record, said);
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
    const record = await attention.record(said);
    const gradients = await attention.gradients!(record, said);
    const product = multiplyByGradient(record, gradients);
    expect(product).toMatchObject({ layers: record.layers, heads: record.heads, tokens: 4, grid: 2 });
    const expected = record.data.map((share, i) => Math.max(0, share * gradients[i]!));
    for (const [i, value] of expected.entries()) expect(product.data[i]).toBeCloseTo(value, 6);
    expect(product.data.filter((value) => value > 0).length).toBeGreaterThan(10);
    expect(gradients.filter((value) => value < 0).length).toBeGreaterThan(10);
  });
});
