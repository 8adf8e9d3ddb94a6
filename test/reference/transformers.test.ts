import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTransformersModel, type TransformersModel } from "../../harness/sources/transformers/model.js";
import { editJson } from "../broken-folders.js";
import { runCli } from "../harness/cli/run-cli.js";
import { hasShared, sharedFolder } from "../shared.js";
import { hasTransformers } from "../transformers.js";

const models = join(sharedFolder, "reference/models");
const folderOf = (name: string) => join(models, "onnx", name);
const photo = (name: string) => join(sharedFolder, "data/coco-photos/images", name);
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(models, path), "utf8")) as T;

interface Recorded {
  readonly photos: Readonly<Record<string, { readonly torch: string; readonly own_pixels?: string }>>;
}

const say = async (model: TransformersModel, file: string, text: string, maxLength: number) => {
  const [picture] = await model.pixels.load([photo(file)]);
  if (!picture?.ok) throw new Error(file);
  return model.say(picture.image, text, { method: "greedy", minLength: 0, maxLength }, 1);
};

describe.runIf(hasShared && hasTransformers)("folders of transformers.js say what PyTorch says", () => {
  test("ViT-GPT2, from our pixels: texts and ids, with and without the beginning of a text", async () => {
    interface Case {
      readonly id: string;
      readonly photos: readonly string[];
      readonly ids: readonly (readonly number[])[];
      readonly decoder_input_ids?: readonly (readonly number[])[];
      readonly prompt?: string;
    }
    const { cases } = readJson<{ cases: readonly Case[] }>("golden/vitgpt2/generate.json");
    const model = await openTransformersModel(folderOf("vitgpt2"));
    const asked = cases.filter(({ id }) => /^(?:greedy|prompt-greedy)\/\d$/.test(id));
    expect(asked).toHaveLength(12);
    for (const { id, photos, ids, prompt = "", decoder_input_ids: [begun = []] = [[0]] } of asked) {
      const { ids: said } = await say(model, photos[0]!, prompt, 16 - begun.length);
      expect(said, id).toEqual(ids[0]!.slice(begun.length));
    }
  });

  test("LLaVA, from our pixels: texts and ids", async () => {
    interface Case {
      readonly photo: string;
      readonly input_ids: readonly number[];
      readonly ids: readonly number[];
      readonly text: string;
    }
    const { cases } = readJson<{ cases: readonly Case[] }>("golden/llava/generate.json");
    const model = await openTransformersModel(folderOf("llava"));
    expect(model.description).toMatchObject({ template: "picture, then text", pixels: { by: "simvlm" } });
    for (const { photo, input_ids, ids, text } of cases) {
      const said = await say(model, photo, "A picture of", 16);
      expect(said.ids).toEqual(ids.slice(input_ids.length));
      expect(`A picture of ${said.text}`).toBe(text);
    }
  });

  test("the commands do", async () => {
    const { photos } = readJson<Recorded>("onnx/vitgpt2.transformersjs.json");
    const files = Object.keys(photos).map(photo);
    const args = ["--transformers", folderOf("vitgpt2"), "--max-length", "15", "--json"];
    const { code, stdout } = await runCli("caption", ...files, ...args);
    expect(code).toBe(0);
    const captions = (JSON.parse(stdout) as { caption: string }[]).map(({ caption }) => caption);
    expect(captions).toEqual(Object.values(photos).map(({ torch }) => torch));
  });

  test("where the library prepares the pixels, it says what it says by itself", async () => {
    const { photos } = readJson<Recorded>("onnx/llava.transformersjs.json");
    const folder = join(mkdtempSync(join(tmpdir(), "simvlm-test-")), "llava");
    cpSync(folderOf("llava"), folder, { recursive: true });
    editJson(join(folder, "preprocessor_config.json"), { image_processor_type: "SiglipImageProcessor" });
    const model = await openTransformersModel(folder);
    expect(model.description).toMatchObject({ pixels: { by: "@huggingface/transformers" } });
    for (const [file, { own_pixels }] of Object.entries(photos)) {
      expect(`A picture of ${(await say(model, file, "A picture of", 16)).text}`, file).toBe(own_pixels);
    }
  });
});
