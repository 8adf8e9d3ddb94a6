import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addMetrics, bleu, documentFrequencies, explainCider, listMetrics, vqaAccuracy } from "@simvlm/metrics";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { explore } from "../../harness/attention/explore.js";
import { listChosen } from "../../harness/attention/word-attention.js";
import { requireFinite } from "../../harness/checkpoints/finite-weights.js";
import { openStoredWeights } from "../../harness/checkpoints/open-stored-weights.js";
import { replaceFolder } from "../../harness/checkpoints/replace-folder.js";
import { writeSafetensors } from "../../harness/checkpoints/safetensors.js";
import { requireFiniteLogits } from "../../harness/decoding/finite-logits.js";
import { decodeBySampling } from "../../harness/decoding/left-to-right.js";
import { checkOptions } from "../../harness/decoding/search-options.js";
import { resolveDecoding } from "../../harness/decoding/settings.js";
import { compile, NativeTensor } from "../../harness/engine/index.js";
import { selectBackend } from "../../harness/engine/select-backend.js";
import { addFamilies, openCheckpoint } from "../../harness/models/family-registry.js";
import { simvlmFamily } from "../../harness/models/simvlm/simvlm-family.js";
import { withWeights } from "../../harness/models/weight-precision.js";
import { createRandom } from "../../harness/random.js";
import { requireTrainable } from "../../harness/training/pretraining.js";
import { editJson } from "../broken-folders.js";
import { project, Scratch } from "../harness/cli/run-cli.js";
import { batchOf } from "../harness/models/simvlm/tiny.js";
import { advice, cli } from "./advice.js";

const scratch = new Scratch();
const CAPTION = "fixtures/checkpoints/caption";
const beach = "fixtures/images/beach.jpg";
const out = (name: string) => scratch.at(name);

/** A copy of a model's folder, changed. */
function copyOf(folder: string, change: (at: (name: string) => string) => void): string {
  const copy = out("copy");
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(project, folder), copy, { recursive: true });
  change((name) => join(copy, name));
  return copy;
}
const whole = (folder: string) => copyOf(folder, () => {});

const mark = (folder: string) =>
  replaceFolder(out(folder), "config.json", async (draft) => writeFileSync(join(draft, "config.json"), "{}"));

function folderWith(name: string, ...files: string[]): string {
  rmSync(out(name), { recursive: true, force: true });
  mkdirSync(out(name), { recursive: true });
  for (const file of files) writeFileSync(join(out(name), file), "mine");
  return name;
}

export const CHECKPOINTS = [
  advice(
    "Fetch it again, or go back to an earlier state.",
    () => requireFinite(Float32Array.of(1, Number.NaN), "w", "a.safetensors"),
    () => requireFinite(Float32Array.of(1, 2), "w", "a.safetensors"),
  ),
  advice(
    "is cut off; fetch it again",
    () =>
      openStoredWeights(
        copyOf(CAPTION, (at) =>
          writeFileSync(at("model.safetensors"), readFileSync(at("model.safetensors")).subarray(0, -1000)),
        ),
      ),
    async () => (await openStoredWeights(whole(CAPTION))).close(),
  ),
  advice(
    "it is empty: the file is cut off; fetch it again",
    () => openStoredWeights(copyOf(CAPTION, (at) => writeFileSync(at("model.safetensors"), ""))),
    async () => (await openStoredWeights(whole(CAPTION))).close(),
  ),
  advice(
    "it is a web page, saved in its place: fetch it again",
    () => openStoredWeights(copyOf(CAPTION, (at) => writeFileSync(at("model.safetensors"), "<!doctype html>"))),
    async () => (await openStoredWeights(whole(CAPTION))).close(),
  ),
  advice(
    "… has no weights: there is none of …. Download it again.",
    () => openStoredWeights(copyOf(CAPTION, (at) => rmSync(at("model.safetensors")))),
    async () => (await openStoredWeights(whole(CAPTION))).close(),
  ),
  advice(
    "… is not an index of weights that this program can read: …. Download it and its files again.",
    () =>
      openStoredWeights(
        copyOf("fixtures/captioners/git-vqa", (at) => writeFileSync(at("model.safetensors.index.json"), "{}")),
      ),
    async () => (await openStoredWeights(whole("fixtures/captioners/git-vqa"))).close(),
  ),
  advice(
    "… exists and has no …, so it is not replaced. Choose another name.",
    () => mark(folderWith("photos", "a.jpg")),
    () => mark("fresh"),
  ),
  advice(
    "which would be lost if it were replaced. Move it away, or choose another name.",
    () => mark(folderWith("old", "config.json", "notes.txt")),
    async () => {
      rmSync(join(out("old"), "notes.txt"));
      await mark("old");
      await mark("new");
    },
  ),
  advice(
    "not match the config. Use the config they were made with.",
    () => openCheckpoint(copyOf(CAPTION, (at) => editJson(at("config.json"), { width: 64, heads: 2 }))),
    () => openCheckpoint(whole(CAPTION)),
  ),
  advice(
    "which … does not hold. Store the weights as ….",
    () => writeSafetensors(out("a"), { w: { shape: [1], data: Float32Array.of(1e6) } }, { dtype: "F16" }),
    async () => {
      await writeSafetensors(out("a"), { w: { shape: [1], data: Float32Array.of(1e6) } }, { dtype: "F32" });
      await writeSafetensors(out("a"), { w: { shape: [1], data: Float32Array.of(1e6) } }, { dtype: "BF16" });
    },
  ),
  advice(
    "it is not the tokenizer that this model was trained with. Put the right one in its place.",
    () => openCheckpoint(copyOf(CAPTION, (at) => cpSync("harness/assets/tokenizer.json", at("tokenizer.json")))),
    () => openCheckpoint(whole(CAPTION)),
  ),
  advice(
    "but the model of … takes … × …. Put the right one in its place.",
    () =>
      openCheckpoint(
        copyOf("fixtures/captioners/git", (at) =>
          editJson(at("preprocessor_config.json"), { crop_size: { height: 96, width: 96 } }),
        ),
      ),
    () => openCheckpoint(whole("fixtures/captioners/git")),
  ),
  advice(
    "… is a CLIP, which scores how well captions fit pictures and writes none. Name a captioner's folder.",
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/clip"),
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/git"),
  ),
];

const git = () => openCheckpoint("fixtures/captioners/git");
const record = { layers: 2, heads: 4 };
const sampled = { start: 0, end: 2, maxLength: 2 };
const decoder = {
  vocabularySize: 4,
  countExamples: () => 1,
  encode: async () => ({ step: async () => Float32Array.of(0, 1, 5, 2), dispose() {} }),
};

export const MODELS = [
  advice(
    "Weights in eight bits are for the CPU",
    async () => withWeights(await openCheckpoint(CAPTION), "int8", "webgpu"),
    async () => {
      await withWeights(await openCheckpoint(CAPTION), "int8");
      await withWeights(await openCheckpoint(CAPTION), "float32", "webgpu");
    },
  ),
  advice(
    "was opened with weights in eight bits, which cannot be trained",
    async () => requireTrainable(await openCheckpoint(CAPTION, { weights: "int8" })),
    async () => {
      const model = await openCheckpoint(CAPTION);
      requireTrainable(model);
      await withWeights(model, "int8");
    },
  ),
  advice(
    "There is no picture to show attention on. Give a file or its bytes.",
    async () => explore(await git(), untyped("null")),
    async () => explore(await git(), beach),
  ),
  advice(
    "but attention is shown on one. Explore each by itself.",
    async () => explore(await git(), untyped(JSON.stringify([beach, beach]))),
    async () => {
      for (const picture of [beach, beach]) await explore(await git(), picture);
    },
  ),
  advice(
    "the decoder has …, 0 to …. Give one of them, or mean.",
    () => listChosen(record, { layer: 2 }),
    () => [listChosen(record, { layer: 1 }), listChosen(record, { layer: "mean" })],
  ),
  advice(
    "… are no numbers, or infinite (NaN, Infinity): the model's weights are damaged, or the machine computes wrongly. Check the model, and what computes it.",
    () => requireFiniteLogits([Number.NaN], "The logits"),
    () => cli("inspect", CAPTION),
  ),
  advice(
    "randoms has … streams for … examples; give one for each.",
    () => decodeBySampling(decoder, undefined, { ...sampled, randoms: [] }),
    () => decodeBySampling(decoder, undefined, { ...sampled, randoms: [createRandom(1)] }),
  ),
  advice(
    "forced has … prefixes for … examples; give one for each, or a single one.",
    () => checkOptions({ ...sampled, forced: [[1], [1]] }, 3),
    () => [checkOptions({ ...sampled, forced: [[1], [1], [1]] }, 3), checkOptions({ ...sampled, forced: [1] }, 3)],
  ),
  advice(
    'search is "…", a beam search, but the method is "…"; leave one of them out.',
    () => resolveDecoding({ asked: { method: "sample", search: "git" } }),
    () => [
      resolveDecoding({ asked: { method: "sample" } }),
      resolveDecoding({ asked: { method: "beam", search: "git" } }),
    ],
  ),
  advice(
    "choose that search, or leave it out.",
    () => cli("caption", beach, "--checkpoint", CAPTION, "--early-stopping", "true"),
    () => cli("caption", beach, "--checkpoint", CAPTION, "--early-stopping", "true", "--search", "transformers"),
  ),
  advice(
    'repetitionPenalty is nothing that the beam search "git" knows; choose another search or method.',
    () => cli("caption", beach, "--checkpoint", CAPTION, "--search", "git", "--repetition-penalty", "1.2"),
    () => cli("caption", beach, "--checkpoint", CAPTION, "--greedy", "--repetition-penalty", "1.2"),
  ),
  advice(
    "There is already a family of models called …. Give the new one another name.",
    () => addFamilies([{ ...simvlmFamily }]),
    () => addFamilies([{ ...simvlmFamily, name: "another", recognizes: () => false }]),
  ),
  advice(
    "its pictures are always turned upright. Leave the choice out.",
    () => cli("caption", beach, "--checkpoint", CAPTION, "--preprocessing", "reference"),
    () => cli("caption", beach, "--checkpoint", CAPTION),
  ),
  advice(
    "but the model has … text positions. Shorten it, or lower maxLength.",
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/git", "--max-length", "5000"),
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/git", "--max-length", "5"),
  ),
  advice(
    "A text of … tokens, but the model has … text positions. Shorten it, or lower maxLength.",
    () => cli("caption", beach, "--checkpoint", CAPTION, "--max-length", "5000"),
    () => cli("caption", beach, "--checkpoint", CAPTION, "--max-length", "5"),
  ),
  advice(
    "A question of … tokens, but the model reads …. Shorten it.",
    () =>
      cli("caption", beach, "--checkpoint", "fixtures/captioners/blip-vqa", "--prompt", "what is this ".repeat(200)),
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/blip-vqa", "--prompt", "what is this"),
  ),
  advice(
    "The model has … text positions, fewer than …. Ask for less.",
    () => cli("export", "fixtures/captioners/git", "--out", out("exported"), "--max-length", "5000"),
    () => cli("export", "fixtures/captioners/git", "--out", out("exported"), "--max-length", "4"),
  ),
  advice(
    "give it a question as its prompt.",
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/blip-vqa"),
    () => cli("caption", beach, "--checkpoint", "fixtures/captioners/blip-vqa", "--prompt", "what is this"),
  ),
  advice(
    "has an empty text, which leaves nothing to predict; leave it out.",
    () => batchOf([{ text: [3, 4] }, { text: [] }]),
    () => batchOf([{ text: [3, 4] }]),
  ),
  advice(
    "Name a trained model with --checkpoint DIR.",
    () => cli("caption", beach),
    () => cli("caption", beach, "--checkpoint", CAPTION),
  ),
  advice(
    "Name a trained model's folder instead of the preset.",
    () => cli("export", "toy", "--out", out("random")),
    () => cli("export", CAPTION, "--out", out("trained")),
  ),
  advice(
    "--out … is inside the checkpoint …: choose another folder.",
    () => cli("export", CAPTION, "--out", `${CAPTION}/exported`),
    () => cli("export", CAPTION, "--out", out("trained")),
  ),
];

const negate = (x: tf.Tensor) => tf.neg(x);
const numbers = (...values: number[]) => NativeTensor.of(Float32Array.from(values), [values.length]);

export const ENGINE = [
  advice(
    "but the function was compiled for … […]. Compile it for this shape, or change what is passed.",
    async () => (await compile(negate, { shape: [3] })).run(numbers(1, 2)),
    async () => {
      await (await compile(negate, { shape: [2] })).run(numbers(1, 2));
      await (await compile(negate, { shape: [3] })).run(numbers(1, 2, 3));
    },
  ),
  advice(
    "Compute with tensor operations instead, or pass what is read as an argument.",
    () => compile((x: tf.Tensor) => tf.mul(x, x.dataSync()[0]!), { shape: [3] }),
    () => compile((x: tf.Tensor) => tf.mul(x, tf.slice(x, [0], [1])), { shape: [3] }),
  ),
  advice(
    "Write it with mapped operations (docs/engine.md lists them) or map it in harness/engine/kernels.",
    () => compile((x: tf.Tensor) => tf.cumprod(x), { shape: [3] }),
    () => compile((x: tf.Tensor) => tf.exp(tf.cumsum(tf.log(x))), { shape: [3] }),
  ),
  advice(
    "set SIMVLM_BACKEND to one of these, or leave it unset for the fastest.",
    () => selectBackend({ backend: "abacus", print: () => {} }),
    async () => {
      await selectBackend({ backend: "cpu", print: () => {} });
      await selectBackend({ print: () => {} });
    },
  ),
];

/** What a notebook's cell may pass whatever the types say. */
const untyped = (json: string) => JSON.parse(json);

export const METRICS = [
  advice(
    "There is a metric … already: give the new one another name.",
    () => addMetrics([{ ...listMetrics()[0]! }]),
    () => addMetrics([{ ...listMetrics()[0]!, name: "another", title: "Another" }]),
  ),
  advice(
    "example … has no references: give it at least one, or leave it out",
    () => bleu(["a dog", "a cat"], [["a dog"], []]),
    () => [bleu(["a dog", "a cat"], [["a dog"], ["a cat"]]), bleu(["a dog"], [["a dog"]])],
  ),
  advice(
    "A single image always has CIDEr 0: give documentFrequency, made from all references with documentFrequencies(…).",
    () => explainCider("a dog", ["a dog"], untyped("{}")),
    () => explainCider("a dog", ["a dog"], { documentFrequency: documentFrequencies([["a dog"], ["a cat"]]) }),
  ),
  advice(
    "There are … … but … …: give as many of the one as of the other.",
    () => bleu(["a dog"], [["a dog"], ["a cat"]]),
    () => bleu(["a dog", "a cat"], [["a dog"], ["a cat"]]),
  ),
  advice(
    "question … has no answers: give it at least one, or leave it out",
    () => vqaAccuracy(["dog"], [{ answers: [] }]),
    () => vqaAccuracy(["dog"], [{ answers: [{ answer: "dog" }] }]),
  ),
];
