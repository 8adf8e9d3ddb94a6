import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { packText, unpackText } from "../../../harness/report/document/packed-text.js";
import type { Study } from "../../../harness/study/run-study.js";
import type { StudyRecipe } from "../../../harness/study/study-recipe.js";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { writeToybox } from "../training/small-world.js";
import { BINARY, project, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
let data: string;

const recipe = {
  format: 1,
  title: "A study <of> nothing",
  config: {
    ...{ imageSize: 32, convBlocks: [1], convWidth: 8, convGroups: 4, width: 16, heads: 2, mlpWidth: 32 },
    ...{ encoderLayers: 1, decoderLayers: 1, vocabularySize: 400 },
  },
  pairs: "web",
  documents: "text",
  pretraining: { steps: 6, pairs: 2, documents: 1, prefixLength: 8, suffixLength: 12 },
  seeds: [1, 2],
  attention: { data: "nocaps", pictures: 3 },
  tests: [
    { name: "zero-shot", task: "caption", data: "nocaps", limit: 6, metrics: ["cider"], maxLength: 6 },
    {
      ...{
        name: "tuned",
        title: "fine-tuned",
        task: "caption",
        data: "nocaps",
        limit: 6,
        metrics: ["cider"],
        maxLength: 6,
      },
      finetuning: { data: "captions", steps: 2, batch: 2 },
    },
  ],
  variants: [
    { name: "base", paper: "full" },
    { name: "stack", title: "decoder-only", paper: "decoder-only", config: { layout: "decoder-only" } },
    { name: "scratch", paper: "no pretraining", pretraining: false },
  ],
};

const write = (name: string, changes: object = {}) => scratch.write(name, JSON.stringify({ ...recipe, ...changes }));
const ablate = (path: string, out: string, ...more: string[]) =>
  runCli("ablate", path, "--data", data, "--out", scratch.at(out), ...HOW, ...more);
const HOW = ["--report-every", "1", "--checkpoint-every", "2"];
const study = (out: string) => readFileSync(scratch.at(`${out}/study.json`), "utf8");
const EMBEDDED = /(<script type="application\/vnd\.simvlm\.words" id="simvlm-study">)([\s\S]*?)(?=<\/script>)/;
/** All but the times, the embedded study unpacked. */
const page = (out: string) =>
  readFileSync(scratch.at(`${out}/report.html`), "utf8")
    .replace(EMBEDDED, (_, tag: string, packed: string) => tag + unpackText(packed, out))
    .replace(/"seconds":\{.*?\}\}/g, "")
    .replace(/<td>\d+\.\d<\/td><\/tr>/g, "");

beforeAll(async () => {
  data = await writeToybox(scratch, ["web", "text", "captions", "nocaps"], 12);
});

test("more pieces than the texts give are refused before anything is trained", async () => {
  const { code, stderr } = await ablate(
    write("large.json", { config: { ...recipe.config, vocabularySize: 5000 } }),
    "large",
  );
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/vocabularySize of 5000, but .*tokenizer\.json has \d+ pieces/),
  ]);
  expect(existsSync(scratch.at("large/weights"))).toBe(false);
});

describe("a study", () => {
  beforeAll(async () => {
    const { code, stdout, stderr } = await ablate(write("recipe.json"), "whole");
    expect(code, stderr).toBe(0);
    for (const title of [
      "Mean over 2 seeds",
      "Difference to base",
      "Beside the paper's ablations",
      "How far maps",
      "What was spent",
    ]) {
      expect(stdout).toContain(title);
    }
  }, 600_000);

  test("every variant is trained with every seed, given every test that it can do, and compared with the base", () => {
    const { cells, results } = JSON.parse(study("whole")) as Study;
    expect(cells.map(({ variant, seed }) => `${variant} ${seed}`)).toEqual([
      ...["base 1", "base 2", "stack 1", "scratch 1"],
      ...["stack 2", "scratch 2"],
    ]);
    expect(cells.map(({ trainings }) => Object.keys(trainings))).toEqual([
      ...[
        ["pretraining", "tuned"],
        ["pretraining", "tuned"],
      ],
      ...[["pretraining", "tuned"], ["tuned"], ["pretraining", "tuned"], ["tuned"]],
    ]);
    expect(cells[0]!.trainings.pretraining).toMatchObject({ steps: 6, examples: 18 });
    expect(cells[0]!.trainings.pretraining!.curve.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const main = results.scores.filter(({ score, subset }) => score === "CIDEr" && subset === "all");
    expect(main.map(({ variant, test }) => `${test} ${variant}`)).toEqual([
      ...["zero-shot base", "zero-shot stack"],
      ...["tuned base", "tuned stack", "tuned scratch"],
    ]);
    for (const { value, low, high, seeds, examples } of main) {
      expect(value).toBeCloseTo((seeds[0]! + seeds[1]!) / 2, 9);
      expect([low <= value, value <= high, seeds.length, examples]).toEqual([true, true, 2, 6]);
    }
    expect(results.scores.some(({ score }) => score === "things (F1)")).toBe(true);
    expect(results.scores.some(({ subset }) => subset === "out-domain")).toBe(true);
    const directions = results.directions.map(({ variant, test, row }) => `${test} ${variant}: ${row}`);
    expect(directions).toEqual([
      ...["zero-shot stack: decoder-only", "tuned stack: decoder-only"],
      "tuned scratch: no pretraining",
    ]);
  });

  test("pretrained models are looked at with the same pictures, and their maps stand side by side", () => {
    const { cells } = JSON.parse(study("whole")) as Study;
    const looks = cells.map(({ attention }) => attention);
    expect(looks.map((look) => look !== undefined)).toEqual([true, true, true, false, true, false]);
    const seen = looks.flatMap((look) => look ?? []);
    expect(new Set(seen.map(({ shown }) => shown.caption)).size).toBe(1);
    for (const { maps, shown } of seen) {
      expect(maps.map(({ map }) => map)).toEqual(["mean", "max", "rollout", "gradient", "activation", "random"]);
      for (const { measures } of maps)
        expect(Object.keys(measures)).toEqual(expect.arrayContaining(["deletion", "drop"]));
      expect(shown.words.map(({ word }) => word).join(" ")).toBe(shown.caption);
      for (const { maps: own } of shown.words) {
        expect(own.mean).toHaveLength(shown.grid ** 2);
        expect(Math.max(...own.mean!)).toBeGreaterThan(0);
      }
    }
    const text = readFileSync(scratch.at("whole/report.html"), "utf8");
    expect(text.match(/aria-label="[^"]+: decoder-only"/g)).toHaveLength(seen[0]!.shown.words.length);
    expect(text).toContain('<img src="data:image/jpeg;base64,/9j/');
  });

  test("in parts, one of them killed: the same bytes, and the same page but for the times", {
    timeout: 600_000,
  }, async () => {
    const path = write("recipe.json");
    const out = scratch.at("parts");
    const part = ["ablate", path, "--data", data, "--out", out, ...HOW, "--shard", "1/2"];
    const child = spawn(process.execPath, [BINARY, ...part], { cwd: project });
    const exit = once(child, "exit");
    const log = join(out, "weights/base/seed-1/pretraining/log.jsonl");
    while (!(await readTrainingLog(log)).some(({ step }) => step >= 3)) await pause(20);
    child.kill("SIGKILL");
    await exit;
    const first = await runCli(...part);
    expect([first.code, first.stdout], first.stderr).toEqual([0, expect.stringContaining("3 of 6 cells are done")]);
    expect(existsSync(join(out, "study.json"))).toBe(false);
    expect((await ablate(path, "parts")).code).toBe(0);
    expect(study("parts")).toBe(study("whole"));
    expect(page("parts")).toBe(page("whole"));
    expect(readdirSync(join(out, "cells")).sort()).toEqual(["base", "scratch", "stack"]);
  });

  test("without its weights and runs it is continued elsewhere, and tells how far it has come: the same bytes in the end", {
    timeout: 600_000,
  }, async () => {
    const kept = scratch.at("kept");
    for (const name of ["recipe.json", "tokenizer.json", "cells/base/seed-1.json"]) {
      cpSync(scratch.at(`whole/${name}`), join(kept, name));
    }
    const path = write("recipe.json");
    const early = await ablate(path, "kept", "--so-far");
    expect([early.code, early.stderr], early.stdout).toEqual([0, expect.not.stringContaining("steps")]);
    expect(early.stdout).toMatch(/Mean over up to 2 seeds[\s\S]*base +│? *1 /);
    expect(page("kept")).toContain("1 of 6 trainings are done");
    const verified = await runCli("verify", join(kept, "report.html"));
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("scores and comparisons")]);
    cpSync(scratch.at("whole/cells/stack/seed-1.json"), join(kept, "cells/stack/seed-1.json"));
    await ablate(path, "kept", "--so-far");
    const { cells, results } = JSON.parse(study("kept")) as Study;
    expect(cells).toHaveLength(2);
    expect(results.differences.some(({ variant, test }) => variant === "stack" && test === "tuned")).toBe(true);
    const { code, stderr } = await ablate(path, "kept", "--work", scratch.at("work"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("scratch/seed-2 tuned: 2 steps")]);
    expect(stderr).not.toMatch(/base\/seed-1|stack\/seed-1 pretraining/);
    expect(study("kept")).toBe(study("whole"));
    expect(page("kept")).toBe(page("whole"));
    expect(readdirSync(kept).sort()).toEqual([
      "cells",
      "data.sha256",
      "recipe.json",
      "report.html",
      "study.json",
      "tokenizer.json",
    ]);
    expect(readdirSync(scratch.at("work")).sort()).toEqual(["runs", "weights"]);
  });

  test("on other data it is not continued: the file is named that is another", async () => {
    const other = scratch.at("other-data");
    cpSync(data, other, { recursive: true });
    const changed = scratch.at("other-data/nocaps/test.json");
    writeFileSync(changed, `${readFileSync(changed, "utf8")} `);
    cpSync(scratch.at("whole/recipe.json"), scratch.at("elsewhere/recipe.json"));
    cpSync(scratch.at("whole/data.sha256"), scratch.at("elsewhere/data.sha256"));
    const { code, stderr } = await runCli(
      "ablate",
      write("recipe.json"),
      "--data",
      other,
      "--out",
      scratch.at("elsewhere"),
    );
    expect([code, stderr]).toEqual([2, expect.stringContaining('a study of other data: "nocaps/test.json" in')]);
    expect(readdirSync(scratch.at("elsewhere")).sort()).toEqual(["data.sha256", "recipe.json"]);
  });

  test("of which the base is not done there is nothing to report", async () => {
    cpSync(scratch.at("whole/recipe.json"), scratch.at("begun/recipe.json"));
    cpSync(scratch.at("whole/cells/stack/seed-1.json"), scratch.at("begun/cells/stack/seed-1.json"));
    const { code, stderr } = await ablate(write("recipe.json"), "begun", "--so-far");
    expect([code, stderr]).toEqual([2, expect.stringContaining("does not have the base, base, with seed 1")]);
    expect(existsSync(scratch.at("begun/report.html"))).toBe(false);
  });

  test("asked again, nothing is trained; another recipe is refused", async () => {
    const before = readFileSync(scratch.at("whole/report.html"));
    const again = await ablate(write("recipe.json"), "whole");
    expect([again.code, again.stderr]).toEqual([0, expect.not.stringContaining("steps")]);
    expect(readFileSync(scratch.at("whole/report.html")).equals(before)).toBe(true);
    const other = await ablate(write("other.json", { seeds: [1] }), "whole");
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("a study of another recipe")]);
  });

  test("verify confirms the report wherever it lies, and finds what was changed", async () => {
    const text = readFileSync(scratch.at("whole/report.html"), "utf8");
    const verify = async (name: string, changed: string) => {
      const { code, stdout } = await runCli("verify", scratch.write(`${name}.html`, changed));
      return { code, stdout };
    };
    expect(await verify("kept", text)).toEqual({
      code: 0,
      stdout: expect.stringContaining("confirmed: files, scores and comparisons, drawing"),
    });
    const change = async (from: RegExp, to: string) => {
      const [, , packed] = EMBEDDED.exec(text)!;
      const json = unpackText(packed!, "report.html");
      expect(json).toMatch(from);
      const repacked = await packText(json.replace(from, to));
      return text.replace(EMBEDDED, (_, tag: string) => tag + repacked);
    };
    const value = /("score":"CIDEr","subset":"all","examples":6,"value":)[\d.e-]+/;
    const raised = await verify("raised", await change(value, "$14.2"));
    expect(raised).toEqual({ code: 1, stdout: expect.stringMatching(/different: results: .*4\.2.* follows from/) });
    const drawn = await verify("drawn", text.replace("<h1>A study", "<h1>Another study"));
    expect(drawn).toEqual({ code: 1, stdout: expect.stringContaining("the page is not the one that follows") });
    expect(await verify("said", await change(/(\\"prediction\\":\\")/, "$1a dog "))).toEqual({
      code: 1,
      stdout: expect.stringContaining("does not have the SHA-256"),
    });
    const { code, stderr } = await runCli("verify", scratch.write("cut.html", text.replace(EMBEDDED, "$1")));
    expect([code, stderr]).toEqual([2, expect.stringContaining("cannot be unpacked")]);
  });
});

describe("before anything is trained, it is said", () => {
  const tests = (changes: object) => ({ tests: [{ ...recipe.tests[0], ...changes }] });
  test.each([
    ["a name twice", { variants: [{ name: "base" }, { name: "base" }] }, "expected base once"],
    ["a row that the paper does not have", { variants: [{ name: "a", paper: "nothing" }] }, "expected one of full,"],
    ["a place elsewhere", { pairs: "../web" }, "expected a folder below"],
    ["a field that there is not", { variants: [{ name: "a", pretraining: { objektive: "lm" } }] }, "objektive"],
    ["an unknown task", tests({ task: "sing" }), "sing"],
    ["an unknown metric", tests({ metrics: ["beauty"] }), "There is no metric beauty"],
    ["an unknown preset", { preset: "giant" }, "giant"],
    ["data that are not there", tests({ data: "nowhere" }), "nowhere"],
    [
      "a base without a test",
      { variants: [{ name: "a", pretraining: false }], ...tests({}) },
      "nothing to compare with",
    ],
    ["a name of ours", tests({ name: "pretraining" }), "expected another name than pretraining"],
  ] as const)("%s", async (name, changes, message) => {
    const { code, stderr } = await ablate(write(`bad ${name}.json`, changes), "never");
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(scratch.at("never"))).toBe(false);
  });
});

test("the recipe that comes along can be read", async () => {
  const { readStudyRecipe } = await import("../../../harness/study/study-recipe.js");
  const found: StudyRecipe = await readStudyRecipe("examples/study/recipe.json");
  expect(found.variants[0]).toMatchObject({ paper: "full" });
});
