import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openTransformersModel } from "../../../../harness/sources/transformers/model.js";
import { beach, editJson, LFS_POINTER } from "../../../broken-folders.js";
import { captioner, chat, hasTransformers } from "../../../transformers.js";
import { Scratch } from "../../cli/run-cli.js";
import { createCopier, say } from "./say.js";

const scratch = new Scratch();
const copyOf = createCopier(scratch);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe.runIf(hasTransformers)("a folder that is not what the library takes is refused with the reason", () => {
  const decoder = "onnx/decoder_model_merged.onnx";
  const refused: Record<
    string,
    [folder: string, change: (at: (name: string) => string) => void, code: string, says: RegExp]
  > = {
    "no config.json": [chat, (at) => rmSync(at("config.json")), "missing-file", /config\.json/],
    "no tokenizer.json": [chat, (at) => rmSync(at("tokenizer.json")), "missing-file", /tokenizer\.json/],
    "no tokenizer_config.json": [
      captioner,
      (at) => rmSync(at("tokenizer_config.json")),
      "missing-file",
      /tokenizer_config/,
    ],
    "no preprocessor_config.json": [
      chat,
      (at) => rmSync(at("preprocessor_config.json")),
      "missing-file",
      /preprocessor/,
    ],
    "no folder onnx": [chat, (at) => rmSync(at("onnx"), { recursive: true }), "no-graphs", /no folder onnx/],
    "weights in its place": [
      captioner,
      (at) =>
        renameSync(at("onnx/encoder_model.onnx"), at("pytorch_model.bin")) ?? rmSync(at("onnx"), { recursive: true }),
      "no-graphs",
      /not stored as ONNX graphs, but as weights, in pytorch_model\.bin\./,
    ],
    "no processor_config.json for a class that has one": [
      chat,
      (at) => rmSync(at("processor_config.json")),
      "unloadable-model",
      /cannot load it: it looks for .*processor_config\.json, which is not there$/,
    ],
    "pictures divided by 0": [
      captioner,
      (at) => editJson(at("preprocessor_config.json"), { image_std: [0.5, 0, 0.5] }),
      "wrong-schema",
      /preprocessor_config\.json: image_std\[1\]: Too small/,
    ],
    "pictures divided by 0, by a class that is not known here": [
      chat,
      (at) =>
        editJson(at("preprocessor_config.json"), {
          image_processor_type: "SiglipImageProcessor",
          size: { height: 8, width: 8 },
          image_std: 0,
        }),
      "wrong-schema",
      /image_std: Too small/,
    ],
    "pictures divided by 0 in the newer file": [
      chat,
      (at) => editJson(at("processor_config.json"), { image_processor: { image_std: [0, 0, 0] } }),
      "wrong-schema",
      /processor_config\.json: image_processor\.image_std\[0\]: Too small/,
    ],
    "no tokens allowed by its own files": [
      captioner,
      (at) => editJson(at("generation_config.json"), { max_new_tokens: 0 }),
      "wrong-schema",
      /generation_config\.json: max_new_tokens: Too small/,
    ],
    "a length that is no number": [
      captioner,
      (at) => editJson(at("generation_config.json"), { max_length: "long" }),
      "wrong-schema",
      /generation_config\.json: max_length: expected number, received string/,
    ],
    "a penalty of 0": [
      chat,
      (at) => editJson(at("generation_config.json"), { repetition_penalty: 0 }),
      "wrong-schema",
      /generation_config\.json: repetition_penalty: Too small/,
    ],
    "a penalty of 0 in the config": [
      captioner,
      (at) =>
        editJson(at("config.json"), {
          decoder: { ...JSON.parse(readFileSync(at("config.json"), "utf8")).decoder, repetition_penalty: 0 },
        }),
      "wrong-schema",
      /config\.json: decoder\.repetition_penalty: Too small/,
    ],
    "no graphs in it": [
      captioner,
      (at) => rmSync(at("onnx"), { recursive: true }) ?? mkdirSync(at("onnx")),
      "missing-graph",
      /no encoder_model\.onnx, no decoder_model_merged\.onnx.*There are no graphs\./,
    ],
    "one graph under another name": [
      captioner,
      (at) => renameSync(at(decoder), at("onnx/decoder_model.onnx")),
      "missing-graph",
      /no decoder_model_merged\.onnx.*There are decoder_model\.onnx, encoder_model\.onnx\./,
    ],
    "a Git LFS pointer for a graph": [
      chat,
      (at) => writeFileSync(at(decoder), LFS_POINTER),
      "lfs-pointer",
      /decoder_model_merged/,
    ],
    "a Git LFS pointer for the tokenizer": [
      chat,
      (at) => writeFileSync(at("tokenizer.json"), LFS_POINTER),
      "lfs-pointer",
      /tokenizer\.json/,
    ],
    "a config that is no JSON": [chat, (at) => writeFileSync(at("config.json"), "{"), "not-json", /config\.json/],
    "a tokenizer that is no JSON": [
      chat,
      (at) => writeFileSync(at("tokenizer.json"), "<!doctype"),
      "not-json",
      /tokenizer\.json/,
    ],
    "a config without model_type": [chat, (at) => writeFileSync(at("config.json"), "{}"), "wrong-schema", /model_type/],
    "a model that the library does not run": [
      chat,
      (at) => editJson(at("config.json"), { model_type: "git", architectures: ["GitForCausalLM"] }),
      "unsupported-model",
      /"git".*vision-encoder-decoder.*llava/,
    ],
    "a model of texts": [
      chat,
      (at) => editJson(at("config.json"), { model_type: "llama", architectures: ["LlamaForCausalLM"] }),
      "unsupported-model",
      /"llama"/,
    ],
    "architectures of another class": [
      chat,
      (at) => editJson(at("config.json"), { architectures: ["CLIPModel"] }),
      "other-class",
      /LlavaForConditionalGeneration.*"CLIPModel"/,
    ],
    "a model type whose graphs are not there": [
      chat,
      (at) =>
        editJson(at("config.json"), {
          model_type: "vision-encoder-decoder",
          architectures: ["VisionEncoderDecoderModel"],
          encoder: { model_type: "vit" },
          decoder: { model_type: "gpt2" },
        }),
      "missing-graph",
      /no encoder_model\.onnx.*There are decoder_model_merged\.onnx, embed_tokens\.onnx, vision_encoder\.onnx/,
    ],
    "a config that lacks what its model type has": [
      chat,
      (at) => editJson(at("config.json"), { text_config: undefined }),
      "unloadable-model",
      /config\.json is not what .* expects of a "llava"/,
    ],
    "a graph that is damaged": [chat, (at) => writeFileSync(at(decoder), "onnx"), "unloadable-model", /cannot load it/],
    "graphs that were mistaken for each other": [
      captioner,
      (at) => copyFileSync(at("onnx/encoder_model.onnx"), at(decoder)),
      "unloadable-model",
      /loads it, but fails on a grey picture/,
    ],
    "a tokenizer of another kind": [
      chat,
      (at) => writeFileSync(at("tokenizer.json"), '{"model": {"type": "Nonsense"}}'),
      "unloadable-model",
      /cannot load it/,
    ],
    "a picture processor that nobody knows": [
      captioner,
      (at) => writeFileSync(at("preprocessor_config.json"), '{"image_processor_type": "NoSuchImageProcessor"}'),
      "unloadable-model",
      /NoSuchImageProcessor/,
    ],
    "a token for pictures that the text has not": [
      chat,
      (at) => editJson(at("config.json"), { image_token_index: 11 }),
      "unloadable-model",
      /tokens: 0/,
    ],
  };

  test.each(Object.entries(refused))("%s", async (_, [folder, change, code, says]) => {
    await expect(openTransformersModel(copyOf(folder, change))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says),
    });
  });

  test("what is no folder, and no name of a model", async () => {
    for (const name of [scratch.at("nowhere"), "../nowhere", "a/b/c", beach]) {
      await expect(openTransformersModel(name)).rejects.toMatchObject({ code: "not-downloaded" });
    }
  });
});

describe.runIf(hasTransformers)("graphs are chosen by how they are stored", () => {
  const withCopies = (...suffixes: string[]) =>
    copyOf(captioner, (at) => {
      for (const suffix of suffixes) {
        for (const name of ["encoder_model", "decoder_model_merged"]) {
          copyFileSync(at(`onnx/${name}.onnx`), at(`onnx/${name}${suffix}.onnx`));
        }
      }
    });

  test("the first that is there, or the one that is asked for", async () => {
    const both = withCopies("_quantized");
    expect((await openTransformersModel(both)).description).toMatchObject({ dtype: "fp32" });
    const { description } = await openTransformersModel(both, { dtype: "q8" });
    expect(description).toMatchObject({
      dtype: "q8",
      hashes: { files: { "onnx/encoder_model_quantized.onnx": expect.stringMatching(/^[0-9a-f]{64}$/) } },
    });
    expect(description).not.toHaveProperty(["hashes", "files", "onnx/encoder_model.onnx"]);
    const quantised = copyOf(both, (at) => {
      for (const name of ["encoder_model", "decoder_model_merged"]) rmSync(at(`onnx/${name}.onnx`));
    });
    expect((await openTransformersModel(quantised)).description).toMatchObject({ dtype: "q8" });
  });

  test("each graph its own, where no way of storing is common to all", async () => {
    const mixed = copyOf(captioner, (at) =>
      renameSync(at("onnx/encoder_model.onnx"), at("onnx/encoder_model_fp16.onnx")),
    );
    const model = await openTransformersModel(mixed);
    expect(model.description).toMatchObject({ dtype: { encoder_model: "fp16", decoder_model_merged: "fp32" } });
    await expect(openTransformersModel(mixed, { dtype: "fp32" })).rejects.toMatchObject({
      code: "missing-dtype",
      message: expect.stringContaining("There are encoder_model: fp16; decoder_model_merged: fp32."),
    });
  });

  test("numbers in files of their own are hashed, too", async () => {
    const external = copyOf(captioner, (at) => writeFileSync(at("onnx/encoder_model.onnx_data"), "numbers"));
    const { description } = await openTransformersModel(external);
    expect(description).toHaveProperty(["hashes", "files", "onnx/encoder_model.onnx_data"]);
  });
});

describe.runIf(hasTransformers)("pictures and texts", () => {
  test("are prepared here where the preprocessor is known, and by the library where it is not", async () => {
    expect((await openTransformersModel(chat)).description).toMatchObject({
      pixels: { by: "simvlm", kernel: "bicubic", framing: { kind: "center-crop", size: 8 } },
    });
    const siglip = copyOf(chat, (at) =>
      editJson(at("preprocessor_config.json"), {
        image_processor_type: "SiglipImageProcessor",
        size: { height: 8, width: 8 },
      }),
    );
    const { description } = await openTransformersModel(siglip);
    expect(description).toMatchObject({
      pixels: { by: "@huggingface/transformers", imageProcessor: "SiglipImageProcessor" },
    });
    expect(await say(siglip, "of")).toBe("a blue picture");
  });

  test("go through the chat template, wherever it lies; without one the picture comes first", async () => {
    expect(await say(chat, "is it red?")).toBe("yes");
    expect(await say(chat, "what is it?")).toBe("blue picture");
    const template = "{% for m in messages %}user : {{ m.content }}{% endfor %} assistant :";
    const beside = copyOf(chat, (at) => {
      editJson(at("tokenizer_config.json"), { chat_template: null });
      writeFileSync(at("chat_template.jinja"), template);
    });
    expect((await openTransformersModel(beside)).description).toMatchObject({ template: "chat" });
    expect(await say(beside, "is it red?")).toBe("yes");
    const none = copyOf(beside, (at) => rmSync(at("chat_template.jinja")));
    expect((await openTransformersModel(none)).description).toMatchObject({ template: "picture, then text" });
    expect(await say(none, "a picture of")).toBe("a blue picture");
  });

  test("a captioner's text may be begun", async () => {
    expect(await say(captioner)).toBe("a blue picture");
    expect(await say(captioner, "the")).toBe("blue picture");
  });

  test("what a model's own files ask for and the library does not do is named", async () => {
    expect((await openTransformersModel(captioner)).description).toMatchObject({ notFollowed: { num_beams: 4 } });
    expect((await openTransformersModel(chat)).description).not.toHaveProperty("notFollowed");
  });
});

describe.runIf(hasTransformers)("nothing is downloaded unless that is allowed", () => {
  test("a folder that lacks optional files, and one that lacks needed ones, send no request", async () => {
    const fetch = vi.fn(() => Promise.reject(new Error("a request")));
    vi.stubGlobal("fetch", fetch);
    const bare = copyOf(captioner, (at) => rmSync(at("generation_config.json")));
    expect(await say(bare)).toBe("a blue picture");
    const cut = copyOf(captioner, (at) => rmSync(at("onnx/encoder_model.onnx")));
    await expect(openTransformersModel(cut)).rejects.toMatchObject({ code: "missing-graph" });
    await expect(openTransformersModel("somebody/no-such-model")).rejects.toMatchObject({ code: "not-downloaded" });
    expect(fetch).not.toHaveBeenCalled();
  });

  test("a model of the client's cache is known by its name", async () => {
    const hub = scratch.at("hub");
    const snapshot = join(hub, "models--somebody--captioner/snapshots/abc123");
    mkdirSync(join(hub, "models--somebody--captioner/refs"), { recursive: true });
    writeFileSync(join(hub, "models--somebody--captioner/refs/main"), "abc123");
    cpSync(captioner, snapshot, { recursive: true });
    vi.stubEnv("HF_HUB_CACHE", hub);
    const model = await openTransformersModel("somebody/captioner");
    expect(model.folder).toBe(snapshot);
    expect(model.description).toMatchObject({ model: "somebody/captioner" });
    expect(existsSync(join(snapshot, "config.json"))).toBe(true);
  });
});
