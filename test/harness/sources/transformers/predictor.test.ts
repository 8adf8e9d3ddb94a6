import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import type { Said, TransformersModel } from "../../../../harness/sources/transformers/model.js";
import { createTransformersPredictor } from "../../../../harness/sources/transformers/predictor.js";
import { completeSettings, type TaskExample } from "../../../../harness/tasks/task.js";
import { findTask } from "../../../../harness/tasks/task-registry.js";

const caption = findTask("caption");
const grey = { data: new Uint8Array(3), width: 1, height: 1 };

/** A model that says of each picture what `say` does. */
function modelThat(
  say: (text: string) => Said,
  kind: TransformersModel["kind"] = "image-text-to-text",
): TransformersModel {
  return {
    ...{
      source: "theirs",
      folder: "theirs",
      kind,
      description: { kind: "transformers" },
      own: {},
      usualLength: undefined,
    },
    pixels: {
      ...{ description: {}, grey, toInput: () => grey },
      load: async (sources) => sources.map((source) => ({ ok: true, name: String(source), image: grey })),
    },
    captionPrompt: () => undefined,
    say: async (_, text) => say(text),
  };
}

const examplesOf = (...ids: string[]): TaskExample[] => ids.map((id) => ({ id, images: [`${id}.jpg`], targets: [] }));
const dataOf = (examples: readonly TaskExample[]) => ({ examples, files: [], classes: [] });

test("an example that the library fails on is a failure, and the others go on", async () => {
  const examples = examplesOf("1", "2", "3");
  let asked = 0;
  const model = modelThat(() => {
    if (++asked === 2) throw new SimvlmError("library-failed", "it fails: no");
    return { text: `caption ${asked}`, ids: [] };
  });
  const predictor = createTransformersPredictor(model, caption, dataOf(examples), {
    settings: completeSettings(caption),
  });
  expect(await predictor.predict(examples)).toEqual([
    { id: "1", prediction: "caption 1" },
    { id: "2", error: "it fails: no" },
    { id: "3", prediction: "caption 3" },
  ]);
});

test("what is no failure of the library's is a bug, and is thrown", async () => {
  const examples = examplesOf("1");
  const model = modelThat(() => {
    throw new TypeError("a bug");
  });
  const predictor = createTransformersPredictor(model, caption, dataOf(examples), {
    settings: completeSettings(caption),
  });
  await expect(predictor.predict(examples)).rejects.toThrow("a bug");
});

test("answers are read as the task has it: a class that is named, or none", async () => {
  const task = findTask("snli-ve");
  const settings = completeSettings(task);
  const example = { ...examplesOf("1")[0]!, prefix: "", statement: "It is blue." };
  const data = { ...dataOf([example]), classes: ["entailment", "neutral", "contradiction"] };
  const texts: string[] = [];
  const model = modelThat((text) => {
    texts.push(text);
    return { text: texts.length === 1 ? "Entailment." : "Who knows?", ids: [] };
  });
  const predictor = createTransformersPredictor(model, task, data, { settings });
  expect(await predictor.predict([example])).toEqual([{ id: "1", prediction: "entailment" }]);
  expect(await predictor.predict([example])).toMatchObject([{ error: expect.stringContaining("names none") }]);
  expect(texts[0]).toContain("It is blue.");
  expect(predictor.description).toMatchObject({ instruction: expect.stringContaining("{statement}") });
});

test("what a model cannot be asked is refused", () => {
  const says = modelThat(() => ({ text: "", ids: [] }));
  const nlvr2 = findTask("nlvr2");
  const pair = [{ id: "1", images: ["a.jpg", "b.jpg"], prefix: "", targets: [] }];
  expect(() => createTransformersPredictor(says, nlvr2, dataOf(pair), { settings: completeSettings(nlvr2) })).toThrow(
    expect.objectContaining({ code: "several-pictures" }),
  );
  const settings = completeSettings(caption);
  expect(() =>
    createTransformersPredictor(says, caption, dataOf([]), { settings, decoding: { lengthPenalty: 1 } }),
  ).toThrow(expect.objectContaining({ code: "ignored-setting", message: expect.stringContaining("lengthPenalty") }));
  expect(() =>
    createTransformersPredictor(says, caption, dataOf([]), { settings, decoding: { minLength: 9, maxLength: 8 } }),
  ).toThrow(expect.objectContaining({ code: "bad-decoding-options" }));
});
