import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadRuns } from "../../../harness/compare/load-runs.js";
import { precisionOf } from "../../../harness/models/weight-precision.js";
import { openExplorable } from "../../../harness/report/document/explorable-run.js";
import { DataFolder } from "../../../harness/runs/data-folder.js";
import { project, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const beach = "fixtures/images/beach.jpg";
const street = "fixtures/images/street.png";
const git = "fixtures/captioners/git";

const run = (name: string, ...more: string[]) =>
  runCli(
    ...["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--limit", "3", "--out", scratch.at(name)],
    ...more,
  );
const read = (name: string, file = "manifest.json") => JSON.parse(readFileSync(join(scratch.at(name), file), "utf8"));

describe("--weights int8", () => {
  test.each(["git", "blip", "vit-gpt2"])("caption says the same with %s, and what it was said with", async (name) => {
    const caption = async (...more: string[]) => {
      const result = await runCli(
        "caption",
        beach,
        street,
        "--checkpoint",
        `fixtures/captioners/${name}`,
        "--json",
        ...more,
      );
      expect([result.code, result.stderr]).toEqual([0, ""]);
      return JSON.parse(result.stdout) as { caption: string; logProbability: number; weights?: string }[];
    };
    const [exact, found] = [await caption(), await caption("--weights", "int8")];
    expect(found.map(({ caption }) => caption)).toEqual(exact.map(({ caption }) => caption));
    expect(found.map(({ weights }) => weights)).toEqual(["int8", "int8"]);
    expect(exact[0]).not.toHaveProperty("weights");
    expect(found[0]!.logProbability).not.toBe(exact[0]!.logProbability);
    expect(await caption("--weights", "float32")).toEqual(exact);
  });

  test("attend draws with it, and its JSON says so", async () => {
    const attend = (...more: string[]) =>
      runCli(
        "attend",
        beach,
        "--out",
        scratch.at("map.svg"),
        "--json",
        "--checkpoint",
        git,
        "--caption",
        "a beach",
        ...more,
      );
    const [exact, found] = [await attend(), await attend("--weights", "int8")];
    expect([found.code, found.stderr]).toEqual([0, ""]);
    expect(JSON.parse(found.stdout)).toMatchObject({ caption: "a beach", weights: "int8" });
    expect(JSON.parse(exact.stdout)).not.toHaveProperty("weights");
    expect(JSON.parse(found.stdout).words[0].map).not.toEqual(JSON.parse(exact.stdout).words[0].map);
  });

  test("another provider is refused before anything is made", async () => {
    const { code, stderr } = await run("gpu", "--checkpoint", git, "--weights", "int8", "--provider", "webgpu");
    expect([code, stderr]).toEqual([2, expect.stringMatching(/eight bits are for the CPU|webgpu/)]);
    expect(existsSync(scratch.at("gpu"))).toBe(false);
  });

  test.each([
    ["finetune", "--task", "caption", "--data", "fixtures/kept/nocaps", "--checkpoint", git],
    ["label-curve", "--checkpoint", "fixtures/checkpoints/pretrained", "--data", "fixtures/kept/nocaps"],
    ["pretrain", "--data", "fixtures/kept"],
    ["export", git],
  ])("%s refuses it in words", async (...words) => {
    const { code, stderr } = await runCli(...words, "--out", scratch.at("refused"), "--weights", "int8");
    expect([code, stderr]).toEqual([2, expect.stringContaining("Eight bits are for asking a model")]);
    expect(existsSync(scratch.at("refused"))).toBe(false);
  });

  test("it means nothing to other sources", async () => {
    for (const source of [
      ["--predictions", "answers.json"],
      ["--endpoint", "http://localhost:1/v1", "--model", "m"],
    ]) {
      const { code, stderr } = await run("other", ...source, "--weights", "int8");
      expect([code, stderr]).toEqual([2, expect.stringContaining("--weights has no meaning")]);
    }
  });
});

const dataFolder = new DataFolder(join(project, "fixtures/kept/nocaps"));

describe("runs with --weights int8", () => {
  beforeAll(async () => {
    for (const [name, weights] of [
      ["exact", "float32"],
      ["rounded", "int8"],
    ] as const) {
      const { code, stderr } = await run(name, "--checkpoint", git, "--weights", weights);
      expect([code, stderr.includes("error")], stderr).toEqual([0, false]);
    }
  });

  test("say it in their manifest, and what it means", () => {
    expect(read("rounded").source).toMatchObject({
      family: "git",
      weights: {
        precision: "int8",
        matrices: expect.stringContaining("127"),
        float32: expect.stringContaining("norms"),
      },
    });
    expect(read("exact").source).not.toHaveProperty("weights");
  });

  test("are shown with the weights that they were made with", async () => {
    const [exact, rounded] = await loadRuns([scratch.at("exact"), scratch.at("rounded")]);
    for (const [run, precision] of [
      [exact!, "float32"],
      [rounded!, "int8"],
    ] as const) {
      const explorable = await openExplorable(run, dataFolder, []);
      if (typeof explorable === "string") throw new Error(explorable);
      expect(precisionOf(explorable.model.description)).toBe(precision);
    }
  });

  test("do not depend on the batch", async () => {
    const { code } = await run("one-by-one", "--checkpoint", git, "--weights", "int8", "--batch-size", "1");
    expect(code).toBe(0);
    const predictions = (name: string) => readFileSync(join(scratch.at(name), "predictions.jsonl"), "utf8");
    expect(predictions("one-by-one")).toBe(predictions("rounded"));
  });

  test("are not gone on with by the other kind", async () => {
    for (const [name, weights] of [
      ["exact", "int8"],
      ["rounded", "float32"],
    ] as const) {
      const { code, stderr } = await run(name, "--checkpoint", git, "--weights", weights);
      expect([code, stderr]).toEqual([2, expect.stringContaining("source.weights")]);
    }
  });

  test("compare as another model, and reports name them", async () => {
    const folders = [scratch.at("exact"), scratch.at("rounded")];
    const compared = await runCli("compare", ...folders);
    expect(compared.stdout).toContain(
      "Computed with weights in eight bits: rounded. With its own weights, a checkpoint is another model.",
    );
    const alone = await runCli("compare", folders[0]!);
    expect(alone.stdout).not.toContain("eight bits");
    const page = scratch.at("report.html");
    expect((await runCli("report", ...folders, "--out", page, "--explore", "0")).code).toBe(0);
    expect(readFileSync(page, "utf8").match(/weights in eight bits/g)!.length).toBeGreaterThan(1);
    expect((await runCli("verify", page)).code).toBe(0);
    const differing = await runCli("diff", ...folders);
    expect(differing.stdout).toContain("weights.precision");
  });
});
