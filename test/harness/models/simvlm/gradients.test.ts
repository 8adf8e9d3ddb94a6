import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { toTensors, type WeightArrays, type Weights } from "../../../../harness/layers/weights.js";
import { prefixLoss } from "../../../../harness/models/losses.js";
import {
  classify,
  type HeadInputs,
  headLoss,
  headLossAndGradients,
  initializeAnswerHead,
} from "../../../../harness/models/simvlm/heads.js";
import { lossAndGradients } from "../../../../harness/models/simvlm/loss.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, lively, onCpu, randomHead, randomImage, randomText, tiny, tinyDecoderOnly } from "./tiny.js";

const small = { ...tiny, encoderLayers: 1, decoderLayers: 1 };

function examples() {
  const random = createRandom(4);
  return [
    { image: randomImage(random), prefix: randomText(random, 3), suffix: randomText(random, 4) },
    { prefix: randomText(random, 4), suffix: randomText(random, 2) },
  ];
}

/** The slope of `loss` along the gradient of one weight, by central differences, beside the gradient's own length. */
function slopes(weights: Weights, gradients: Weights, loss: (weights: Weights) => tf.Tensor) {
  return Object.keys(weights).map((name) => {
    return tf.tidy(() => {
      const gradient = gradients[name]!;
      const length = tf.sqrt(tf.sum(tf.square(gradient))).dataSync()[0]!;
      const direction = length > 0 ? tf.div(gradient, length) : tf.onesLike(gradient);
      const at = (step: number) => {
        return loss({ ...weights, [name]: tf.add(weights[name]!, tf.mul(direction, step)) }).dataSync()[0]!;
      };
      const step = 1e-3;
      return { name, length, slope: (at(step) - at(-step)) / (2 * step) };
    });
  });
}

test.each([
  ["encoder-decoder", small],
  ["decoder-only", { ...tinyDecoderOnly, decoderLayers: 2 }],
  ["linear patches", { ...small, convBlocks: [] }],
] as readonly (readonly [string, SimVLMConfig])[])(
  "%s: gradients are the loss's slopes, for every weight",
  async (_, config) => {
    const weights = await onCpu(config);
    const batch = toTensors(batchOf(examples()));
    const { loss, gradients } = lossAndGradients(weights, batch, config);
    const again = (changed: Weights) =>
      prefixLoss(forward(changed, batch, config).logits, batch.targets, batch.targetWeights);
    expect(loss.dataSync()[0]).toBeCloseTo(again(weights).dataSync()[0]!, 6);
    expect(Object.keys(gradients).sort()).toEqual(Object.keys(weights).sort());
    for (const { name, length, slope } of slopes(weights, gradients, again)) {
      // What the last layer of a single stack makes of the image tokens is not looked at.
      const unseen = config.layout === "decoder-only" && name === "decoder.1.attention.relative";
      if (!unseen) expect(length, `${name} has a gradient`).toBeGreaterThan(0);
      expect(Math.abs(slope - length), name).toBeLessThan(1e-3 + 0.02 * length);
    }
  },
);

test("without pictures the image's weights have gradient zero, and a head's in any case", async () => {
  const head = toTensors(randomHead({ classes: 2, passes: 1 }, small, 1));
  const weights = { ...(await onCpu(small)), ...head };
  const batch = toTensors(batchOf([examples()[1]!]));
  const { gradients } = lossAndGradients(weights, batch, small);
  for (const [name, gradient] of Object.entries(gradients)) {
    const size = tf.sum(tf.abs(gradient)).dataSync()[0]!;
    expect(gradient.shape).toEqual(weights[name]!.shape);
    if (/^image|^head|relative$/.test(name)) expect(size, name).toBe(0);
    else expect(size, name).toBeGreaterThan(0);
  }
});

test("a text-only row and padding give no gradient to the picture in their place", async () => {
  const weights = await onCpu(small);
  const [pair, text] = examples();
  const gradientOf = (image: Float32Array) => {
    const batch = batchOf([text!, { ...pair!, image: pair!.image! }]);
    batch.images!.data.set(image, 0);
    const { gradients } = lossAndGradients(weights, toTensors(batch), small);
    return gradients["image.projection.kernel"]!.dataSync<"float32">();
  };
  const random = createRandom(8);
  expect(gradientOf(randomImage(random))).toEqual(gradientOf(randomImage(random)));
});

test("a head of answers scores them as generating does, but for the odds", async () => {
  const host = lively(small);
  const answers = [7, undefined, 4, 7];
  const weights = toTensors({ ...host, ...initializeAnswerHead(answers, 1, host, small, createRandom(1)) });
  const batch = toTensors(batchOf(examples()));
  const { logits } = forward(weights, batch, small); // [batch, suffix, vocabulary]
  const scores = classify(weights, [{ ...batch, last: tf.tensor1d([2, 1], "int32") }], small).arraySync() as number[][];
  [2, 1].forEach((last, row) => {
    const generated = (logits.arraySync() as number[][][])[row]![last]!;
    answers.forEach((token, answer) => {
      const expected = (token === undefined ? 0 : generated[token]!) - Math.log(3);
      expect(scores[row]![answer]).toBeCloseTo(expected, 4);
    });
  });
});

test("a head of two passes is no sum of what it makes of each, but starts as one", async () => {
  const host = lively(small);
  const random = createRandom(7);
  const [a, b, c, d] = [0, 1, 2, 3].map((): HeadInputs => {
    const example = { prefix: [], suffix: randomText(random, 3), image: randomImage(random) };
    return { ...toTensors(batchOf([example], { prefixLength: 0 })), last: tf.tensor1d([3], "int32") };
  }) as [HeadInputs, HeadInputs, HeadInputs, HeadInputs];
  const interaction = (head: WeightArrays): number => {
    const weights = toTensors({ ...host, ...head });
    const score = (...passes: HeadInputs[]) => classify(weights, passes, small).dataSync()[0]!;
    return score(a, b) + score(c, d) - score(a, d) - score(c, b);
  };
  expect(interaction(initializeAnswerHead([4, 7], 2, host, small, createRandom(1)))).toBeCloseTo(0, 4);
  expect(Math.abs(interaction(randomHead({ classes: 2, passes: 2 }, small, 2)))).toBeGreaterThan(1e-3);
});

test("heads: NLVR2's two passes, gradients of model and head, and the state read at the last token", async () => {
  const head = { classes: 3, passes: 2 } as const;
  const host = { ...lively(small), ...randomHead(head, small, 2) };
  const weights = toTensors(host);
  const random = createRandom(6);
  const statement = { prefix: [], suffix: randomText(random, 3) };
  const passes = [0, 1].map((): HeadInputs => {
    const batch = toTensors(batchOf([{ ...statement, image: randomImage(random) }], { prefixLength: 0 }));
    return { ...batch, last: tf.tensor1d([3], "int32") };
  });
  const logits = classify(weights, passes, small);
  expect(logits.shape).toEqual([1, 3]);
  expect(classify(weights, passes.toReversed(), small).dataSync()).not.toEqual(logits.dataSync());

  // What follows the last token is not looked at.
  const padded = passes.map((pass) => ({
    ...pass,
    suffixTokens: tf.concat([tf.slice(pass.suffixTokens, [0, 0], [1, 4]), tf.fill([1, 2], 9, "int32")], 1),
  }));
  expect(classify(weights, padded, small).dataSync()).toEqual(logits.dataSync());

  const targets = tf.tensor2d([[0.3, 0.7, 0]]);
  for (const kind of ["softmax", "sigmoid"] as const) {
    const { gradients } = headLossAndGradients(weights, passes, targets, kind, small);
    const chosen = [
      "head.kernel",
      "head.bias",
      "head.hidden.kernel",
      "head.combined.kernel",
      "decoder.0.cross.kv.kernel",
      "image.stem.kernel",
    ];
    const some = Object.fromEntries(chosen.map((name) => [name, weights[name]!]));
    for (const { name, length, slope } of slopes(some, gradients, (changed) => {
      return headLoss(classify({ ...weights, ...changed }, passes, small), targets, kind);
    })) {
      expect(length, name).toBeGreaterThan(0);
      expect(Math.abs(slope - length), `${kind} ${name}`).toBeLessThan(1e-3 + 0.02 * length);
    }
  }
});

test("head losses computed by hand", async () => {
  await tf.setBackend("cpu");
  const logits = tf.tensor2d([[0, Math.log(3)]]);
  // Softmax [1/4, 3/4]; sigmoids 1/2 and 3/4.
  expect(headLoss(logits, tf.tensor2d([[1, 0]]), "softmax").dataSync()[0]).toBeCloseTo(Math.log(4), 6);
  const soft = -(Math.log(1 / 2) + 0.6 * Math.log(3 / 4) + 0.4 * Math.log(1 / 4));
  expect(headLoss(logits, tf.tensor2d([[1, 0.6]]), "sigmoid").dataSync()[0]).toBeCloseTo(soft, 6);
});
