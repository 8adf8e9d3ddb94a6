import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { Weights } from "../../../../harness/layers/weights.js";
import { toTensors } from "../../../../harness/layers/weights.js";
import { decodeStep, emptyCache, rememberPrefix } from "../../../../harness/models/simvlm/cached-decoding.js";
import { classify, declareHead, headShapes } from "../../../../harness/models/simvlm/heads.js";
import { usedWeights } from "../../../../harness/models/simvlm/loss.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import { sampleNoise } from "../../../../harness/models/simvlm/noise.js";
import { declareWeights, parameterShapes } from "../../../../harness/models/simvlm/parameters.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, onCpu, randomHead, randomImage, tiny, tinyDecoderOnly } from "./tiny.js";

const variants: readonly (readonly [string, SimVLMConfig])[] = [
  ["encoder-decoder", tiny],
  ["decoder-only", tinyDecoderOnly],
  ["linear patches", { ...tiny, convBlocks: [] }],
  ["4 conv stages", { ...tiny, convBlocks: [1, 1, 1, 2] }],
];

/** The names that a computation looks up, whether there is such a weight or not, in the order of their first use. */
function namesUsed(weights: Weights, compute: (weights: Weights) => unknown): string[] {
  const names = new Set<string>();
  const get = (all: Weights, name: string | symbol) => {
    names.add(String(name));
    return Reflect.get(all, name);
  };
  tf.tidy(() => {
    compute(new Proxy(weights, { get }));
  });
  return [...names];
}

const withPicture = () => toTensors(batchOf([{ image: randomImage(createRandom(2)), prefix: [4, 5], suffix: [6] }]));
const textOnly = () => toTensors(batchOf([{ prefix: [4, 5], suffix: [6] }]));

test.each(variants)("%s: every declared weight is used, and every weight looked up is declared", async (_, config) => {
  const weights = await onCpu(config);
  const declared = Object.keys(declareWeights(config)).sort();
  expect(Object.keys(parameterShapes(config)).sort()).toEqual(declared);
  expect(namesUsed(weights, (noted) => forward(noted, withPicture(), config)).sort()).toEqual(declared);

  const { suffixTokens: _suffix, targets: _targets, targetWeights: _weights, ...prefix } = withPicture();
  const decoded = namesUsed(weights, (noted) => {
    const memory = rememberPrefix(noted, prefix, config);
    const step = { tokens: tf.tensor1d([3], "int32"), position: tf.scalar(0, "int32") };
    decodeStep(noted, memory, emptyCache(config, 1, 4), step, config);
  });
  expect(decoded.sort()).toEqual(declared);
});

test.each(variants)("%s: without pictures, those are used that are not declared as theirs", async (_, config) => {
  const batch = textOnly();
  const found = namesUsed(await onCpu(config), (noted) => forward(noted, batch, config));
  expect(found.sort()).toEqual([...usedWeights(config, batch)].sort());
});

test.each([1, 2] as const)("a head of %i passes uses what it declares", async (passes) => {
  const head = { classes: 3, passes };
  const own = toTensors(randomHead(head, tiny, 1));
  const declared = Object.keys(declareHead(head, tiny));
  expect(Object.keys(headShapes(head, tiny))).toEqual(declared);
  const inputs = { ...withPicture(), last: tf.tensor1d([1], "int32") };
  const weights = { ...(await onCpu(tiny)), ...own };
  const found = namesUsed(weights, (noted) => classify(noted, Array(passes).fill(inputs), tiny));
  expect(found.filter((name) => name.startsWith("head.")).sort()).toEqual(declared.sort());
});

test.each(variants)(
  "%s: noise of a declared branch changes the result, and that of no other does",
  async (_, config) => {
    const weights = await onCpu(config);
    const batch = withPicture();
    const logits = (noise: Record<string, tf.Tensor>) => forward(weights, batch, config, { noise }).logits.dataSync();
    const sizes = { batch: 1, images: 1, prefixText: 4, suffix: 6 };
    const branches = Object.keys(sampleNoise(config, sizes, { dropout: 0, stochasticDepth: 0.5 }, createRandom(1)));
    const quiet = logits({});
    for (const name of branches) expect(logits({ [name]: tf.scalar(0.5) }), name).not.toEqual(quiet);
    const of = Object.values(declareWeights(config)).flatMap(({ branch }) => (branch ? [branch.name] : []));
    expect(branches).toEqual([...new Set(of)]);
  },
);
