import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toNatives } from "../../../../../harness/layers/native.js";
import { createCaptioner } from "../../../../../harness/models/captioner.js";
import { checkExport } from "../../../../../harness/models/simvlm/export/check-export.js";
import type { ExportInterface } from "../../../../../harness/models/simvlm/export/describe-interface.js";
import { exportModel } from "../../../../../harness/models/simvlm/export/export-simvlm.js";
import { compileGraphs } from "../../../../../harness/models/simvlm/export/graphs.js";
import { openSimVLM } from "../../../../../harness/models/simvlm/open.js";
import { createSimVLM } from "../../../../../harness/models/simvlm/simvlm.js";
import { createRandom } from "../../../../../harness/random.js";
import { decoderOnly, smallModel } from "../small.js";
import { randomImage } from "../tiny.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simvlm-export-"));
});
afterAll(() => rm(folder, { recursive: true }));

const FILES = [
  "README.md",
  "config.json",
  "decoder-step.onnx",
  "encoder.onnx",
  "interface.json",
  "model.safetensors",
  "tokenizer.json",
];

/** Captions with nothing but ONNX Runtime and interface.json, as another program would. */
async function captionWithFiles(path: string, image: Float32Array, prompt: readonly number[], length: number) {
  const description = JSON.parse(await readFile(join(path, "interface.json"), "utf8")) as ExportInterface;
  const { promptLength, tokens, graphs } = description;
  const [encoder, step] = await Promise.all(
    ["encoder.onnx", "decoder-step.onnx"].map((name) => InferenceSession.create(join(path, name))),
  );
  const ids = Int32Array.from({ length: promptLength }, (_, i) => prompt[i] ?? tokens.pad);
  const mask = Float32Array.from(ids, (_, i) => (i < prompt.length ? 1 : 0));
  const side = description.image.size;
  const memory = await encoder!.run({
    "prefix/images": new Tensor("float32", image, [1, side, side, 3]),
    "prefix/prefixTokens": new Tensor("int32", ids, [1, promptLength]),
    "prefix/prefixMask": new Tensor("float32", mask, [1, promptLength]),
  });
  const { inputs } = graphs["decoder-step.onnx"]!;
  let cache: Record<string, Tensor> = {};
  for (const { name, shape } of inputs.filter((input) => input.name.startsWith("cache/"))) {
    const size = (shape as number[]).reduce((product, each) => product * each, 1);
    cache[name] = new Tensor("float32", new Float32Array(size), shape as number[]);
  }
  const text: number[] = [];
  for (let token = tokens.start; text.length < length; ) {
    const results = await step!.run({
      ...memory,
      ...cache,
      "step/tokens": new Tensor("int32", Int32Array.of(token), [1]),
      "step/position": new Tensor("int32", Int32Array.of(text.length), []),
    });
    const logits = [...(results.logits!.data as Float32Array)].map((logit, id) => (id < 4 ? -Infinity : logit));
    token = logits.indexOf(Math.max(...logits));
    text.push(token);
    cache = Object.fromEntries(Object.keys(cache).map((name) => [name, results[`${name}:out`]!]));
  }
  return text;
}

describe.each([
  ["encoder–decoder", {}],
  ["decoder-only", decoderOnly],
] as const)("%s", (name, layout) => {
  const model = smallModel(layout);
  const length = 6;

  test("the exported files say what the model says", async () => {
    const path = join(folder, name);
    const report = await exportModel(model, path, { promptLength: 10, maxLength: 8 });
    expect(report.maxDifference).toBeLessThanOrEqual(1e-4);
    expect((await readdir(path)).sort()).toEqual(FILES);
    const decoding = { method: "greedy", minLength: length, maxLength: length } as const;
    const image = randomImage(createRandom(9));
    const captioner = createCaptioner(model, { prompt: "a dog", decoding });
    const [caption] = await captioner.caption([image]);
    const text = await captionWithFiles(path, image, model.tokenizer.encode("a dog"), length);
    expect(text).toEqual(caption!.generation.tokens);
  });

  test("weights are stored once, and the folder is a checkpoint", async () => {
    const path = join(folder, name);
    const sizes = await Promise.all(FILES.map(async (file) => (await stat(join(path, file))).size));
    const numbers = Object.values(model.weights).reduce((sum, { data }) => sum + data.length, 0);
    const [, , step, encoder, , weights] = sizes;
    expect(weights).toBeGreaterThan(4 * numbers);
    expect(encoder! + step!).toBeLessThan(4 * numbers);
    const opened = await openSimVLM(path);
    expect(opened.config).toEqual(model.config);
    expect((await opened.readWeights())["text.embedding"]).toEqual(model.weights["text.embedding"]);
  });
});

test("without a prompt, for several pictures, and again in the same place", async () => {
  const path = join(folder, "plain");
  const model = smallModel();
  await exportModel(model, path, { promptLength: 0, batch: 2 });
  await exportModel(model, path, { promptLength: 0, batch: 3 });
  const { graphs } = JSON.parse(await readFile(join(path, "interface.json"), "utf8")) as ExportInterface;
  expect(graphs["encoder.onnx"]!.inputs).toEqual([{ name: "prefix/images", type: "float32", shape: [3, 16, 16, 3] }]);
  expect(await readFile(join(path, "README.md"), "utf8")).toContain("| `logits` | float32 | 3 × 350 |");
});

test("files of other weights than the model's do not pass the check", async () => {
  const model = smallModel();
  const shapes = { batch: 1, promptLength: 4, maxLength: 8 };
  await exportModel(model, join(folder, "other"), shapes);
  const open = (name: string) => InferenceSession.create(join(folder, "other", name));
  const sessions = { encoder: await open("encoder.onnx"), step: await open("decoder-step.onnx") };
  const graphs = await compileGraphs(model.config, shapes, {});
  const check = (weights: typeof model.weights) =>
    checkExport(sessions, graphs, toNatives(weights), model.config, shapes);
  expect(await check(model.weights)).toBeLessThanOrEqual(1e-4);
  const norm = "decoder.norm.scale";
  const data = model.weights[norm]!.data.map((value) => value * 1.001);
  await expect(check({ ...model.weights, [norm]: { ...model.weights[norm]!, data } })).rejects.toMatchObject({
    code: "export-differs",
  });
});

test("a model that computes infinite numbers, or none, is not exported, and it is not called a bug", async () => {
  const { config, weights, tokenizer } = smallModel();
  const norm = "decoder.norm.scale";
  for (const [name, value] of Object.entries({ infinite: 1e38, none: Number.NaN })) {
    const data = weights[norm]!.data.map(() => value);
    const model = createSimVLM({
      ...{ config, tokenizer, source: "large", trained: true },
      weights: { ...weights, [norm]: { ...weights[norm]!, data } },
    });
    await expect(exportModel(model, join(folder, name))).rejects.toMatchObject({
      code: "not-finite-logits",
      message: expect.stringMatching(/^The model's logits are no numbers, or infinite/),
    });
    expect(await readdir(folder)).not.toContain(name);
  }
});

test("what cannot be written is refused, and what stands there stays", async () => {
  const model = smallModel();
  await writeFile(join(folder, "file"), "mine");
  await expect(exportModel(model, join(folder, "file", "out"))).rejects.toMatchObject({ code: "cannot-write" });
  await mkdir(join(folder, "photos"));
  await writeFile(join(folder, "photos", "one.txt"), "mine");
  await expect(exportModel(model, join(folder, "photos"))).rejects.toMatchObject({ code: "not-a-checkpoint" });
  expect(await readdir(join(folder, "photos"))).toEqual(["one.txt"]);
  await expect(exportModel(model, join(folder, "long"), { maxLength: 41 })).rejects.toMatchObject({
    code: "text-too-long",
  });
  expect((await readdir(folder)).filter((name) => name.startsWith(".") || name === "long")).toEqual([]);
});
