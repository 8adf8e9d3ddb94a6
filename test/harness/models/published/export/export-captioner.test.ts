import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { openCheckpoint } from "../../../../../harness/models/family-registry.js";
import { captionGraphs } from "../../../../../harness/models/published/export/caption-graphs.js";
import { writeCheckedGraphs } from "../../../../../harness/models/published/export/check-captions.js";
import type { CaptionInterface } from "../../../../../harness/models/published/export/describe-captions.js";
import type { PublishedModel } from "../../../../../harness/models/published/published-model.js";
import { describeExports } from "../../../../captioners/exports.js";
import { ownCaptioners, readPixels } from "../../../../captioners/golden.js";
import { runCli, Scratch } from "../../../cli/run-cli.js";

const scratch = new Scratch();
const captioners = ownCaptioners().filter((captioner) => captioner.cases().length > 0);

describeExports(captioners);

test("graphs of other weights than the model's do not pass the check, and nothing appears", async () => {
  const { checkpoint } = captioners.find(({ name }) => name === "git")!;
  const model = (await openCheckpoint(checkpoint)) as PublishedModel;
  const folder = scratch.at("other");
  mkdirSync(folder);
  const shapes = { batch: 1, promptLength: 0, maxLength: 8 };
  const zeros = Object.fromEntries(
    Object.entries(model.network.shapes).map(([weight, shape]) => {
      return [`weights/${weight}`, new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(0.5)];
    }),
  );
  const graphs = captionGraphs(model.network, model.weights, shapes, {});
  const write = writeCheckedGraphs(folder, graphs, model.network, shapes, async (name, graph) => {
    writeFileSync(join(folder, name), graph.toOnnx({ external: zeros }));
  });
  await expect(write).rejects.toMatchObject({ code: "export-differs" });
});

test("several pictures at once, each with its own text", async () => {
  const captioner = captioners.find(({ name }) => name === "git")!;
  const out = scratch.at("two");
  expect((await runCli("export", captioner.checkpoint, "--out", out, "--batch", "2")).code).toBe(0);
  const { image, graphs } = JSON.parse(readFileSync(join(out, "interface.json"), "utf8")) as CaptionInterface;
  const { size } = image.framing;
  expect(graphs["encoder.onnx"]!.inputs).toEqual([{ name: "images", type: "float32", shape: [2, size, size, 3] }]);
  const session = await InferenceSession.create(join(out, "encoder.onnx"));
  const [photo] = captioner.tensors("pixels.safetensors").keys();
  const pixels = readPixels(captioner, photo!);
  const both = new Float32Array(2 * pixels.length);
  both.set(pixels);
  both.set(pixels.slice().reverse(), pixels.length);
  const results = await session.run({ images: new Tensor("float32", both, [2, size, size, 3]) });
  const [first] = Object.values(results);
  expect(first!.dims[0]).toBe(2);
});

test.each([
  ["text-too-long", "git", ["--max-length", "4000"]],
  ["bad-option", "blip-vqa", ["--prompt-length", "2"]],
])("what cannot be exported is refused: %s", async (_, name, more) => {
  const { checkpoint } = captioners.find((each) => each.name === name)!;
  const { code, stdout, stderr } = await runCli("export", checkpoint, "--out", scratch.at("refused"), ...more);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/text positions|answers questions/);
  expect(scratch.list()).not.toContain("refused");
});
