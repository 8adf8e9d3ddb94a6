import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "../../harness/engine/index.js";
import { toNatives } from "../../harness/layers/native.js";
import type { WeightArrays } from "../../harness/layers/weights.js";
import { openCheckpoint } from "../../harness/models/family-registry.js";
import type { AnsweredExample, Trainable } from "../../harness/models/trainable.js";
import { createRandom } from "../../harness/random.js";
import { createAccumulation } from "../../harness/training/step.js";
import { Trainer } from "../../harness/training/trainer.js";
import { captionersIn, type GoldenCaptioner, readPixels } from "../captioners/golden.js";
import { hasShared, sharedFolder } from "../shared.js";

interface Golden {
  readonly photos: readonly string[];
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly optimizer: { readonly lr: number; readonly weight_decay: number };
  readonly losses: Readonly<Record<string, number>>;
  readonly grad_norm: Readonly<Record<string, number>>;
  readonly losses_over_steps: readonly number[];
}

/** Softmax makes their true gradient zero: what is recorded is rounding, of which Adam makes whole steps. */
const isKeyBias = (name: string) => /\.(key|k_proj)\.bias$/.test(name);

/** What is compared of one gradient or weight. */
function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Array.from(expected).reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
}

/** @param prompt how many ids before the text are read and not learnt, the start among them */
function examplesOf(captioner: GoldenCaptioner, { photos, input_ids, attention_mask }: Golden, prompt = 1) {
  return input_ids.map((ids, row): AnsweredExample => {
    const own = ids.slice(
      0,
      attention_mask[row]!.reduce((sum, one) => sum + one, 0),
    );
    const image = readPixels(captioner, photos[row]!);
    return { image, prompt: own.slice(1, prompt), text: own.slice(prompt, -1) };
  });
}

function batchOf(trainable: Trainable, examples: readonly AnsweredExample[]) {
  const longest = (texts: readonly (readonly number[])[]) => Math.max(...texts.map(({ length }) => length));
  const places = { prompt: longest(examples.map((e) => e.prompt)), text: longest(examples.map((e) => e.text)) };
  return trainable.generation.toBatch(examples, places, createRandom(1));
}

/** Loss and gradients, compiled as training compiles them. */
async function differentiate(
  trainable: Trainable,
  weights: WeightArrays,
  examples: readonly AnsweredExample[],
  objective = trainable.generation,
) {
  const { batch } = batchOf(trainable, examples);
  const zeros = Object.entries(weights).map(([name, { shape, data }]) => {
    return [name, { shape, data: new Float32Array(data.length) }] as const;
  });
  const one = (value: number) => ({ shape: [], data: Float32Array.of(value) });
  const inputs = {
    ...toNatives({ loss: one(0), share: one(1) }),
    weights: toNatives(weights),
    batch: toNatives(batch as WeightArrays),
    gradients: toNatives(Object.fromEntries(zeros)),
    noise: undefined,
  };
  const compiled = await compile(createAccumulation(objective), inputs);
  const { loss, gradients } = await compiled.run(inputs);
  await compiled.dispose();
  return { loss: loss.data[0]!, gradients };
}

describe.skipIf(!hasShared)("fine-tuning of GIT as the reference has it", () => {
  const models = join(sharedFolder, "reference/models");
  const captioner = captionersIn(join(models, "checkpoints"), join(models, "golden")).find(
    ({ name }) => name === "git-train",
  )!;
  const golden = () => captioner.json<Golden>("train.json");
  const open = async () => {
    const { trainable } = await openCheckpoint(captioner.checkpoint);
    return { trainable: trainable!, weights: await trainable!.readWeights() };
  };

  it.each([
    ["port", 0],
    ["smooth0.1-original", 0.1],
  ])("has the loss %s, and its gradient of every weight", async (kind, smoothing) => {
    const { trainable, weights } = await open();
    const objective = smoothing > 0 ? trainable.smoothed!(smoothing) : trainable.generation;
    const { loss, gradients } = await differentiate(trainable, weights, examplesOf(captioner, golden()), objective);
    expect(Math.abs(loss / golden().losses[kind]! - 1)).toBeLessThan(1e-5);
    const expected = captioner.tensors("train.safetensors");
    let squares = 0;
    for (const [name, { data }] of Object.entries(gradients)) {
      const { data: reference } = expected.get(`grad.${kind}.${name}`)!;
      for (const value of data) squares += value ** 2;
      if (isKeyBias(name)) expect(difference(data, new Float32Array(data.length)), name).toBeLessThan(1e-4);
      else {
        const largest = difference(reference, new Float32Array(reference.length));
        expect(difference(data, reference) / largest, name).toBeLessThan(5e-4);
      }
    }
    expect(Math.abs(Math.sqrt(squares) / golden().grad_norm[kind]! - 1)).toBeLessThan(1e-4);
    const own = [...expected.keys()].filter((name) => name.startsWith(`grad.${kind}.`));
    expect(Object.keys(gradients)).toHaveLength(own.length);
  });

  it.each([
    ["port-prefix4", 0],
    ["smooth0.1-original-prefix4", 0.1],
  ])("reads a prompt and does not learn it: %s", async (kind, smoothing) => {
    const { trainable, weights } = await open();
    const objective = smoothing > 0 ? trainable.smoothed!(smoothing) : trainable.generation;
    const { loss } = await differentiate(trainable, weights, examplesOf(captioner, golden(), 4), objective);
    expect(Math.abs(loss / golden().losses[kind]! - 1)).toBeLessThan(1e-5);
  });

  it("has its weights after one step of AdamW and after three", async () => {
    const { trainable, weights } = await open();
    const { optimizer, losses_over_steps: losses } = golden();
    const { decays } = trainable;
    const trainer = new Trainer(
      trainable.generation,
      { weights },
      { clipNorm: 1e9, weightDecay: optimizer.weight_decay, ...(decays && { decays }) },
    );
    const part = batchOf(trainable, examplesOf(captioner, golden()));
    const expected = captioner.tensors("train.safetensors");
    for (const step of [1, 2, 3]) {
      const { loss } = await trainer.step([part], step, optimizer.lr);
      expect(Math.abs(loss / losses[step - 1]! - 1)).toBeLessThan(step === 1 ? 1e-5 : 1e-4);
      if (step === 2) continue;
      for (const [name, { data }] of Object.entries(trainer.arrays().weights)) {
        if (isKeyBias(name)) continue;
        expect(difference(data, expected.get(`after${step}.${name}`)!.data), `${name} after ${step}`).toBeLessThan(
          1e-4,
        );
      }
    }
    await trainer.dispose();
  });
});
