import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { SimvlmError } from "@simvlm/metrics";
import { expect, test } from "vitest";
import { readManifest } from "../../../harness/runs/manifest.js";
import { readLog } from "../../../harness/runs/predictions-log.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import type { Outcome } from "../../../harness/tasks/prediction.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import type { TaskExample } from "../../../harness/tasks/task.js";
import { VERSION } from "../../../metrics/metric.js";
import { tinyJpeg } from "../../tiny-jpeg.js";
import { runCli, Scratch } from "../cli/run-cli.js";
import { CAPTIONS, complete, fakePredictor, type Opening, open, writeCaptions } from "./world.js";

function world(): Scratch {
  const scratch = new Scratch();
  writeCaptions(scratch);
  return scratch;
}

const IDS = CAPTIONS.map((_, i) => String(101 + i));

test("a run is predictions, results, scores by domain, and what it was made of", async () => {
  const scratch = world();
  const { report } = await complete(
    await open(scratch, { label: "ours", predictor: fakePredictor({ decoding: { method: "beam" } }) }),
  );
  expect(readdirSync(scratch.at("run")).sort()).toEqual([
    "manifest.json",
    "predictions.jsonl",
    "results.json",
    "scores.json",
    "seal.json",
  ]);
  const [first] = readFileSync(scratch.at("run/predictions.jsonl"), "utf8").split("\n");
  expect(JSON.parse(first!)).toEqual({ id: "101", prediction: CAPTIONS[0], logProbability: -0.5 });
  expect(scratch.readJson<object[]>("run/results.json")[1]).toEqual({ image_id: 102, caption: CAPTIONS[1] });
  expect(report).toMatchObject({ task: "caption", examples: 7, scores: { Bleu_4: expect.closeTo(1, 6) } });
  expect(Object.keys(report!.byDomain!)).toEqual(["in-domain", "near-domain", "out-domain"]);
  const manifest = await readManifest(scratch.at("run"));
  expect(manifest).toMatchObject({
    format: 1,
    label: "ours",
    task: "caption",
    settings: { split: "test", modality: "image" },
    code: { version: VERSION },
    source: { kind: "fake" },
    decoding: { method: "beam" },
    data: { folder: scratch.at("data"), fromRun: "../data", examples: 7, references: "test.json" },
    comparable: true,
    failed: 0,
  });
  expect(manifest.data.files).toEqual([{ path: "test.json", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  expect(manifest.packages).toHaveProperty("onnxruntime-node");
  expect(Object.keys(manifest.metricSignatures!)).toEqual(["BLEU", "CIDEr", "ROUGE-L"]);
});

test("scores.json is what `simvlm score --json` writes", async () => {
  const scratch = world();
  const broken = ["103"];
  await complete(await open(scratch, { predictor: fakePredictor({ broken }) }));
  const files = ["--references", scratch.at("data/test.json"), "--predictions", scratch.at("run/results.json")];
  const flags = ["--by-domain", "--allow-missing", "--json", scratch.at("scores.json")];
  expect((await runCli("score", "--task", "caption", ...files, ...flags)).code).toBe(0);
  expect(scratch.readJson("run/scores.json")).toEqual(scratch.readJson("scores.json"));
  expect(scratch.readJson<ScoreReport>("scores.json").missing).toBe(1);
});

test("wherever the writing was cut off, the run goes on and ends the same", async () => {
  const scratch = world();
  await complete(await open(scratch, { predictor: fakePredictor({ description: { kind: "fake", ä: "ü" } }) }));
  const whole = readFileSync(scratch.at("run/predictions.jsonl"));
  const scores = readFileSync(scratch.at("run/scores.json"), "utf8");
  const { metricSignatures: _, failed: __, ...begun } = await readManifest(scratch.at("run"));
  for (const length of [0, 1, 40, 64, 65, 66, 200, whole.length - 1, whole.length]) {
    const folder = scratch.at(`cut-${length}`);
    mkdirSync(folder);
    writeFileSync(`${folder}/manifest.json`, JSON.stringify(begun));
    writeFileSync(`${folder}/predictions.jsonl`, whole.subarray(0, length));
    writeFileSync(`${folder}/.lock`, `999999999 ${hostname()}`);
    writeFileSync(`${folder}/.results.json.77.tmp`, "[");
    const predictor = fakePredictor({ description: { kind: "fake", ä: "ü" } });
    const kept = whole.subarray(0, length).toString("latin1").split("\n").length - 1;
    await complete(await open(scratch, { folder, predictor }));
    expect(predictor.asked).toEqual(IDS.slice(kept));
    expect(readFileSync(`${folder}/predictions.jsonl`, "utf8")).toBe(whole.toString("utf8"));
    expect(readFileSync(`${folder}/scores.json`, "utf8")).toBe(scores);
    expect(readdirSync(folder).some((name) => name.startsWith("."))).toBe(false);
  }
});

test("a torn line is cut off even inside a character", async () => {
  const scratch = world();
  const predict = async (examples: readonly { id: string }[]) =>
    examples.map(({ id }): Outcome => ({ id, prediction: "ü" }));
  await complete(await open(scratch, { predictor: fakePredictor({ predict }) }));
  const path = scratch.at("run/predictions.jsonl");
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.lastIndexOf(0xc3) + 1));
  expect(await readLog(scratch.at("run"))).toMatchObject({ torn: true, outcomes: { length: 6 } });
  await complete(await open(scratch, { predictor: fakePredictor({ predict }) }));
  expect(readFileSync(path)).toEqual(whole);
});

test("a finished run with a torn line behind it is finished again, as it was", async () => {
  const scratch = world();
  await complete(await open(scratch));
  const names = ["manifest.json", "seal.json", "scores.json", "predictions.jsonl"];
  const read = () => names.map((name) => readFileSync(scratch.at(`run/${name}`), "utf8"));
  const before = read();
  appendFileSync(scratch.at("run/predictions.jsonl"), '{"id":"torn');
  const run = await open(scratch);
  expect(run.finished).toBe(false);
  await complete(run);
  expect(read()).toEqual(before);
});

test("a finished run that is not what it was is neither shown nor finished again", async () => {
  const scratch = world();
  await complete(await open(scratch));
  const path = scratch.at("run/scores.json");
  const scores = readFileSync(path, "utf8");
  writeFileSync(path, scores.replace(/"CIDEr": [\d.]+/, '"CIDEr": 9.87'));
  await expect(open(scratch)).rejects.toMatchObject({ code: "changed-run" });
  writeFileSync(path, scores);
  const run = await open(scratch);
  expect(run.finished).toBe(true);
  await run.close();
});

test("examples that failed are counted, left out of the scores, and tried again", async () => {
  const scratch = world();
  const first = await complete(await open(scratch, { predictor: fakePredictor({ broken: ["102", "106"] }) }));
  expect(first.manifest.failed).toBe(2);
  expect(first.report).toMatchObject({ examples: 5, missing: 2 });
  expect(first.report!.signatures.CIDEr).toContain("missing:2");
  const run = await open(scratch, { predictor: fakePredictor({ broken: ["102"] }) });
  expect([run.pending, run.finished]).toEqual([2, false]);
  expect((await complete(run)).manifest.failed).toBe(1);
  const last = fakePredictor();
  expect((await complete(await open(scratch, { predictor: last }))).report).not.toHaveProperty("missing");
  expect(last.asked).toEqual(["102"]);
  const { outcomes } = await readLog(scratch.at("run"));
  expect(outcomes.map(({ id }) => id).sort()).toEqual(IDS);
});

test("a finished run has nothing to do; one whose results are gone is finished again", async () => {
  const scratch = world();
  await complete(await open(scratch));
  const run = await open(scratch);
  expect([run.finished, run.pending]).toEqual([true, 0]);
  await run.close();
  const manifest = await readManifest(scratch.at("run"));
  writeFileSync(scratch.at("run/manifest.json"), JSON.stringify({ ...manifest, metricSignatures: undefined }));
  const predictor = fakePredictor();
  const again = await open(scratch, { predictor });
  expect(again.finished).toBe(false);
  expect((await complete(again)).report!.examples).toBe(7);
  expect(predictor.asked).toEqual([]);
});

test.each<[string, Parameters<typeof open>[1]]>([
  ["seed", { seed: 2 }],
  ["limit", { limit: 3 }],
  ["settings.prompt", { settings: { prompt: "a drawing of" } }],
  ["source.hash", { predictor: fakePredictor({ description: { kind: "fake", hash: "1" } }) }],
  ["decoding.method", { predictor: fakePredictor({ decoding: { method: "greedy" } }) }],
  ["shard.index", { shard: { index: 1, of: 2 } }],
  ["provider", { provider: "cpu" }],
])("a run begun with another %s is not continued", async (field, options) => {
  const scratch = world();
  await (await open(scratch)).close();
  await expect(open(scratch, options)).rejects.toMatchObject({
    code: "other-run",
    message: expect.stringContaining(`${field}: `),
  });
});

test("changed data are another run; another label or place is not", async () => {
  const scratch = world();
  await (await open(scratch)).close();
  await (await open(scratch, { label: "other", dataFolder: writeCaptions(scratch, "moved") })).close();
  appendFileSync(scratch.at("data/test.json"), "\n");
  await expect(open(scratch)).rejects.toMatchObject({ message: expect.stringContaining("data.files.0.sha256") });
});

test("a limit takes the first examples and marks the run", async () => {
  const scratch = world();
  const { manifest, report } = await complete(await open(scratch, { limit: 4 }));
  expect(manifest).toMatchObject({ limit: 4, comparable: false, data: { examples: 4 } });
  expect(report).toMatchObject({ examples: 4, missing: 3 });
});

test("what the batches are changes nothing", async () => {
  const scratch = world();
  const written = [1, 3, 100].map(async (batchSize) => {
    const folder = scratch.at(`batch-${batchSize}`);
    await complete(await open(scratch, { folder, predictor: fakePredictor({ batchSize }) }));
    return readFileSync(`${folder}/predictions.jsonl`, "utf8");
  });
  const [one, three, all] = await Promise.all(written);
  expect(three).toBe(one);
  expect(all).toBe(one);
});

test("asked to stop, it stops after the batch and keeps it", async () => {
  const scratch = world();
  const controller = new AbortController();
  const first = fakePredictor();
  const run = await open(scratch, { predictor: first });
  const onStart = () => () => controller.abort();
  expect(await run.predict({ signal: controller.signal, onStart })).toBe(false);
  await run.close();
  const second = fakePredictor();
  await complete(await open(scratch, { predictor: second }));
  expect([...first.asked, ...second.asked]).toEqual(IDS);
});

test("a folder with other things in it, or another process, is left alone", async () => {
  const scratch = world();
  await expect(open(scratch, { folder: scratch.at("data") })).rejects.toMatchObject({ code: "not-a-run" });
  const folder = scratch.at("held");
  await (await open(scratch, { folder })).close();
  writeFileSync(`${folder}/.lock`, `${process.ppid} ${hostname()}`);
  await expect(open(scratch, { folder })).rejects.toMatchObject({ code: "run-in-use" });
  writeFileSync(`${folder}/.lock`, "1 elsewhere");
  await expect(open(scratch, { folder })).rejects.toMatchObject({ code: "run-in-use" });
});

test.each([
  ["not JSON", "{\n", "not-json"],
  ["neither prediction nor error", '{"id":"101"}\n', "wrong-schema"],
  ["an example of another run", '{"id":"900","prediction":""}\n', "unknown-predictions"],
])("predictions that were tampered with: %s", async (_, text, code) => {
  const scratch = world();
  await (await open(scratch)).close();
  writeFileSync(scratch.at("run/predictions.jsonl"), text);
  await expect(open(scratch)).rejects.toMatchObject({ code });
});

test("a log that two processes wrote is mended, the last line of each example counts, and that is said", async () => {
  const scratch = world();
  await complete(await open(scratch));
  const files = ["predictions.jsonl", "results.json", "scores.json", "manifest.json"];
  const whole = files.map((name) => readFileSync(scratch.at(`run/${name}`), "utf8"));
  const lines = whole[0]!.split("\n").slice(0, -1);
  const wrong = JSON.stringify({ id: "103", prediction: "what the other one said" });
  // In whatever order they came; and one whose last line is a failure is asked again.
  const failed = JSON.stringify({ id: "104", error: "no picture" });
  const mixed = [wrong, ...[...lines].reverse(), lines[5], failed].map((line) => `${line}\n`).join("");
  writeFileSync(scratch.at("run/predictions.jsonl"), mixed);
  const said = "predictions.jsonl has more than one line for id 103, 106, 104: the last of each counts";
  expect((await verifyRun(scratch.at("run"))).differences).toContain(said);
  const predictor = fakePredictor();
  const run = await open(scratch, { predictor });
  expect([run.finished, run.notes]).toEqual([false, [`${scratch.at("run")}: ${said}`]]);
  await complete(run);
  expect(predictor.asked).toEqual(["104"]);
  const mended = files.map((name) => readFileSync(scratch.at(`run/${name}`), "utf8"));
  expect(mended.slice(1)).toEqual(whole.slice(1));
  expect(mended[0]!.split("\n").sort()).toEqual(whole[0]!.split("\n").sort());
});

test("a manifest is the same text whether its run was stopped or not", async () => {
  const scratch = world();
  const options: Opening = {
    settings: { prompt: "a drawing of" },
    predictor: fakePredictor({ decoding: { beam: 2 } }),
  };
  await complete(await open(scratch, { ...options, label: "one", folder: scratch.at("whole") }));
  await (await open(scratch, { ...options, label: "one" })).close();
  await complete(await open(scratch, { ...options, label: "one" }));
  const read = (name: string) =>
    readFileSync(scratch.at(`${name}/manifest.json`), "utf8").replace(/"created": "[^"]*"/, "");
  expect(read("run")).toBe(read("whole"));
});

test("a run in which everything failed has no scores", async () => {
  const scratch = world();
  const { manifest, report } = await complete(await open(scratch, { predictor: fakePredictor({ broken: IDS }) }));
  expect(report).toBeUndefined();
  expect(manifest).toMatchObject({ failed: 7, metricSignatures: {} });
});

test("a predictor that mixes up examples is a bug", async () => {
  const scratch = world();
  const predict = async () => [];
  const run = await open(scratch, { predictor: fakePredictor({ predict }) });
  await expect(run.predict()).rejects.toThrow(/101,102/);
});

test("pictures are looked for before anything is made; left out, their examples are asked when they are there", async () => {
  const scratch = world();
  const predictor = fakePredictor({ readsPictures: true });
  await expect(open(scratch, { predictor })).rejects.toMatchObject({ code: "missing-pictures" });
  await expect(open(scratch, { predictor, skipMissingPictures: true })).rejects.toThrow(
    /Of 7 .* 7 cannot .*Add the pictures, as JPEG, [^;]*\.$/,
  );
  expect(existsSync(scratch.at("run"))).toBe(false);
  for (const id of ["101", "103"]) scratch.write(`data/${id}.jpg`, tinyJpeg());
  const { manifest, outcomes } = await complete(await open(scratch, { predictor, skipMissingPictures: true }));
  expect(manifest).toMatchObject({ failed: 0, leftOut: 5 });
  expect(outcomes.filter((outcome) => "error" in outcome && outcome.leftOut)).toHaveLength(5);
  for (const id of ["102", "104", "105", "106", "107"]) scratch.write(`data/${id}.jpg`, tinyJpeg());
  const whole = await complete(await open(scratch, { predictor }));
  expect(whole.manifest).not.toHaveProperty("leftOut");
  expect(predictor.asked).toEqual(["101", "103", "102", "104", "105", "106", "107"]);
});

test("batches that are predicted at the same time are kept as they come, and in the data's order at the end", async () => {
  const scratch = world();
  const inner = fakePredictor();
  let first = true;
  const slow = async (examples: readonly TaskExample[]) => {
    const isFirst = first;
    first = false;
    const outcomes = await inner.predict(examples);
    if (isFirst) await expect.poll(() => readLogIds(scratch).length).toBe(6);
    return outcomes;
  };
  const run = await open(scratch, { predictor: { ...inner, batchSize: 1, concurrency: 3, predict: slow } });
  expect(await run.predict()).toBe(true);
  expect(readLogIds(scratch).at(-1)).toBe("101");
  await run.finish();
  await run.close();
  expect(readLogIds(scratch)).toEqual(["101", "102", "103", "104", "105", "106", "107"]);
});

test("where one batch cannot be predicted the predictor is closed, and what others have is kept", async () => {
  const scratch = world();
  const inner = fakePredictor();
  let close = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  const predict = async (examples: readonly TaskExample[]) => {
    if (examples[0]!.id === "102") throw new SimvlmError("endpoint-refused", "no");
    if (examples[0]!.id === "103") await closed.then(() => Promise.reject(new Error("closed")));
    return inner.predict(examples);
  };
  const run = await open(scratch, { predictor: { ...inner, batchSize: 1, concurrency: 3, predict, close } });
  await expect(run.predict()).rejects.toMatchObject({ code: "endpoint-refused" });
  await run.close();
  expect(readLogIds(scratch)).toEqual(["101"]);
});

function readLogIds(scratch: Scratch): string[] {
  const text = readFileSync(scratch.at("run/predictions.jsonl"), "utf8");
  return [...text.matchAll(/^\{"id":"(\d+)"/gm)].map(([, id]) => id!);
}
