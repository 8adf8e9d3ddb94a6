import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { hashWeights } from "../../../harness/checkpoints/hash-checkpoint.js";
import { countParameters } from "../../../harness/models/simvlm/parameters.js";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { presets } from "../../../harness/models/simvlm/simvlm-config.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { smallModel } from "../models/simvlm/small.js";
import { randomHead } from "../models/simvlm/tiny.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const small = scratch.at("small");
const headed = scratch.at("headed");
const { config, weights, tokenizer } = smallModel();
const tokenizerText = serializeTokenizer(tokenizer.file);

beforeAll(async () => {
  await saveCheckpoint(small, { config, weights, tokenizer: tokenizerText });
  const head = { classes: 3, passes: 2 } as const;
  const all = { ...weights, ...randomHead(head, config, 1) };
  await saveCheckpoint(headed, { config, weights: all, tokenizer: tokenizerText, head });
});

interface ModelReport {
  config: unknown;
  parameters: number;
  parts: { name: string; tensors: number; parameters: number }[];
  hashes?: { files: Record<string, string>; weights: string };
}

describe("inspect", () => {
  const inspect = async (name: string) => {
    const { code, stdout, stderr } = await runCli("inspect", name, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as ModelReport;
  };

  test.each(["huge", "toy"] as const)("the preset %s", async (name) => {
    const { config: found, parameters, parts, hashes } = await inspect(name);
    expect(found).toEqual(presets[name]);
    expect(parameters).toBe(countParameters(presets[name]));
    expect(parts.reduce((sum, part) => sum + part.parameters, 0)).toBe(parameters);
    expect(hashes).toBeUndefined();
  });

  test("a checkpoint, with the hashes of its files and weights", async () => {
    const { config: found, parameters, hashes } = await inspect(small);
    expect(found).toEqual(config);
    expect(parameters).toBe(countParameters(config));
    expect(hashes!.weights).toBe(hashWeights(weights));
    const own = createHash("sha256")
      .update(readFileSync(`${small}/config.json`))
      .digest("hex");
    expect(hashes!.files["config.json"]).toBe(own);
    expect(Object.keys(hashes!.files).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  });

  test("a classification head counts", async () => {
    const { parameters, parts } = await inspect(headed);
    const { width } = config;
    const hidden = 2 * width * width + width + width * 3;
    expect(parameters).toBe(countParameters(config) + 2 * width * 3 + 3 + hidden);
    expect(parts.map(({ name }) => name)).toEqual(expect.arrayContaining(["head.kernel", "head.hidden"]));
  });

  test("as a table", async () => {
    const { code, stdout } = await runCli("inspect", "toy");
    expect(code).toBe(0);
    expect(stdout).toMatch(/imageSize +96/);
    expect(stdout).toMatch(/│ all +│ +\d+ │ +1,700,904 │ 100\.0 │/);
  });

  test("weights of another shape are named", async () => {
    const path = scratch.at("wrong");
    await saveCheckpoint(path, { config, weights });
    scratch.write("wrong/config.json", { ...config, heads: 4, textLength: 48 });
    const { code, stderr } = await runCli("inspect", path);
    expect(code).toBe(2);
    expect(stderr).toContain("wrong shape text.positions [40,16], should be [48,16]");
  });

  test.each([
    ["giant", "giant is neither a checkpoint's folder nor a preset. Presets: base, large, huge, small, toy."],
    ["fixtures", "fixtures is not a checkpoint"],
  ])("%s is refused", async (name, message) => {
    const { code, stdout, stderr } = await runCli("inspect", name);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

describe("export", () => {
  test("a checkpoint becomes ONNX files that agree with it", async () => {
    const out = scratch.at("exported");
    const { code, stdout, stderr } = await runCli(
      ...["export", small, "--out", out, "--prompt-length", "4", "--batch", "2", "--max-length", "8"],
    );
    expect([code, stderr]).toEqual([0, ""]);
    const [, difference] = /agree with the model \(largest difference (.+)\)/.exec(stdout)!;
    expect(Number(difference)).toBeLessThan(1e-4);
    expect(scratch.readJson("exported/interface.json")).toMatchObject({ batch: 2, promptLength: 4, maxLength: 8 });
  });

  test.each([
    [["giant", "--out", scratch.at("never")], "giant is neither a checkpoint's folder nor a preset"],
    [[small, "--out", `${small}/onnx`], "is inside the checkpoint"],
    [[small, "--out", headed], "exists and has no encoder.onnx, so it is not replaced"],
    [[small, "--out", `${small}-not/../small/config.json`], "is inside the checkpoint"],
    [[small, "--out", `${headed}/config.json/onnx`], "cannot be written"],
    [[small, "--out", scratch.at("never"), "--max-length", "41"], "the model has 40 text positions"],
    [[small], "required option '--out <folder>' not specified"],
  ])("%j writes nothing", async (args, message) => {
    const before = scratch.list();
    const { code, stdout, stderr } = await runCli("export", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(scratch.list()).toEqual(before);
  });
});
