import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashWeights } from "../../../../harness/checkpoints/hash-checkpoint.js";
import { decodeByBeamSearch } from "../../../../harness/decoding/beam.js";
import { sizeOf } from "../../../../harness/engine/trace/graph.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { createFreshSimVLM, openSimVLM } from "../../../../harness/models/simvlm/open.js";
import { countParameters } from "../../../../harness/models/simvlm/parameters.js";
import { saveCheckpoint } from "../../../../harness/models/simvlm/simvlm-checkpoint.js";
import { presets } from "../../../../harness/models/simvlm/simvlm-config.js";
import { createRandom } from "../../../../harness/random.js";
import { serializeTokenizer } from "../../../../harness/text/tokenizer-file.js";
import { fixtureTokenizer } from "../../text/fixture.js";
import { smallModel } from "./small.js";
import { randomHead } from "./tiny.js";

let folder = "";
const { config, weights, tokenizer } = smallModel();
const tokenizerText = serializeTokenizer(tokenizer.file);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-open-"));
  await saveCheckpoint(join(folder, "good"), { config, weights, tokenizer: tokenizerText });
});
afterAll(() => rm(folder, { recursive: true }));

test("a checkpoint's model, without its classification head", async () => {
  const head = { classes: 3, passes: 1 } as const;
  const path = join(folder, "headed");
  const all = { ...weights, ...randomHead(head, config, 1) };
  await saveCheckpoint(path, { config, weights: all, tokenizer: tokenizerText, head });
  const model = await openSimVLM(path);
  expect(model).toMatchObject({ config, trained: true, source: path });
  expect(hashWeights(await model.readWeights())).toBe(hashWeights(weights));
  expect(model.tokenizer.encode("a dog")).toEqual(tokenizer.encode("a dog"));
});

test("a random model has no more pieces than its tokenizer, since it would learn to say them", async () => {
  const create = (changes: object) =>
    createFreshSimVLM(presets.toy, createRandom(1), {
      source: "toy",
      tokenizerText,
      changes: { width: 16, heads: 2, ...changes },
    });
  await expect(create({ vocabularySize: tokenizer.vocabSize + 1 })).rejects.toMatchObject({
    code: "tokenizer-mismatch",
    message: expect.stringContaining(`to be ${tokenizer.vocabSize + 1}, but its tokenizer has ${tokenizer.vocabSize}`),
  });
  for (const changes of [{}, { vocabularySize: tokenizer.vocabSize }]) {
    expect((await create(changes)).config.vocabularySize).toBe(tokenizer.vocabSize);
  }
});

test("a random model has the words it can say, and a seed decides its weights", async () => {
  const [one, same, other] = await Promise.all(
    [1, 1, 2].map((seed) => createFreshSimVLM(presets.toy, createRandom(seed), { source: "toy" })),
  );
  expect(one!.trained).toBe(false);
  expect(one!.config.vocabularySize).toBe(one!.tokenizer.vocabSize);
  expect(one!.tokenizer.file).toEqual(fixtureTokenizer().file);
  expect(Object.values(one!.weights).reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(
    countParameters(one!.config),
  );
  expect(hashWeights(same!.weights)).toBe(hashWeights(one!.weights));
  expect(hashWeights(other!.weights)).not.toBe(hashWeights(one!.weights));
});

test("a checkpoint without its tokenizer, or with another's, is refused", async () => {
  const without = join(folder, "without");
  await saveCheckpoint(without, { config, weights });
  await expect(openCheckpoint(without)).rejects.toMatchObject({ code: "missing-file" });
  const broken = join(folder, "broken");
  await cp(join(folder, "good"), broken, { recursive: true });
  await writeFile(join(broken, "tokenizer.json"), "{");
  await expect(openCheckpoint(broken)).rejects.toMatchObject({ code: "bad-tokenizer" });
  const other = smallModel({ vocabularySize: 351 });
  const mismatched = join(folder, "mismatched");
  await saveCheckpoint(mismatched, { config: other.config, weights: other.weights, tokenizer: tokenizerText });
  await expect(openCheckpoint(mismatched)).rejects.toMatchObject({
    code: "tokenizer-mismatch",
    message: expect.stringContaining("350 pieces, but the model's vocabularySize is 351"),
  });
});

test("a folder's model says what the same weights say in memory, for one length of a prompt after another", async () => {
  const [held, stored] = [smallModel(), await openSimVLM(join(folder, "good"))];
  const image = Float32Array.from({ length: config.imageSize ** 2 * 3 }, (_, i) => Math.sin(i));
  const [inMemory, inFile] = [held.createDecoder(), stored.createDecoder()];
  for (const prompt of [
    [5, 6],
    [5, 6, 7, 8, 9],
    [5, 6],
  ]) {
    const batch = held.toBatch([{ image, prompt }]);
    const search = { start: tokenizer.startId, end: tokenizer.endId, maxLength: 8, beamSize: 2 };
    const [expected, found] = [
      await decodeByBeamSearch(inMemory, batch, search),
      await decodeByBeamSearch(inFile, batch, search),
    ];
    expect(found.map(([best]) => best!.tokens)).toEqual(expected.map(([best]) => best!.tokens));
    expect(found[0]![0]!.logProbability).toBeCloseTo(expected[0]![0]!.logProbability, 4);
  }
});
