import type * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { decodeByBeamSearch } from "../../../../harness/decoding/beam.js";
import { decodeGreedily } from "../../../../harness/decoding/left-to-right.js";
import { compile, type NativeTensor } from "../../../../harness/engine/index.js";
import { toNatives } from "../../../../harness/layers/native.js";
import { toTensors, type Weights } from "../../../../harness/layers/weights.js";
import { createCompiledDecoder } from "../../../../harness/models/simvlm/compiled-decoder.js";
import { createEagerDecoder } from "../../../../harness/models/simvlm/eager-decoder.js";
import { lossAndGradients, type TrainingInputs } from "../../../../harness/models/simvlm/loss.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { sampleNoise } from "../../../../harness/models/simvlm/noise.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, END, lively, onCpu, PAD, randomImage, randomText, START, tiny, tinyDecoderOnly } from "./tiny.js";

const variants: readonly (readonly [string, SimVLMConfig])[] = [
  ["encoder-decoder", tiny],
  ["decoder-only", tinyDecoderOnly],
  ["linear patches", { ...tiny, convBlocks: [] }],
  ["4 conv stages", { ...tiny, convBlocks: [1, 1, 1, 2] }],
];

function mixture() {
  const random = createRandom(21);
  return batchOf([
    { image: randomImage(random), prefix: randomText(random, 4), suffix: randomText(random, 5) },
    { image: randomImage(random), prefix: [], suffix: randomText(random, 3) },
    { prefix: randomText(random, 2), suffix: randomText(random, 5) },
  ]);
}

/** The largest difference, relative to the largest number expected. */
function distance(found: NativeTensor, expected: tf.Tensor): number {
  const numbers = expected.dataSync<"float32">();
  expect(found.shape).toEqual(expected.shape);
  let [largest, difference] = [0, 0];
  numbers.forEach((number, index) => {
    largest = Math.max(largest, Math.abs(number));
    difference = Math.max(difference, Math.abs(number - found.data[index]!));
  });
  return largest > 0 ? difference / largest : difference;
}

describe.each(variants)("%s", (_, config) => {
  test("compiled logits, records, loss and gradients are the eager ones to 1e-4", async () => {
    const weights = await onCpu(config);
    const batch = mixture();
    const compute = (inputs: { weights: Weights; batch: TrainingInputs }) => ({
      ...forward(inputs.weights, inputs.batch, config, { record: true }),
      ...lossAndGradients(inputs.weights, inputs.batch, config),
    });
    const natives = { weights: toNatives(lively(config)), batch: toNatives(batch) };
    const found = await (await compile(compute, natives)).run(natives);
    const expected = compute({ weights, batch: toTensors(batch) });
    expect(distance(found.logits, expected.logits)).toBeLessThan(1e-4);
    expect(distance(found.loss, expected.loss)).toBeLessThan(1e-4);
    expect(Object.keys(found.record)).toEqual(Object.keys(expected.record));
    for (const [name, tensor] of Object.entries(expected.record)) {
      expect(distance(found.record[name]!, tensor), name).toBeLessThan(1e-4);
    }
    for (const [name, tensor] of Object.entries(expected.gradients)) {
      expect(distance(found.gradients[name]!, tensor), `gradient of ${name}`).toBeLessThan(1e-4);
    }
  });

  test("a compiled batch of text alone", async () => {
    const weights = await onCpu(config);
    const batch = batchOf([
      { prefix: [5, 6], suffix: [7] },
      { prefix: [], suffix: [8, 9] },
    ]);
    const compute = (inputs: { weights: Weights; batch: TrainingInputs }) =>
      lossAndGradients(inputs.weights, inputs.batch, config);
    const natives = { weights: toNatives(lively(config)), batch: toNatives(batch) };
    const found = await (await compile(compute, natives)).run(natives);
    const expected = compute({ weights, batch: toTensors(batch) });
    expect(distance(found.loss, expected.loss)).toBeLessThan(1e-4);
    for (const [name, tensor] of Object.entries(expected.gradients)) {
      expect(distance(found.gradients[name]!, tensor), `gradient of ${name}`).toBeLessThan(1e-4);
    }
  });
});

test("dropout and stochastic depth enter a compiled step as arguments", async () => {
  const weights = await onCpu(tiny);
  const batch = mixture();
  const sizes = { batch: 3, images: 2, prefixText: 4, suffix: 6 };
  const noise = sampleNoise(tiny, sizes, { dropout: 0.2, stochasticDepth: 0.3 }, createRandom(3));
  const compute = (inputs: { weights: Weights; batch: TrainingInputs; noise: Weights }) =>
    forward(inputs.weights, inputs.batch, tiny, { noise: inputs.noise });
  const natives = { weights: toNatives(lively(tiny)), batch: toNatives(batch), noise: toNatives(noise) };
  const found = await (await compile(compute, natives)).run(natives);
  const noisy = compute({ weights, batch: toTensors(batch), noise: toTensors(noise) });
  expect(distance(found.logits, noisy.logits)).toBeLessThan(1e-4);
  const quiet = forward(weights, toTensors(batch), tiny);
  expect(distance(found.logits, quiet.logits)).toBeGreaterThan(1e-2);
});

describe.each(variants.slice(0, 2))("decoding, %s", (_, config) => {
  test("compiled decoding gives the tokens of eager decoding, and a batch of 32 those of single ones", async () => {
    const weights = await onCpu(config);
    const compiled = createCompiledDecoder(toNatives(lively(config)), config);
    const eager = createEagerDecoder(weights, config);
    const random = createRandom(31);
    const examples = Array.from({ length: 32 }, (_, row) => ({
      ...(row % 4 !== 3 && { image: randomImage(random) }),
      prefix: randomText(random, row % 5),
      suffix: [],
    }));
    const prefixOf = (rows: typeof examples) => {
      const { suffixTokens: _, targets: __, targetWeights: ___, ...prefix } = batchOf(rows);
      return prefix;
    };
    const options = { start: START, end: END, suppress: [PAD], maxLength: 9 };
    const [greedy, beam] = [
      await decodeGreedily(compiled, prefixOf(examples), options),
      await decodeByBeamSearch(compiled, prefixOf(examples), options),
    ];
    expect(tokensOf(greedy)).toEqual(tokensOf(await decodeGreedily(eager, prefixOf(examples), options)));
    expect(tokensOf(beam)).toEqual(tokensOf(await decodeByBeamSearch(eager, prefixOf(examples), options)));
    for (const row of [0, 3, 7, 13, 30]) {
      const alone = prefixOf([examples[row]!]);
      expect(tokensOf(await decodeGreedily(compiled, alone, options))).toEqual([tokensOf(greedy)[row]]);
      expect(tokensOf(await decodeByBeamSearch(compiled, alone, options))).toEqual([tokensOf(beam)[row]]);
    }
  });
});

function tokensOf(results: Awaited<ReturnType<typeof decodeGreedily>>) {
  return results.map((generations) => generations.map(({ tokens }) => tokens));
}
