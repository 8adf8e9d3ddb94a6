import { expect, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { chooseShapes } from "../../../../harness/models/portable/choose-shapes.js";
import { describePortable } from "../../../../harness/models/portable/describe-portable.js";
import { openPortable } from "../../../../harness/models/portable/open-portable.js";
import { withWeights } from "../../../../harness/models/weight-precision.js";
import { nodeRuntime } from "./node-runtime.js";

const SIMVLM = "fixtures/checkpoints/caption";
const PICTURES = ["fixtures/images/beach.jpg", "fixtures/images/street.png"];

async function open(folder: string, weights?: "int8") {
  const model = await withWeights(await openCheckpoint(folder), weights);
  const shapes = chooseShapes(model, {});
  const graphs = await model.makePortable!(shapes);
  // What is known of the model goes through JSON, as into a page.
  const description = JSON.parse(JSON.stringify(describePortable(model, shapes, graphs)));
  return { model, graphs, portable: openPortable(description, nodeRuntime(graphs)) };
}

const CAPTIONS = [
  ["a picture of", {}],
  ["", { beamSize: 5 }],
  ["a photo showing", { method: "greedy" }],
  ["a picture of", { method: "sample", temperature: 1.5 }],
] as const;
/** A number that is rounded the other way in eight bits moves a logit by a hundredth: no draw is the same for ever. */
const LIKELIEST = CAPTIONS.slice(0, 3);
const QUESTIONS = [
  ["what is this?", {}],
  ["how many dogs are there in the picture", { method: "greedy" }],
] as const;

test.each([
  [SIMVLM, CAPTIONS, "float32"],
  [SIMVLM, LIKELIEST, "int8"],
  ["fixtures/captioners/git", CAPTIONS, "float32"],
  ["fixtures/captioners/git", CAPTIONS, "int8"],
  ["fixtures/captioners/git-vqa", QUESTIONS, "float32"],
  ["fixtures/captioners/blip", CAPTIONS, "float32"],
  ["fixtures/captioners/blip", CAPTIONS, "int8"],
  ["fixtures/captioners/blip-vqa", QUESTIONS, "float32"],
  ["fixtures/captioners/blip-vqa", QUESTIONS, "int8"],
  ["fixtures/captioners/vit-gpt2", CAPTIONS, "float32"],
  ["fixtures/captioners/vit-gpt2", CAPTIONS, "int8"],
] as const)("%s, %#: says what the model says and looks where it looks", async (folder, asked, precision) => {
  const { model, portable } = await open(folder, precision === "int8" ? precision : undefined);
  for (const path of PICTURES) {
    const { data } = await loadImage(path, model.preparation);
    for (const [prompt, decoding] of asked) {
      const captioner = createCaptioner(model, { prompt, decoding });
      const [caption] = await captioner.caption([data]);
      const said: string[] = [];
      const [best] = await portable.caption(data, { prompt, decoding, onText: (text) => said.push(text) });
      expect(best!.tokens, `${path}, ${prompt}`).toEqual(caption!.generation.tokens);
      expect(best!.logProbability).toBeCloseTo(caption!.logProbability, 3);
      expect(said.length).toBeGreaterThan(0);
      const words: string[] = [];
      const greedy = { prompt, decoding: { method: "greedy" }, onText: (text: string) => words.push(text) } as const;
      const [whole] = await portable.caption(data, greedy);
      const begun = words.filter((text) => text !== "");
      expect(begun.filter((text) => !whole!.text.startsWith(text))).toEqual([]);
      expect(
        whole!.text.slice((begun.at(-1) ?? "").length).split(" ").length,
        "words that were told only in the end",
      ).toBeLessThan(3);
      const example = captioner.exampleOf(data);
      const expected = await model.attention!.record({ example, tokens: best!.tokens });
      const record = await portable.look(data, prompt, best!.tokens);
      expect(record).toMatchObject({ ...expected, data: expect.anything() });
      const differences = record.data.map((value, i) => Math.abs(value - expected.data[i]!));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  }
});

test("a prompt without room, more beams than rows, and no question are refused", async () => {
  const { model, portable } = await open(SIMVLM);
  const { data } = await loadImage(PICTURES[0]!, model.preparation);
  const prompt = "a picture of ".repeat(9);
  await expect(portable.caption(data, { prompt })).rejects.toMatchObject({ code: "text-too-long" });
  const decoding = { beamSize: 6 };
  await expect(portable.caption(data, { prompt: "", decoding })).rejects.toMatchObject({
    code: "bad-decoding-options",
  });
  const vqa = await open("fixtures/captioners/blip-vqa");
  const { data: seen } = await loadImage(PICTURES[0]!, vqa.model.preparation);
  await expect(vqa.portable.caption(seen, { prompt: " " })).rejects.toMatchObject({ code: "no-question" });
});

test("in eight bits the weights take less room: a byte for each number of a matrix", async () => {
  const [whole, small] = [await open(SIMVLM), await open(SIMVLM, "int8")];
  expect(small.graphs.weights.length).toBeLessThan(0.7 * whole.graphs.weights.length);
});
