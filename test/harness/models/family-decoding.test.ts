import { beforeAll, expect, test } from "vitest";
import type { DecodingSettings } from "../../../harness/decoding/settings.js";
import { createCaptioner } from "../../../harness/models/captioner.js";
import type { VisionLanguageModel } from "../../../harness/models/vision-language-model.js";
import { createModelPredictor } from "../../../harness/sources/model-predictor.js";
import { completeSettings, type TaskData } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";
import { meanColourFamily, writeMeanColour } from "./mean-colour.js";
import { smallModel } from "./simvlm/small.js";

const scratch = new Scratch();
const red = Float32Array.from({ length: 4 * 4 * 3 }, (_, i) => (i % 3 === 0 ? 1 : 0));
const published = {
  method: "beam",
  search: "git",
  beamSize: 4,
  lengthPenalty: 0.6,
  minLength: 5,
  maxLength: 20,
} as const;
let model: VisionLanguageModel;

beforeAll(async () => {
  model = {
    ...(await meanColourFamily.open(writeMeanColour(scratch, "checkpoint"))),
    longestText: 64,
    decoding: published,
  };
});

/** What a run's manifest says of decoding. */
function manifestOf(family: VisionLanguageModel, name: string, asked: Partial<DecodingSettings> = {}) {
  const task = findTask(name);
  const data: TaskData = { examples: [], files: [], classes: [] };
  const settings = completeSettings(task, { answer: "generate" });
  return createModelPredictor(family, task, data, { settings, decoding: asked }).decoding;
}

test("captions are decoded as the family published them, unless somebody asks otherwise", () => {
  expect(createCaptioner(model).settings).toEqual(published);
  expect(createCaptioner(model, { decoding: { beamSize: 2 } }).settings).toEqual({ ...published, beamSize: 2 });
  expect(() => createCaptioner(model, { decoding: { earlyStopping: true } })).toThrow(/the beam search is "git"/);
  const noise = createCaptioner({ ...model, trained: false });
  expect(noise.settings).toEqual({ ...published, maxLength: 8, noRepeatNgram: 1 });
});

test("a family's length ends where the model has no more places, a begun text counted", () => {
  const short = { ...model, longestText: 11 };
  expect(createCaptioner(short).settings.maxLength).toBeLessThanOrEqual(12);
  expect(createCaptioner({ ...short, longestText: 2 }, { prompt: "" }).settings).toMatchObject({
    minLength: 3,
    maxLength: 3,
  });
  expect(createCaptioner(short, { decoding: { maxLength: 30 } }).settings.maxLength).toBe(30);
});

test("a manifest names the search; a family's lengths are those of its captions, not of other answers", () => {
  expect(manifestOf(model, "caption")).toEqual(published);
  expect(manifestOf(model, "vqa")).toEqual({ ...published, minLength: 1, maxLength: 10 });
  expect(manifestOf({ ...model, decoding: { minLength: 0 } }, "vqa")).toMatchObject({ minLength: 0, maxLength: 10 });
  expect(manifestOf(model, "vqa", { maxLength: 4, minLength: 2 })).toMatchObject({ maxLength: 4, minLength: 2 });
});

test("SimVLM's manifests say what they always said, key by key", () => {
  const simvlm = smallModel();
  const says = (name: string) => JSON.stringify(manifestOf(simvlm, name));
  expect(says("caption")).toBe('{"method":"beam","beamSize":3,"minLength":1,"maxLength":40}');
  expect(says("vqa")).toBe('{"method":"beam","beamSize":3,"minLength":1,"maxLength":10}');
});

test("a caption has all its ids, the prompt of the decoder among them, and the end where it was reached", async () => {
  const settings = { search: "transformers", minLength: 1 } as const;
  const [caption] = await createCaptioner(model, { decoding: settings }).caption([red]);
  // The model is asked with "a": start, a, red, end.
  const [a, word] = model.tokenizer.encode("a red");
  expect(caption).toMatchObject({ text: "red", ids: [1, a, word, 2] });
  const [cut] = await createCaptioner(model, { decoding: { ...settings, maxLength: 1 } }).caption([red]);
  expect(cut!.ids).toEqual([1, a, word]);
});

test("a family says what it never says", async () => {
  const [, word] = model.tokenizer.encode("a red");
  const decoding = { method: "greedy", minLength: 2, maxLength: 2 } as const;
  const say = async (suppress?: number[]) => {
    const own = suppress ? { ...model, suppress } : model;
    return (await createCaptioner(own, { decoding }).caption([red]))[0]!.generation.tokens;
  };
  // After the colour all but the end are alike: the lowest id that may come.
  expect(await say()).toEqual([word, 4]);
  expect(await say([])).toEqual([word, 0]);
  expect(await say([0, 1])).toEqual([word, 3]);
});
