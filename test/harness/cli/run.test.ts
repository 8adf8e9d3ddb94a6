import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { createRunCommand } from "../../../harness/cli/run.js";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import type { ScoreReport } from "../../../harness/tasks/score-report.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { generateToybox } from "../../../harness/toybox/generate.js";
import { smallModel } from "../models/simvlm/small.js";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();

describe("predictions from a file", () => {
  const data = writeCaptions(scratch);
  const captions = CAPTIONS.slice(0, 6).map((caption, i) => ({ image_id: 101 + i, caption: `${caption} now` }));
  const predictions = scratch.write("theirs.json", captions);
  const out = scratch.at("theirs");
  const run = (...more: string[]) =>
    runCli("run", "--task", "caption", "--data", data, "--predictions", predictions, "--out", out, ...more);

  test("are scored, verified, and left alone when they are finished", async () => {
    expect((await run("--ci", "--label", "theirs")).code).toBe(1);
    const first = await run("--ci", "--label", "theirs", "--allow-failures", "1");
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("out-domain");
    expect(first.stdout).toContain("95 % bootstrap intervals");
    expect(first.stdout).toContain("6 of 7 examples have a prediction.");
    expect(first.stderr).toMatch(/1 of 7 examples failed\n.* 1 × the predictions file has no prediction for it: 107\n/);
    expect(scratch.readJson<ScoreReport>("theirs/scores.json")).toMatchObject({ missing: 1, intervals: { CIDEr: {} } });

    const manifest = readFileSync(scratch.at("theirs/manifest.json"), "utf8");
    expect(await run("--seed", "2")).toMatchObject({ code: 2, stderr: expect.stringContaining("seed: 1, now 2") });
    writeFileSync(predictions, JSON.stringify([...captions, { image_id: 107, caption: "x" }]));
    expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining("source.sha256") });
    expect(readFileSync(scratch.at("theirs/manifest.json"), "utf8")).toBe(manifest);
  });

  test("verify says what differs, with exit code 1, and what is missing, with 2", async () => {
    const whole = scratch.at("whole");
    writeFileSync(predictions, JSON.stringify([...captions, { image_id: 107, caption: "x" }]));
    const again = () =>
      runCli("run", "--task", "caption", "--data", data, "--predictions", predictions, "--out", whole);
    expect((await again()).code).toBe(0);
    expect(await again()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("nothing to do"),
      stdout: expect.stringContaining("CIDEr"),
    });
    expect(await runCli("verify", whole)).toEqual({
      code: 0,
      stdout: "confirmed: data, predictions file, predictions, results, scores\n",
      stderr: "",
    });
    const scores = scratch.readJson<ScoreReport>("whole/scores.json");
    scratch.write("whole/scores.json", { ...scores, scores: { ...scores.scores, CIDEr: 9 } });
    const tampered = await runCli("verify", whole);
    expect(tampered).toMatchObject({ code: 1, stdout: expect.stringMatching(/^different: .*scores\.CIDEr: 9, now/) });
    renameSync(data, scratch.at("moved"));
    expect(await runCli("verify", whole)).toMatchObject({ code: 2, stderr: expect.stringContaining("--data") });
    expect((await runCli("verify", whole, "--data", scratch.at("moved"))).code).toBe(1);
  });
});

describe("a model of ours", () => {
  const checkpoint = scratch.at("model");
  beforeAll(async () => {
    const { config, weights, tokenizer } = smallModel();
    await saveCheckpoint(checkpoint, { config, weights, tokenizer: serializeTokenizer(tokenizer.file) });
    const only = ["captions", "vqa"] as const;
    await generateToybox(scratch.at("box"), { seed: 4, scale: "small", only, splits: ["test"], limit: 6, noise: 0.3 });
  });
  const run = (out: string, ...more: string[]) =>
    runCli("run", "--checkpoint", checkpoint, "--out", scratch.at(out), "--sample", "--max-length", "6", ...more);

  test("shards of any batch size, merged, are the run itself", async () => {
    const caption = ["--task", "caption", "--data", scratch.at("box/captions"), "--language", "de"];
    expect(await run("captions", ...caption)).toMatchObject({ code: 0, stdout: expect.stringContaining("ROUGE_L") });
    expect((await run("one", ...caption, "--shard", "1/2", "--batch-size", "1")).stdout).toContain("merged");
    expect((await run("two", ...caption, "--shard", "2/2", "--batch-size", "2")).code).toBe(0);
    const merge = (...parts: string[]) =>
      runCli("merge", ...parts.map((name) => scratch.at(name)), "--out", scratch.at("all"));
    expect(await merge("one")).toMatchObject({ code: 2, stderr: expect.stringContaining("2/2") });
    expect(await merge("two", "one")).toMatchObject({ code: 0, stdout: expect.stringContaining("ROUGE_L") });
    for (const name of ["results.json", "scores.json"]) {
      expect(readFileSync(scratch.at(`all/${name}`), "utf8")).toBe(
        readFileSync(scratch.at(`captions/${name}`), "utf8"),
      );
    }
    expect(await verifyRun(scratch.at("all"))).toMatchObject({
      differences: [],
      notes: [],
      confirmed: expect.arrayContaining(["checkpoint"]),
    });
  });

  test("open-ended questions, a limit; a changed model is found", async () => {
    const { code, stdout } = await run(
      "vqa",
      "--task",
      "vqa",
      "--data",
      scratch.at("box/vqa"),
      "--open-ended",
      "--limit",
      "3",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("not comparable with complete runs");
    const manifest = scratch.readJson<Manifest>("vqa/manifest.json");
    expect(manifest).toMatchObject({
      comparable: false,
      provider: "cpu",
      settings: { answer: "generate" },
      decoding: { method: "sample", maxLength: 6 },
      source: {
        kind: "model",
        hashes: { weights: expect.any(String), files: { "tokenizer.json": expect.any(String) } },
      },
      sourceAt: { fromRun: "../model" },
    });
    const weights = readFileSync(scratch.at("model/model.safetensors"));
    weights[weights.length - 1]! ^= 1;
    writeFileSync(scratch.at("model/model.safetensors"), weights);
    const { differences } = await verifyRun(scratch.at("vqa"));
    expect(differences).toEqual([expect.stringMatching(/model \(sha256\.weights: .*model\.safetensors/)]);
  });
});

describe("options", () => {
  const parse = (...args: string[]) =>
    createRunCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseAsync(["--data", scratch.at("nowhere"), "--out", scratch.at("never"), ...args], { from: "user" });
  const caption = ["--task", "caption"];
  const file = ["--predictions", "x.json"];
  const endpoint = ["--endpoint", "http://localhost:1", "--model", "m"];

  test.each<[string[], RegExp]>([
    [caption, /Who predicts\?/],
    [[...caption, ...file, "--checkpoint", "x"], /not several/],
    [[...caption, "--endpoint", "http://localhost:1"], /--model/],
    [[...caption, ...file, "--beam", "3"], /--beam has no meaning with --predictions/],
    [[...caption, ...endpoint, "--batch-size", "3"], /--batch-size has no meaning with --endpoint/],
    [[...caption, "--checkpoint", "x", "--retries", "0"], /--retries has no meaning with --checkpoint/],
    [[...caption, ...file, "--open-ended"], /--open-ended is only for --task vqa/],
    [["--task", "nlvr2", ...file, "--prompt", "x"], /--prompt is only for/],
    [["--task", "vqa", ...file, "--language", "de"], /--language is only for/],
    [["--task", "vqa", ...file, "--modality", "both"], /vqa has no modality "both"/],
    [[...caption, ...file, "--shard", "3/2"], /like 1\/4/],
    [[...caption, ...file, "--shard", "0/2"], /like 1\/4/],
    [[...caption, ...file, "--shard-by", "words"], /no meaning without --shard/],
    [[...caption, ...file, "--limit", "0"], /1 or more/],
    [["--task", "chess", ...file], /caption, vqa, nlvr2/],
    [[...caption, ...file], /nowhere has no file of the split test/],
  ])("%j are refused", async (args, message) => {
    await expect(parse(...args)).rejects.toThrow(message);
  });
});
