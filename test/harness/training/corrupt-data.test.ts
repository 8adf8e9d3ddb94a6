import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createRandom } from "../../../harness/random.js";
import { captionTask } from "../../../harness/tasks/caption-task.js";
import { completeSettings } from "../../../harness/tasks/task.js";
import { loadFinetuningData } from "../../../harness/training/finetuning-data.js";
import { openPretrainingBatches, type PretrainingBatchOptions } from "../../../harness/training/pretraining-batches.js";
import { Scratch } from "../cli/run-cli.js";
import { freshBlink, writeToybox } from "./small-world.js";

async function open(change: (bytes: Buffer) => Buffer, maxFaultRate = 1) {
  const scratch = new Scratch();
  const toybox = await writeToybox(scratch, ["web"], 20);
  const folder = scratch.at("changed");
  mkdirSync(folder);
  const tar = join(folder, "train-00000.tar");
  writeFileSync(tar, change(readFileSync(join(toybox, "web/train-00000.tar"))));
  const documents = scratch.write("train.json.gz", gzipSync('{"text":"a dog"}\n{"text":3}\n{"text":"a cat"}\n'));
  const faults: string[] = [];
  const model = freshBlink();
  const options: PretrainingBatchOptions = {
    ...{ batcher: model.trainable!.pretraining!, random: createRandom(2), pairs: 4, documents: 2, accumulate: 1 },
    ...{ prefixLength: 8, suffixLength: 8, wholeSuffix: 0, minCrop: 0.8, bufferSize: 4, maxFaultRate },
    onFault: (where, problem) => faults.push(`${where}: ${problem}`),
    signal: new AbortController().signal,
  };
  const source = await openPretrainingBatches({ pairs: [tar], documents: [documents] }, model, options);
  return { source, faults };
}

/** Overwrites the middle of the n-th JPEG. */
function spoil(bytes: Buffer, count: number): Buffer {
  const changed = Buffer.from(bytes);
  let at = 0;
  for (let i = 0; i < count; i++) {
    at = changed.indexOf(Buffer.from([0xff, 0xd8, 0xff]), at + 1);
    changed.fill(0, at, at + 600);
  }
  return changed;
}

test("broken pictures and bad lines are named, counted and replaced by the next", async () => {
  const { source, faults } = await open((bytes) => spoil(bytes, 3));
  const ids: string[] = [];
  let seen = 0;
  for (let step = 1; step <= 4; step++) {
    const batch = await source.next(step);
    expect(batch.ids).toHaveLength(6);
    expect(batch.parts[0]!.batch.images).toMatchObject({ shape: [4, 32, 32, 3] });
    ids.push(...batch.ids);
    seen = batch.faults;
  }
  expect(faults.filter((fault) => fault.includes(".tar: 00000000"))).toHaveLength(3);
  expect(faults.some((fault) => fault.includes("line 2: no text"))).toBe(true);
  for (const fault of faults) expect(fault.split("00000.tar").length, fault).toBeLessThan(3);
  expect(seen).toBe(faults.length);
  expect(new Set(ids.filter((id) => id.includes(".tar"))).size).toBeGreaterThan(8);
});

test("an archive that breaks off gives what it has, pass after pass", async () => {
  const { source, faults } = await open((bytes) => bytes.subarray(0, bytes.length / 2));
  for (let step = 1; step <= 4; step++) await source.next(step);
  expect(faults.some((fault) => /archive is broken|without text/.test(fault))).toBe(true);
});

test("nothing but broken pictures ends with the rate, not in an endless search", async () => {
  const { source } = await open((bytes) => spoil(bytes, 20), 0.05);
  await expect(source.next(1)).rejects.toMatchObject({ code: "too-many-faults" });
});

test("a validation split that is not there is passed over, one that is broken is not", async () => {
  const scratch = new Scratch();
  cpSync(join(await writeToybox(scratch, ["captions"], 2), "captions"), scratch.at("captions"), { recursive: true });
  const settings = completeSettings(captionTask, { split: "train" });
  const load = () => loadFinetuningData(captionTask, scratch.at("captions"), settings);
  expect((await load()).validation?.examples.length).toBeGreaterThan(0);
  writeFileSync(scratch.at("captions/val.json"), '{"images": [');
  await expect(load()).rejects.toMatchObject({ code: "not-json", message: expect.stringContaining("val.json") });
  const names = readdirSync(scratch.at("captions")).filter((name) => /\bval\b/.test(name));
  for (const name of names) rmSync(scratch.at(`captions/${name}`), { recursive: true });
  expect((await load()).validation).toBeUndefined();
});

test("examples that name no picture are not learnt blindly, unless that is asked for", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  const images = Array.from({ length: 12 }, (_, i) => ({ id: i + 1, ...(i === 0 && { file_name: "1.jpg" }) }));
  const annotations = images.map(({ id }) => ({ image_id: id, caption: "a dog" }));
  scratch.write("data/train.json", { images, annotations });
  const load = (modality: "image" | "none") =>
    loadFinetuningData(captionTask, scratch.at("data"), completeSettings(captionTask, { split: "train", modality }));
  await expect(load("image")).rejects.toMatchObject({
    code: "no-picture",
    message: expect.stringMatching(/Of 12 .* 11 name no picture: 2, 3, .*, 11, … \(11 in all\)/),
  });
  expect((await load("none")).train.examples).toHaveLength(12);
});
