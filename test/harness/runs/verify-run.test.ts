import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import { expect, test } from "vitest";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { createFilePredictor } from "../../../harness/sources/predictions-file.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, complete, fakePredictor, open, writeCaptions } from "./world.js";

/** A finished run of a predictions file, with intervals. */
async function world(): Promise<Scratch> {
  const scratch = new Scratch();
  const folder = writeCaptions(scratch);
  const results = CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption: `${caption} now` }));
  const sourcePath = scratch.write("theirs.json", results);
  const task = findTask("caption");
  const settings = { split: "test", modality: "image", answer: "generate", language: "en", swapImages: false } as const;
  const data = await task.load(folder, settings);
  const run = await open(scratch, { predictor: await createFilePredictor(sourcePath, task, data), sourcePath });
  await run.predict();
  await run.finish({ intervals: { ...RESAMPLING_DEFAULTS, resamples: 50 } });
  await run.close();
  return scratch;
}

function edit<T extends object>(scratch: Scratch, name: string, change: (value: T) => void): void {
  const value = scratch.readJson<T>(name);
  change(value);
  scratch.write(name, value);
}

test("a run is what it says, wherever it is looked at from", async () => {
  const scratch = await world();
  const found = await verifyRun(scratch.at("run"));
  expect(found).toMatchObject({ differences: [], notes: [] });
  expect(found.confirmed).toEqual(["data", "predictions file", "predictions", "results", "scores"]);
  mkdirSync(scratch.at("elsewhere"));
  for (const name of ["run", "data", "theirs.json"]) renameSync(scratch.at(name), scratch.at(`elsewhere/${name}`));
  expect(await verifyRun(scratch.at("elsewhere/run"))).toMatchObject({ differences: [], notes: [] });
});

test.each<[string, (scratch: Scratch) => void, RegExp[]]>([
  [
    "another number",
    (scratch) => edit<{ scores: { CIDEr: number } }>(scratch, "run/scores.json", ({ scores }) => scores.CIDEr++),
    [/^scores\.json \(scores\.CIDEr: [\d.]+, now [\d.]+\)$/],
  ],
  [
    "another bound of an interval",
    (scratch) =>
      edit<{ intervals: { CIDEr: { low: number } } }>(scratch, "run/scores.json", ({ intervals }) => {
        intervals.CIDEr.low -= 1e-9;
      }),
    [/intervals\.CIDEr\.low/],
  ],
  [
    "another prediction",
    (scratch) => {
      const path = scratch.at("run/predictions.jsonl");
      writeFileSync(path, readFileSync(path, "utf8").replace("green apple", "red apple"));
    },
    [/^results\.json does not follow from predictions\.jsonl$/, /^scores\.json \(scores\.Bleu_1/],
  ],
  [
    "a line removed",
    (scratch) => {
      const path = scratch.at("run/predictions.jsonl");
      writeFileSync(path, readFileSync(path, "utf8").replace(/^.*\n/, ""));
    },
    [/lacks 101/, /^results\.json/, /^scores\.json \(examples: 7, now 6/, /^metricSignatures .*\|missing:1/],
  ],
  [
    "a line torn",
    (scratch) => {
      const path = scratch.at("run/predictions.jsonl");
      writeFileSync(path, `${readFileSync(path, "utf8")}{"id`);
    },
    [/in the middle of a line/],
  ],
  [
    "another reference",
    (scratch) => {
      const path = scratch.at("data/test.json");
      writeFileSync(path, readFileSync(path, "utf8").replace("green apple", "red apple"));
    },
    [/^data of .*data \(files\.0\.sha256: .*\)$/, /^scores\.json/],
  ],
  ["data that are no data", (scratch) => scratch.write("data/test.json", "{"), [/^data: .*not JSON/]],
  ["data removed", (scratch) => rmSync(scratch.at("data/test.json")), [/^data: .*no file of the split test/]],
  ["another source", (scratch) => scratch.write("theirs.json", []), [/^.*theirs\.json \(sha256: .*\)$/]],
  ["no scores", (scratch) => rmSync(scratch.at("run/scores.json")), [/^there is no scores\.json$/]],
  ["no results", (scratch) => rmSync(scratch.at("run/results.json")), [/^results: /]],
  [
    "another signature",
    (scratch) =>
      edit<Manifest>(scratch, "run/manifest.json", ({ metricSignatures }) => {
        metricSignatures!.BLEU = "BLEU|tok:none";
      }),
    [/^metricSignatures \(BLEU: "BLEU\|tok:none", now/],
  ],
  [
    "other ids",
    (scratch) =>
      edit<Manifest>(scratch, "run/manifest.json", ({ data }) => {
        data.idsSha256 = "0".repeat(64);
      }),
    [/idsSha256/],
  ],
])("it is found: %s", async (changed, tamper, messages) => {
  const scratch = await world();
  tamper(scratch);
  const { confirmed, differences } = await verifyRun(scratch.at("run"));
  expect(differences).toEqual(messages.map((message) => expect.stringMatching(message)));
  const isLogWhole = !["another prediction", "a line removed", "a line torn"].includes(changed);
  expect(confirmed.includes("predictions")).toBe(isLogWhole);
});

test("a source that is gone is a note; data that are gone must be named", async () => {
  const scratch = await world();
  rmSync(scratch.at("theirs.json"));
  renameSync(scratch.at("data"), scratch.at("moved"));
  await expect(verifyRun(scratch.at("run"))).rejects.toMatchObject({
    code: "missing-data",
    message: expect.stringMatching(/cannot be found: \S+ does not exist\. Say where they are\./),
  });
  const found = await verifyRun(scratch.at("run"), scratch.at("moved"));
  expect(found).toMatchObject({ differences: [], notes: [expect.stringContaining("theirs.json")] });
});

test("a run that was stopped is not what it says; a shard and a limited run are", async () => {
  const scratch = await world();
  const stopped = await open(scratch, { folder: scratch.at("stopped") });
  await stopped.close();
  expect((await verifyRun(scratch.at("stopped"))).differences[0]).toMatch(/lacks 101, .*stopped/);
  for (const part of [{ shard: { index: 2, of: 2 } }, { limit: 3 }]) {
    const folder = scratch.at(Object.keys(part)[0]!);
    await complete(await open(scratch, { folder, ...part, predictor: fakePredictor({ broken: ["102"] }) }));
    expect((await verifyRun(folder)).differences).toEqual([]);
  }
});

test("scores of a failed example are missing, and that is verified too", async () => {
  const scratch = await world();
  const folder = scratch.at("failed");
  await complete(await open(scratch, { folder, predictor: fakePredictor({ broken: ["102"] }) }));
  expect((await verifyRun(folder)).differences).toEqual([]);
  edit<{ missing: ScoreReport["missing"] }>(scratch, "failed/scores.json", (report) => {
    report.missing = 0;
  });
  expect((await verifyRun(folder)).differences).toEqual([expect.stringContaining("missing: 0, now 1")]);
});

/** Every value without parts, with what sets it to another. */
function listLeaves(value: object): { path: string; change: () => void }[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0) {
      return listLeaves(inner).map(({ path, change }) => ({ path: `${key}.${path}`, change }));
    }
    const other = typeof inner === "number" ? inner + 1 : typeof inner === "boolean" ? !inner : `${inner}x`;
    return [{ path: key, change: () => Object.assign(value, { [key]: other }) }];
  });
}

const verifyOrRefuse = (scratch: Scratch) =>
  verifyRun(scratch.at("run")).then(
    ({ differences }) => differences,
    (error: unknown) => [String(error)],
  );

test("whatever is changed in a finished run is found: every field of manifest, scores and seal", async () => {
  const scratch = await world();
  expect(await verifyOrRefuse(scratch)).toEqual([]);
  for (const name of ["run/manifest.json", "run/scores.json", "run/seal.json"]) {
    const kept = readFileSync(scratch.at(name), "utf8");
    for (const { path } of listLeaves(JSON.parse(kept))) {
      const changed = JSON.parse(kept);
      listLeaves(changed)
        .find((leaf) => leaf.path === path)!
        .change();
      scratch.write(name, changed);
      expect(await verifyOrRefuse(scratch), `${name}: ${path}`).not.toEqual([]);
    }
    scratch.write(name, { ...JSON.parse(kept), further: "CIDEr 9.87" });
    expect(await verifyOrRefuse(scratch), `${name}: a further field`).not.toEqual([]);
    writeFileSync(scratch.at(name), kept);
  }
  expect(await verifyOrRefuse(scratch)).toEqual([]);
});

test("changed log-probabilities are found, and a seal that was removed", async () => {
  const scratch = new Scratch();
  writeCaptions(scratch);
  await complete(await open(scratch));
  const log = readFileSync(scratch.at("run/predictions.jsonl"), "utf8");
  scratch.write("run/predictions.jsonl", log.replace('"logProbability":-0.5', '"logProbability":-0.25'));
  expect(await verifyOrRefuse(scratch)).toEqual(["predictions.jsonl was changed after the run was finished"]);
  scratch.write("run/predictions.jsonl", log);
  rmSync(scratch.at("run/seal.json"));
  expect(await verifyOrRefuse(scratch)).toEqual(["there is no seal.json"]);
});

test("a run that is continued after its end has a seal of what it is then", async () => {
  const scratch = new Scratch();
  writeCaptions(scratch);
  await complete(await open(scratch, { predictor: fakePredictor({ broken: ["103"] }) }));
  await complete(await open(scratch));
  expect(await verifyOrRefuse(scratch)).toEqual([]);
});
