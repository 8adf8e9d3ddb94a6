import { expect, test } from "vitest";
import { compile } from "../../../../harness/engine/index.js";
import { toNatives } from "../../../../harness/layers/native.js";
import { toTensors, type Weights } from "../../../../harness/layers/weights.js";
import { lossAndGradients, type TrainingInputs } from "../../../../harness/models/simvlm/loss.js";
import { forward } from "../../../../harness/models/simvlm/model.js";
import type { SimVLMConfig } from "../../../../harness/models/simvlm/simvlm-config.js";
import { corruptSpans } from "../../../../harness/models/simvlm/span-corruption.js";
import type { TextCut } from "../../../../harness/models/trainable.js";
import { createRandom } from "../../../../harness/random.js";
import { batchOf, batchOptions, END, lively, onCpu, randomImage, START, tiny, tinyDecoderOnly } from "./tiny.js";

const small = { ...tiny, encoderLayers: 1, decoderLayers: 1 };
const layouts: readonly (readonly [string, SimVLMConfig])[] = [
  ["encoder-decoder", small],
  ["decoder-only", { ...tinyDecoderOnly, decoderLayers: 2 }],
];
const cuts: readonly TextCut[] = ["uniform", "none", "spans", 2];

const image = randomImage(createRandom(3));
const texts = [{ image, text: [5, 6, 7, 8] }, { text: [9, 10, 11] }];

/** What each text is divided into, said by hand: the stream is the batch's own. */
function divide(cut: TextCut): { prefix: number[]; suffix: number[] }[] {
  const random = createRandom(5);
  return texts.map(({ image, text }) => {
    if (cut === "none") return { prefix: [], suffix: text };
    if (image) random.next(); // whether it is left whole
    if (cut === "spans") return corruptSpans(text, START, random);
    const at = cut === "uniform" ? random.integer(text.length) : Math.min(cut, text.length - 1);
    return { prefix: text.slice(0, at), suffix: text.slice(at) };
  });
}

/** The mean over all target tokens of −log P, of each text alone and without any padding. */
function lossByHand(weights: Weights, config: SimVLMConfig, cut: TextCut): number {
  const losses = divide(cut).flatMap(({ prefix, suffix }, row) => {
    const alone = batchOf([{ image: texts[row]!.image, prefix, suffix }], {
      prefixLength: Math.max(prefix.length, texts[row]!.image ? 0 : 1),
      suffixLength: suffix.length + 1,
    });
    const { logits } = forward(weights, toTensors(alone), config);
    const [scores] = logits.arraySync() as number[][][];
    return [...suffix, END].map((target, place) => {
      const all = Math.log(scores![place]!.reduce((sum, score) => sum + Math.exp(score), 0));
      return all - scores![place]![target]!;
    });
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

for (const [layout, config] of layouts) {
  test.each(cuts)(`${layout}: the loss of texts cut %j is the one made by hand, eager as traced`, async (cut) => {
    const weights = await onCpu(config);
    const batch = batchOf(texts, { cut });
    const compute = (inputs: { weights: Weights; batch: TrainingInputs }) =>
      lossAndGradients(inputs.weights, inputs.batch, config);
    const eager = compute({ weights, batch: toTensors(batch) });
    expect(eager.loss.dataSync()[0]).toBeCloseTo(lossByHand(weights, config, cut), 5);
    const natives = { weights: toNatives(lively(config)), batch: toNatives(batch) };
    const traced = await (await compile(compute, natives)).run(natives);
    expect(traced.loss.data[0]).toBeCloseTo(eager.loss.dataSync()[0]!, 4);
    for (const [name, gradient] of Object.entries(eager.gradients)) {
      const numbers = gradient.dataSync<"float32">();
      const largest = numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-3);
      const far = numbers.reduce((most, number, i) => {
        return Math.max(most, Math.abs(number - traced.gradients[name]!.data[i]!));
      }, 0);
      expect(far / largest, name).toBeLessThan(1e-4);
    }
  });
}

test("objectives differ in what is read: nothing, a fixed beginning, all but spans", () => {
  const read = (cut: TextCut) => {
    const { data } = batchOf([{ text: [5, 6, 7, 8] }, { text: [9] }], { cut }).prefixMask!;
    const lengths = [0, 1].map((row) => data.slice(row * 4, row * 4 + 4).reduce((sum, one) => sum + one, 0));
    return lengths;
  };
  expect(read("none")).toEqual([0, 0]);
  expect(read(2)).toEqual([2, 0]);
  expect(read(9)).toEqual([3, 0]);
  expect(read("spans")).toEqual([4, 1]);
});

test("a text that is longer than the prefix's places loses its end before spans are taken out of it", () => {
  const text = Array.from({ length: 9 }, (_, i) => i + 5);
  const { prefixTokens, targets } = batchOf([{ text }], { cut: "spans" });
  const told = [...prefixTokens!.data, ...targets.data].filter((token) => token > 2).sort((a, b) => a - b);
  expect(told).toEqual(text.slice(0, batchOptions.prefixLength));
});
