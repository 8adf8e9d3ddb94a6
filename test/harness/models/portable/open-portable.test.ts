import { expect, test } from "vitest";
import { loadImage } from "../../../../harness/images/load-image.js";
import { createCaptioner } from "../../../../harness/models/captioner.js";
import { openCheckpoint } from "../../../../harness/models/family-registry.js";
import { describePortable } from "../../../../harness/models/portable/describe-portable.js";
import { openPortable } from "../../../../harness/models/portable/open-portable.js";
import { nodeRuntime } from "./node-runtime.js";

const SHAPES = { beams: 5, promptLength: 16, maxLength: 32 };
const PICTURES = ["fixtures/images/beach.jpg", "fixtures/images/street.png"];

async function open(folder: string) {
  const model = await openCheckpoint(folder);
  const graphs = await model.makePortable!(SHAPES);
  return { model, portable: openPortable(describePortable(model, SHAPES, graphs), nodeRuntime(graphs)) };
}

test("a portable model says what the model says, with any beams and prompt, and looks where it looks", async () => {
  const { model, portable } = await open("fixtures/checkpoints/caption");
  for (const path of PICTURES) {
    const { data } = await loadImage(path, model.preparation);
    for (const [prompt, decoding] of [
      ["a picture of", {}],
      ["", { beamSize: 5 }],
      ["a photo showing", { method: "greedy" }],
      ["a picture of", { method: "sample", temperature: 1.5 }],
    ] as const) {
      const captioner = createCaptioner(model, { prompt, decoding });
      const [caption] = await captioner.caption([data]);
      const said: string[] = [];
      const [best] = await portable.caption(data, { prompt, decoding, onText: (text) => said.push(text) });
      expect(best!.tokens).toEqual(caption!.generation.tokens);
      expect(best!.logProbability).toBeCloseTo(caption!.logProbability, 3);
      expect(said.length).toBeGreaterThan(0);
      const example = captioner.exampleOf(data);
      const expected = await model.attention!.record({ example, tokens: best!.tokens });
      const record = await portable.look(data, prompt, best!.tokens);
      expect(record).toMatchObject({ ...expected, data: expect.anything() });
      const differences = record.data.map((value, i) => Math.abs(value - expected.data[i]!));
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  }
});

test("a prompt without room, and more beams than rows, are refused", async () => {
  const { model, portable } = await open("fixtures/checkpoints/caption");
  const { data } = await loadImage(PICTURES[0]!, model.preparation);
  const prompt = "a picture of ".repeat(9);
  await expect(portable.caption(data, { prompt })).rejects.toMatchObject({ code: "text-too-long" });
  const decoding = { beamSize: 6 };
  await expect(portable.caption(data, { prompt: "", decoding })).rejects.toMatchObject({
    code: "bad-decoding-options",
  });
});
