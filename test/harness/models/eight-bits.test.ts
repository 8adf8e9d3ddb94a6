import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandomModel, openCheckpoint } from "../../../harness/models/family-registry.js";
import type { ModelExample, VisionLanguageModel } from "../../../harness/models/vision-language-model.js";
import { EIGHT_BITS, precisionOf, withWeights } from "../../../harness/models/weight-precision.js";
import { createRandom } from "../../../harness/random.js";
import { requireTrainable } from "../../../harness/training/pretraining.js";
import { project } from "../cli/run-cli.js";

const captioners = ["git", "git-vqa", "blip", "blip-vqa", "vit-gpt2"].map((name) => `captioners/${name}`);
const models = [...captioners, "checkpoints/caption"].map((name) => [name, join(project, "fixtures", name)] as const);

/** Of the largest logit: what eight bits may change of any. */
const TOLERANCE = 0.05;
const STEPS = [0, 5, 9, 20];

function draw(model: VisionLanguageModel, seed: number, prompt: readonly number[]): ModelExample {
  const random = createRandom(seed);
  const image = Float32Array.from({ length: model.preparation.framing.size ** 2 * 3 }, () => random.next() - 0.5);
  return { image, prompt };
}

/** The logits of each step, `[rows, vocabulary]`; all rows say the same. */
async function listLogits(model: VisionLanguageModel, examples: readonly ModelExample[]): Promise<Float32Array[]> {
  const session = await model.createDecoder().encode(model.toBatch(examples), { beams: 1, length: STEPS.length + 1 });
  try {
    const steps: Float32Array[] = [];
    for (const [position, id] of [model.tokenizer.startId, ...STEPS].entries()) {
      steps.push(Float32Array.from(await session.step(new Int32Array(examples.length).fill(id), position)));
    }
    return steps;
  } finally {
    session.dispose();
  }
}

const largest = (numbers: Float32Array) => numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);

describe.each(models)("%s in eight bits", (_, folder) => {
  const opened = openCheckpoint(folder);
  const rounded = openCheckpoint(folder, { weights: "int8" });
  const prompts = async () => {
    const { prompting, tokenizer } = await opened;
    return prompting.place === "encoder"
      ? ["what is this?", "where?", "a"].map((text) => tokenizer.encode(text))
      : [[]];
  };

  it("says nearly what it says in 32, in each step", async () => {
    const [exact, found] = [await opened, await rounded];
    const examples = (await prompts()).map((prompt, i) => draw(exact, i, prompt));
    const [a, b] = [await listLogits(exact, examples), await listLogits(found, examples)];
    for (const [step, logits] of a.entries()) {
      const difference = largest(logits.map((logit, i) => logit - b[step]![i]!));
      expect(difference).toBeGreaterThan(1e-4);
      expect(difference / largest(logits)).toBeLessThan(TOLERANCE);
    }
  });

  it("says the same of a picture alone and in any batch, to the bit", async () => {
    const model = await rounded;
    const asked = await prompts();
    const examples = Array.from({ length: 3 }, (_, i) => draw(model, i, asked[i % asked.length]!));
    const together = await listLogits(model, examples);
    for (const [row, example] of examples.entries()) {
      const alone = await listLogits(model, [example]);
      for (const [step, logits] of alone.entries()) {
        const own = together[step]!.subarray(row * logits.length, (row + 1) * logits.length);
        expect(Array.from(own)).toEqual(Array.from(logits));
      }
    }
  });

  it("looks nearly where it looks in 32", async () => {
    const [exact, found] = [await opened, await rounded];
    const [prompt] = await prompts();
    const said = { example: draw(exact, 1, prompt!), tokens: STEPS.slice(1) };
    const [a, b] = await Promise.all([exact, found].map((model) => model.attention!.record(said)));
    expect(b!.data.length).toBe(a!.data.length);
    const difference = largest(a!.data.map((share, i) => share - b!.data[i]!));
    expect(difference).toBeGreaterThan(1e-6);
    expect(difference).toBeLessThan(0.1);
    if (!found.attention!.gradients) return;
    const [c, d] = [await exact.attention!.gradients!(a!, said), await found.attention!.gradients(b!, said)];
    expect(largest(c.map((slope, i) => slope - d[i]!)) / largest(c)).toBeLessThan(0.3);
  });

  it("tells what it is, and is neither trained nor exported", async () => {
    const model = await rounded;
    expect(model.description.weights).toEqual(EIGHT_BITS);
    expect((await opened).description).not.toHaveProperty("weights");
    expect([precisionOf(model.description), precisionOf((await opened).description)]).toEqual(["int8", "float32"]);
    expect([model.trainable, model.export]).toEqual([undefined, undefined]);
    expect(() => requireTrainable(model)).toThrow("cannot be trained");
    expect(await withWeights(model, "int8")).toBe(model);
  });
});

it("classifies nearly as in 32 bits", async () => {
  const folder = join(project, "fixtures/checkpoints/vqa");
  const [exact, found] = [await openCheckpoint(folder), await openCheckpoint(folder, { weights: "int8" })];
  const statement = exact.tokenizer.encode("is there a red ball in the picture?");
  const examples = [1, 2].map((seed) => ({ images: [draw(exact, seed, []).image!], prompt: [], statement }));
  const places = { prompt: 0, text: statement.length };
  const [a, b] = await Promise.all([exact, found].map((model) => model.createClassifier!(places).score(examples)));
  const difference = largest(a!.map((score, i) => score - b![i]!));
  expect(difference).toBeGreaterThan(1e-4);
  expect(difference / largest(a!)).toBeLessThan(TOLERANCE);
});

it("needs no files: weights in memory are rounded, too", async () => {
  const model = await createRandomModel({ seed: 3 });
  const found = await withWeights(model, "int8");
  const example = draw(model, 1, []);
  const [a, b] = [await listLogits(model, [example]), await listLogits(found, [example])];
  expect(largest(a[0]!.map((logit, i) => logit - b[0]![i]!))).toBeGreaterThan(1e-5);
  expect(largest(a[0]!.map((logit, i) => logit - b[0]![i]!)) / largest(a[0]!)).toBeLessThan(TOLERANCE);
});

describe("what has no eight bits", () => {
  it("is refused by name: a family that does not say how", async () => {
    const { inEightBits: _, ...model } = await createRandomModel();
    await expect(withWeights(model, "int8")).rejects.toMatchObject({
      code: "no-int8",
      message: expect.stringContaining(model.source),
    });
    expect(await withWeights(model, "float32")).toBe(model);
    expect(await withWeights(model, undefined)).toBe(model);
  });

  it("is refused: another provider than the CPU", async () => {
    const model = await createRandomModel();
    await expect(withWeights(model, "int8", "webgpu")).rejects.toMatchObject({ code: "no-int8" });
  });
});
