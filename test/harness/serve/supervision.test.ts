import { mkdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hashText } from "../../../harness/files/hash.js";
import { type Manifest, readManifest } from "../../../harness/runs/manifest.js";
import { tellSupervision } from "../../../harness/serve/supervision.js";
import { project, Scratch } from "../cli/run-cli.js";

/** A run's manifest that says it was made with a checkpoint beside it, of this recipe. */
async function manifestOf(recipe: string, more: Partial<Manifest> = {}): Promise<[string, Manifest]> {
  const scratch = new Scratch();
  mkdirSync(scratch.at("model"));
  scratch.write("model/recipe.json", recipe);
  const kept = await readManifest(`${project}fixtures/kept/zero-shot`);
  const source = { kind: "model", hashes: { files: { "recipe.json": hashText(recipe) } } };
  return [scratch.path, { ...kept, label: "base", source, sourceAt: { folder: "nowhere", fromRun: "model" }, ...more }];
}

const PRETRAINED = readFileSync(`${project}fixtures/checkpoints/pretrained/recipe.json`, "utf8");
const TAUGHT = readFileSync(`${project}fixtures/checkpoints/caption/recipe.json`, "utf8");

test("the recipe of the checkpoint says it, whatever the run is called", async () => {
  expect(await tellSupervision(...(await manifestOf(PRETRAINED, { label: "supervised" })))).toBe("zero-shot");
  expect(await tellSupervision(...(await manifestOf(TAUGHT, { label: "zero-shot" })))).toBe("supervised");
});

test("who was taught another task was not taught this one", async () => {
  expect(await tellSupervision(...(await manifestOf(TAUGHT, { task: "vqa" })))).toBe("zero-shot");
});

test("a recipe that is another now says nothing", async () => {
  const [folder, manifest] = await manifestOf(TAUGHT);
  const source = { ...manifest.source, hashes: { files: { "recipe.json": hashText("another") } } };
  expect(await tellSupervision(folder, { ...manifest, source })).toBe("not known");
});

test.each(["{", "[]", '{"kind": 3}', "not JSON"])("a recipe that is none (%s) says nothing", async (recipe) => {
  expect(await tellSupervision(...(await manifestOf(recipe)))).toBe("not known");
});

test.each([
  ["Zero-Shot, base", "zero-shot"],
  ["zeroshot", "zero-shot"],
  ["fine_tuned 8k", "supervised"],
  ["Supervised", "supervised"],
  ["unsupervised", "not known"],
  ["base", "not known"],
])("without a checkpoint of ours, the label “%s” says %s", async (label, supervision) => {
  const [folder, { sourceAt: _, ...manifest }] = await manifestOf("", { label, source: { kind: "predictions" } });
  expect(await tellSupervision(folder, manifest)).toBe(supervision);
});
