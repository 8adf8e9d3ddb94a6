import { describe, expect, test } from "vitest";
import { captionPicture } from "../../../harness/attention/captioned-picture.js";
import { openCheckpoint } from "../../../harness/models/family-registry.js";
import type { TextScorer } from "../../../harness/models/text-scorer.js";
import type { VisionLanguageModel } from "../../../harness/models/vision-language-model.js";
import { ownCaptioners } from "../../captioners/golden.js";
import { decoderOnly, smallModel } from "./simvlm/small.js";

const published = ownCaptioners().filter((captioner) => captioner.cases().length > 0);
const families: readonly (readonly [string, () => Promise<VisionLanguageModel>])[] = [
  ["SimVLM", async () => smallModel()],
  ["SimVLM, decoder-only", async () => smallModel(decoderOnly)],
  ...published.map(({ name, checkpoint }) => [name, () => openCheckpoint(checkpoint)] as const),
];

describe.each(families)("%s", (name, open) => {
  const prompt = name.endsWith("vqa") ? "is there a boat?" : "a dog";
  const decoding = { beamSize: 1, minLength: 3, maxLength: 6 };
  const said = async () => {
    const model = await open();
    return { model, caption: await captionPicture(model, "fixtures/images/beach.jpg", { prompt, decoding }) };
  };
  const within = async <T>(scorer: TextScorer, work: (scorer: TextScorer) => Promise<T>): Promise<T> =>
    work(scorer).finally(() => scorer.close());

  test("a text is as likely as when it was said", async () => {
    const { model, caption } = await said();
    const whole = { ...caption, tokens: [...caption.tokens, model.tokenizer.endId] };
    const [scores] = await within(model.attention!.openScorer!(), (scorer) => scorer.score(whole, [{}]));
    const sums = [scores!.length - 1, scores!.length].map((count) =>
      scores!.slice(0, count).reduce((a, b) => a + b, 0),
    );
    // With its end, or without where it was cut off.
    expect(Math.min(...sums.map((sum) => Math.abs(sum - caption.logProbability!)))).toBeLessThan(1e-3);
  });

  test("no result depends on how many are computed at a time, or on what else is asked", async () => {
    const { model, caption } = await said();
    const { image } = caption.example;
    const other = image!.map((value) => -value);
    const conditions = [{}, { hidden: [0] }, { image: other }, { hidden: [1, 2] }, { image: other, hidden: [3] }, {}];
    const found = await Promise.all(
      [1, 2, 4, 16].map((batch) =>
        within(model.attention!.openScorer!({ batch }), (scorer) => scorer.score(caption, conditions)),
      ),
    );
    for (const scores of found) {
      for (const [index, own] of scores.entries()) {
        expect(own).toHaveLength(caption.tokens.length);
        for (const [token, score] of own.entries()) expect(score).toBeCloseTo(found[0]![index]![token]!, 4);
      }
      expect(scores[5]).toEqual(scores[0]);
      expect(scores[1]).not.toEqual(scores[0]);
      expect(scores[2]).not.toEqual(scores[0]);
      expect(scores[4]).not.toEqual(scores[2]);
    }
  });

  test("a picture of its own is the example's with another picture", async () => {
    const { model, caption } = await said();
    const image = caption.example.image!.map((value) => value / 2);
    const example = { ...caption.example, image };
    const [changed, own] = await within(model.attention!.openScorer!({ batch: 2 }), async (scorer) => [
      (await scorer.score(caption, [{ image }]))[0]!,
      (await scorer.score({ ...caption, example }, [{}]))[0]!,
    ]);
    for (const [token, score] of changed!.entries()) expect(score).toBeCloseTo(own![token]!, 4);
  });

  test("patches are hidden in the layers that are named", async () => {
    const { model, caption } = await said();
    const score = (layers: readonly number[]) =>
      within(model.attention!.openScorer!({ layers, batch: 2 }), (scorer) =>
        scorer.score(caption, [{}, { hidden: [0] }]),
      );
    const [plain, nowhere] = await score([]);
    expect(nowhere).toEqual(plain);
    const [, first] = await score([0]);
    const [, all] = await score([...Array(model.attention!.layers).keys()]);
    expect(first).not.toEqual(plain);
    expect(all).not.toEqual(first);
    expect(() => model.attention!.openScorer!({ layers: [99] })).toThrow(/There is no layer 99/);
    const missing = within(model.attention!.openScorer!(), (scorer) => scorer.score(caption, [{ hidden: [-1] }]));
    await expect(missing).rejects.toThrow(/There is no patch -1/);
    const { image: _, ...blind } = caption.example;
    const none = within(model.attention!.openScorer!(), (scorer) => scorer.score({ ...caption, example: blind }, [{}]));
    await expect(none).rejects.toMatchObject({ code: "no-image" });
  });
});
