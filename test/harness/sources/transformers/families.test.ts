import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openTransformersModel } from "../../../../harness/sources/transformers/model.js";
import { editJson } from "../../../broken-folders.js";
import { chat, hasTransformers } from "../../../transformers.js";
import { Scratch } from "../../cli/run-cli.js";
import { createCopier, say } from "./say.js";

/*
 * Model types whose processors are called otherwise than LLaVA's: the graphs of the tiny LLaVA under another config.
 */

const copyOf = createCopier(new Scratch());
const textConfig = (JSON.parse(readFileSync(`${chat}/config.json`, "utf8")) as { text_config: object }).text_config;
const template = (mark: string) =>
  `{% for message in messages %}user : {% for part in message.content %}{% if part.type == 'image' %}${mark}{% else %}` +
  "{{ part.text }}{% endif %}{% endfor %}{% endfor %}{% if add_generation_prompt %} assistant :{% endif %}";

describe.runIf(hasTransformers)("a model is called as its processor has it", () => {
  test("the text first, with a mark of its own for pictures (Gemma 3)", async () => {
    const folder = copyOf(chat, (at) => {
      editJson(at("config.json"), {
        model_type: "gemma3",
        architectures: ["Gemma3ForConditionalGeneration"],
        text_config: { ...textConfig, model_type: "gemma3_text" },
      });
      editJson(at("preprocessor_config.json"), {
        image_processor_type: "Gemma3ImageProcessor",
        processor_class: "Gemma3Processor",
        size: { height: 8, width: 8 },
        do_center_crop: false,
      });
      editJson(at("processor_config.json"), { processor_class: "Gemma3Processor", image_seq_length: 1 });
      editJson(at("tokenizer_config.json"), { image_token: "<image>", boi_token: "?", eoi_token: "user" });
      writeFileSync(at("chat_template.jinja"), template("?"));
    });
    expect((await openTransformersModel(folder)).description).toMatchObject({
      class: "Gemma3ForConditionalGeneration",
      pixels: { by: "@huggingface/transformers", imageProcessor: "Gemma3ImageProcessor" },
    });
    expect(await say(folder, "of")).toBe("a blue picture");
    expect(await say(folder, "is it")).toBe("yes");
  });

  test("the picture first, in its own size (Mistral 3)", async () => {
    const folder = copyOf(chat, (at) => {
      editJson(at("config.json"), { model_type: "mistral3", architectures: ["Mistral3ForConditionalGeneration"] });
      editJson(at("preprocessor_config.json"), {
        ...{ image_processor_type: "PixtralImageProcessor", processor_class: "PixtralProcessor" },
        ...{ size: { longest_edge: 8 }, patch_size: 8, spatial_merge_size: 1, do_center_crop: false },
      });
      editJson(at("processor_config.json"), {
        ...{ processor_class: "PixtralProcessor", image_token: "<image>", image_break_token: "it" },
        ...{ image_end_token: "?", patch_size: 8, spatial_merge_size: 1 },
      });
    });
    expect(await say(folder, "what")).toBe("blue picture");
  });

  test("picture and text apart, with our pixels, and a class that the library does not know (Moondream)", async () => {
    const folder = copyOf(chat, (at) => {
      editJson(at("config.json"), { model_type: "moondream1", architectures: ["Moondream"], phi_config: textConfig });
      editJson(at("preprocessor_config.json"), { processor_class: undefined });
      editJson(at("tokenizer_config.json"), { chat_template: undefined });
    });
    const { description } = await openTransformersModel(folder);
    expect(description).toMatchObject({ pixels: { by: "simvlm" }, template: "picture, then text" });
    expect(await say(folder, "a picture of")).toBe("a blue picture");
  });

  test("an older template, which takes one text", async () => {
    const folder = copyOf(chat, (at) =>
      editJson(at("tokenizer_config.json"), {
        chat_template: "{% for m in messages %}{{ 'user : ' + m.content }}{% endfor %} assistant :",
      }),
    );
    expect(await say(folder, "is it")).toBe("yes");
  });

  test("several templates by name", async () => {
    const templates = [
      { name: "default", template: template("<image>") },
      { name: "tool_use", template: "no" },
    ];
    const folder = copyOf(chat, (at) => editJson(at("tokenizer_config.json"), { chat_template: templates }));
    expect(await say(folder, "is it")).toBe("yes");
  });
});

test.runIf(hasTransformers)("what captions are asked for with is of the model where that is no sentence", async () => {
  const folder = copyOf(chat, (at) => {
    editJson(at("config.json"), { model_type: "paligemma", architectures: ["PaliGemmaForConditionalGeneration"] });
    editJson(at("preprocessor_config.json"), {
      ...{ image_processor_type: "SiglipImageProcessor", processor_class: "PaliGemmaProcessor", image_seq_length: 1 },
      ...{ size: { height: 8, width: 8 }, do_center_crop: false },
    });
    editJson(at("tokenizer_config.json"), { chat_template: undefined });
  });
  const model = await openTransformersModel(folder);
  expect([model.captionPrompt("en"), model.captionPrompt("de")]).toEqual(["caption en", "caption de"]);
  expect(model.description).toMatchObject({ template: "text alone" });
  expect((await openTransformersModel(chat)).captionPrompt("en")).toBeUndefined();
});
