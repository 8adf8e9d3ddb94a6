import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { runTask } from "../../../harness/runs/run-task.js";
import { beach, editJson } from "../../broken-folders.js";
import { captioner, chat, hasTransformers } from "../../transformers.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const street = beach.replace("beach.jpg", "street.png");
const nocaps = "fixtures/kept/nocaps";

interface Manifest {
  readonly source: Readonly<Record<string, unknown>>;
  readonly decoding: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly failed: number;
}

const manifestOf = (run: string) => scratch.readJson<Manifest>(`${run}/manifest.json`);
const predictionsOf = (run: string) => readFileSync(scratch.at(`${run}/predictions.jsonl`), "utf8");
const run = (name: string, folder: string, ...args: string[]) =>
  runCli("run", "--transformers", folder, "--out", scratch.at(name), ...args);

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.runIf(hasTransformers)("simvlm caption --transformers", () => {
  test("a folder of the other kind is refused with the option that takes it", async () => {
    const git = "fixtures/captioners/git";
    const asGraphs = await runCli("caption", beach, "--transformers", git);
    expect(asGraphs).toMatchObject({ code: 2, stdout: "" });
    expect(asGraphs.stderr).toMatch(
      /not stored as ONNX graphs, but as weights.*\(--checkpoint takes folders of weights\)/,
    );
    for (const folder of [captioner, chat]) {
      const asWeights = await runCli("caption", beach, "--checkpoint", folder);
      expect(asWeights).toMatchObject({ code: 2, stdout: "" });
      expect(asWeights.stderr).toMatch(/--transformers takes (?:it|ONNX folders)\)/);
    }
  });

  test("captions pictures, and names those that are none", async () => {
    const broken = scratch.write("broken.jpg", readFileSync(beach).subarray(0, 300));
    const { code, stdout, stderr } = await runCli("caption", beach, broken, street, "--transformers", captioner);
    expect(stdout).toBe(`${beach}: a blue picture\n${street}: a red picture\n`);
    expect(stderr).toContain(broken);
    expect(stderr).toContain("ask for num_beams 4, which is not followed");
    expect(code).toBe(2);
  });

  test("--json has the caption's ids; --prompt is what it is told; a limit cuts", async () => {
    const { code, stdout } = await runCli("caption", beach, "--transformers", chat, "--prompt", "is it red?", "--json");
    expect([code, JSON.parse(stdout)]).toEqual([0, [{ image: beach, caption: "yes", tokens: [12, 2] }]]);
    const begun = await runCli("caption", beach, "--transformers", captioner, "--prompt", "the", "--max-length", "1");
    expect(begun.stdout).toBe(`${beach}: blue\n`);
  });

  test("a text has one token at least, unless none is asked for: then it may be empty, and counts as it is", async () => {
    const data = ["--task", "caption", "--data", nocaps, "--limit", "1"];
    const ending = await run("ending", captioner, ...data, "--prompt", "picture", "--min-length", "0");
    expect(ending).toMatchObject({ code: 0 });
    expect(predictionsOf("ending")).toContain('"prediction":""');
    expect(await runCli("verify", scratch.at("ending"))).toMatchObject({ code: 0 });
    const tokensWith = async (...args: string[]) => {
      const asked = ["--transformers", captioner, "--prompt", "picture", "--json", ...args];
      return (JSON.parse((await runCli("caption", beach, ...asked)).stdout) as { tokens: number[] }[])[0]!.tokens;
    };
    const end = 2;
    expect(await tokensWith("--min-length", "0")).toEqual([end]);
    expect((await tokensWith())[0]).not.toBe(end);
  });

  test("what is drawn depends on the seed alone", async () => {
    const say = async (...args: string[]) =>
      (await runCli("caption", beach, street, "--transformers", chat, "--temperature", "5", ...args)).stdout;
    const drawn = await say("--seed", "3");
    expect(await say("--seed", "3", "--batch", "1")).toBe(drawn);
    expect(await say("--seed", "4")).not.toBe(drawn);
  });
});

describe.runIf(hasTransformers)("what the library would ignore is refused, and nothing is begun", () => {
  test.each([
    ["--beam", "3"],
    ["--beam", "1"],
    ["--search", "transformers"],
    ["--length-penalty", "0.6"],
    ["--early-stopping", "true"],
    ["--top-p", "0.9"],
  ])("%s %s", async (...option) => {
    const says = { code: 2, stderr: expect.stringContaining(`${option[0]} is nothing that --transformers can do`) };
    expect(await runCli("caption", beach, "--transformers", captioner, ...option)).toMatchObject(says);
    expect(await run("refused", captioner, "--task", "caption", "--data", nocaps, ...option)).toMatchObject(says);
    expect(existsSync(scratch.at("refused"))).toBe(false);
  });

  test("options that belong to other sources, and those of this one with others", async () => {
    for (const wrong of [
      ["--transformers", chat, "--concurrency", "2"],
      ["--transformers", chat, "--checkpoint", "fixtures/checkpoints/caption"],
      ["--checkpoint", "fixtures/checkpoints/caption", "--dtype", "fp32"],
      ["--predictions", "x.json", "--allow-download"],
    ]) {
      const { code } = await runCli("run", "--task", "caption", "--data", nocaps, "--out", scratch.at("no"), ...wrong);
      expect([code, existsSync(scratch.at("no"))]).toEqual([2, false]);
    }
    expect(await runCli("caption", beach, "--dtype", "q8")).toMatchObject({ code: 2 });
    expect(await runCli("caption", beach, "--transformers", chat, "--preset", "toy")).not.toMatchObject({ code: 0 });
    expect(await runCli("caption", beach, "--transformers", chat, "--dtype", "fp7")).not.toMatchObject({ code: 0 });
    const missing = await runCli("caption", beach, "--transformers", chat, "--dtype", "fp16");
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("There are embed_tokens: fp32;") });
  });

  test("a folder that is wrong", async () => {
    const wrong = scratch.at("wrong");
    cpSync(chat, wrong, { recursive: true });
    rmSync(join(wrong, "onnx"), { recursive: true });
    const { code, stderr } = await run("from-wrong", wrong, "--task", "caption", "--data", nocaps);
    expect([code, existsSync(scratch.at("from-wrong"))]).toEqual([2, false]);
    expect(stderr).toContain("has no folder onnx");
  });

  test("tasks that the model cannot be asked", async () => {
    const asked = await run("no-vqa", captioner, "--task", "vqa", "--data", "fixtures/kept/vqa");
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining("takes no question") });
    const blind = await run("blind", chat, "--task", "caption", "--data", nocaps, "--modality", "none");
    expect(blind).toMatchObject({ code: 2, stderr: expect.stringContaining("without a picture") });
  });
});

describe.runIf(hasTransformers)("simvlm run --transformers", () => {
  beforeAll(async () => {
    const whole = await run("whole", captioner, "--task", "caption", "--data", nocaps);
    expect(whole).toMatchObject({ code: 0 });
  });

  test("the manifest says who answered, how, and from which files", async () => {
    const { source, decoding } = manifestOf("whole");
    expect(source).toMatchObject({
      kind: "transformers",
      library: { name: "@huggingface/transformers", version: expect.stringMatching(/^4\./) },
      model: "captioner",
      modelType: "vision-encoder-decoder",
      class: "VisionEncoderDecoderModel",
      dtype: "fp32",
      pixels: { by: "simvlm", preprocessing: "reference", framing: { kind: "stretch", size: 8 }, kernel: "bilinear" },
      instruction: "",
      notFollowed: { num_beams: 4 },
    });
    expect(Object.keys(Object(source.hashes).files)).toEqual(
      expect.arrayContaining([
        "config.json",
        "tokenizer.json",
        "onnx/encoder_model.onnx",
        "onnx/decoder_model_merged.onnx",
      ]),
    );
    expect(decoding).toEqual({ method: "greedy", minLength: 1, maxLength: 7 }); // of its own files: 8, the start included
    expect(await runCli("verify", scratch.at("whole"))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^confirmed: data, checkpoint, predictions, results, scores, pictures/),
    });
  });

  test("shards, batches and a second start make the same run", async () => {
    for (const part of ["1/2", "2/2"]) {
      const sharded = await run(`part-${part[0]}`, captioner, "--task", "caption", "--data", nocaps, "--shard", part);
      expect(sharded).toMatchObject({ code: 0 });
    }
    const merged = await runCli("merge", scratch.at("part-1"), scratch.at("part-2"), "--out", scratch.at("merged"));
    expect(merged).toMatchObject({ code: 0 });
    expect(predictionsOf("merged")).toBe(predictionsOf("whole"));
    await run("batches", captioner, "--task", "caption", "--data", nocaps, "--batch-size", "4");
    expect(predictionsOf("batches")).toBe(predictionsOf("whole"));
    const again = await run("whole", captioner, "--task", "caption", "--data", nocaps);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("already finished") });
  });

  test("one that is stopped goes on where it was", async () => {
    const stopping = new AbortController();
    const request = {
      data: nocaps,
      from: { transformers: captioner },
      out: scratch.at("stopped"),
      onStart: () => () => stopping.abort(),
    };
    expect(await runTask("caption", { ...request, signal: stopping.signal })).toBeUndefined();
    expect(predictionsOf("stopped").trimEnd().split("\n")).toHaveLength(1);
    await runTask("caption", { ...request, onStart: undefined });
    expect(predictionsOf("stopped")).toBe(predictionsOf("whole"));
  });

  test("a folder that has changed is another run, and verify says so", async () => {
    const folder = scratch.at("changing");
    cpSync(captioner, folder, { recursive: true });
    await run("changed", folder, "--task", "caption", "--data", nocaps, "--limit", "2");
    editJson(join(folder, "generation_config.json"), { max_length: 5 });
    const { code, stdout } = await runCli("verify", scratch.at("changed"));
    expect([code, stdout]).toEqual([1, expect.stringContaining("generation_config.json")]);
    const goneOn = await run("changed", folder, "--task", "caption", "--data", nocaps, "--limit", "3");
    expect(goneOn).toMatchObject({ code: 2 });
  });

  test("questions are asked through the chat template, and answers are generated", async () => {
    const asked = await run("vqa", chat, "--task", "vqa", "--data", "fixtures/kept/vqa", "--limit", "3");
    expect(asked).toMatchObject({ code: 0 });
    const { source, settings } = manifestOf("vqa");
    expect(source).toMatchObject({ template: "chat", instruction: expect.stringMatching(/^\{prefix\}\nAnswer with/) });
    expect(settings).toMatchObject({ answer: "generate" });
  });

  test("captions are asked for with a sentence that the manifest names, or with another", async () => {
    await run("asked", chat, "--task", "caption", "--data", nocaps, "--limit", "1");
    expect(manifestOf("asked").source).toMatchObject({ instruction: expect.stringContaining("Describe this picture") });
    await run("otherwise", chat, "--task", "caption", "--data", nocaps, "--limit", "1", "--prompt", "is it");
    expect(manifestOf("otherwise").source).toMatchObject({ instruction: "is it" });
    expect(predictionsOf("otherwise")).toContain('"prediction":"yes"');
  });

  test("pictures that are missing are left out where that is asked for, broken ones are named", async () => {
    const data = scratch.at("data");
    cpSync(nocaps, data, { recursive: true });
    const [first, second] = scratch.readJson<{ images: { file_name: string }[] }>("data/test.json").images;
    const [gone, cut] = [first!, second!].map(({ file_name }) => join(data, "images", "test", file_name)) as [
      string,
      string,
    ];
    rmSync(gone);
    writeFileSync(cut, readFileSync(cut).subarray(0, 400));
    const args = ["--task", "caption", "--data", data] as const;
    expect(await run("missing", captioner, ...args)).toMatchObject({ code: 2 });
    expect(existsSync(scratch.at("missing"))).toBe(false);
    await run("missing", captioner, ...args, "--skip-missing-pictures");
    expect(predictionsOf("missing")).toContain('"leftOut":true');
    const failed = predictionsOf("missing")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { error?: string; leftOut?: true })
      .filter(({ error, leftOut }) => error !== undefined && !leftOut);
    expect(failed.map(({ error }) => error)).toEqual([expect.stringContaining(second!.file_name)]);
  });
});

describe.runIf(hasTransformers)("--allow-download", () => {
  let server: Server;
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url!);
      const [, name] = /^\/somebody\/chat\/resolve\/main\/([^?]+)/.exec(request.url!) ?? [];
      const path = name === undefined ? "" : join(chat, name);
      if (!existsSync(path)) return void response.writeHead(404).end();
      const bytes = readFileSync(path);
      response.writeHead(200, { "content-length": bytes.length }).end(request.method === "HEAD" ? undefined : bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return () => server.close();
  });

  test("lets the library fetch a model, once; without it nobody is asked", async () => {
    mkdirSync(scratch.at("cache"), { recursive: true });
    vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv("HF_HOME", scratch.at("hf"));
    vi.stubEnv("XDG_CACHE_HOME", scratch.at("cache"));
    const caption = (...args: string[]) => runCli("caption", beach, "--transformers", "somebody/chat", ...args);
    expect(await caption()).toMatchObject({ code: 2, stderr: expect.stringMatching(/--allow-download/) });
    expect(asked).toEqual([]);
    expect(await caption("--allow-download")).toMatchObject({ code: 0, stdout: `${beach}: a blue picture\n` });
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    expect(await caption()).toMatchObject({ code: 0, stdout: `${beach}: a blue picture\n` });
    expect(asked).toEqual([]);
    const missing = await runCli("caption", beach, "--transformers", "somebody/else", "--allow-download");
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("could not fetch somebody/else") });
  });
});
