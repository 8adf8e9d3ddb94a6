import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();

beforeAll(async () => {
  writeCaptionData(scratch);
  await makeRun(scratch, "whole", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "other", () => "a dog");
});

function edit(path: string, then: string | RegExp, now: string): void {
  const text = readFileSync(path, "utf8");
  const edited = text.replace(then, now);
  expect(edited).not.toBe(text);
  writeFileSync(path, edited);
}

/** What somebody does to the files of a finished run, and what is said of it. */
const FORGERIES: readonly (readonly [what: string, forge: (at: (name: string) => string) => void, said: string])[] = [
  [
    "a better caption",
    (at) => edit(at("predictions.jsonl"), /"prediction":"[^"]*"/, '"prediction":"a cat"'),
    "predictions.jsonl was changed",
  ],
  ["an example that is left out", (at) => edit(at("predictions.jsonl"), /^.*\n/, ""), "predictions.jsonl was changed"],
  ["another score", (at) => edit(at("scores.json"), /"CIDEr": [\d.]+/, '"CIDEr": 9.87'), "scores.json was changed"],
  ["scores that are gone", (at) => rmSync(at("scores.json")), "scores.json was changed"],
  ["another seed", (at) => edit(at("manifest.json"), '"seed": 1', '"seed": 2'), "manifest.json was changed"],
  ["another name", (at) => edit(at("manifest.json"), '"label": "', '"label": "new '), "manifest.json was changed"],
  [
    "another model",
    (at) => edit(at("manifest.json"), '"kind": "hand-made"', '"kind": "model"'),
    "manifest.json was changed",
  ],
  [
    "a later time",
    (at) => edit(at("manifest.json"), /"created": "\d{4}/, '"created": "2031'),
    "manifest.json was changed",
  ],
  ["the seal of another run", (at) => cpSync(scratch.at("other/seal.json"), at("seal.json")), "was changed"],
  ["no seal", (at) => rmSync(at("seal.json")), "there is no seal.json"],
  ["half a seal", (at) => edit(at("seal.json"), /"predictions"[\s\S]*/, ""), "seal.json"],
  [
    "an older version, and no seal",
    (at) => {
      rmSync(at("seal.json"));
      edit(at("manifest.json"), /"version": "[^"]*"/, '"version": "0.1.0"');
    },
    "which wrote none, but",
  ],
];

test.each(FORGERIES)("%s: not compared, reported, or used", async (_, forge, said) => {
  const forged = scratch.at("forged");
  rmSync(forged, { recursive: true, force: true });
  cpSync(scratch.at("whole"), forged, { recursive: true });
  forge((name) => join(forged, name));
  const commands = [
    ["compare", scratch.at("other"), forged],
    ["compare", forged, scratch.at("other"), "--json", scratch.at("out.json")],
    ["report", forged, "--out", scratch.at("out.html")],
  ];
  for (const command of commands) {
    const { code, stdout, stderr } = await runCli(...command);
    expect([code, stdout], command[0]).toEqual([2, ""]);
    expect(stderr).toContain(said);
    expect(stderr).toContain("forged");
  }
  expect((await runCli("verify", forged)).code).not.toBe(0);
});

test("changed predictions are not scored by themselves either, nor made a run of; a copy elsewhere is a file of predictions", async () => {
  const folder = scratch.at("changed");
  cpSync(scratch.at("whole"), folder, { recursive: true });
  const log = join(folder, "predictions.jsonl");
  const given = ["--task", "caption", "--predictions", log];
  const score = ["score", ...given, "--references", scratch.at("data/test.json")];
  expect((await runCli(...score)).code).toBe(0);
  edit(log, /"prediction":"[^"]*"/, '"prediction":"a cat"');
  for (const command of [score, ["run", ...given, "--data", scratch.at("data"), "--out", scratch.at("again")]]) {
    expect(await runCli(...command)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("predictions.jsonl was changed after the run was finished"),
    });
  }
  mkdirSync(scratch.at("elsewhere"));
  cpSync(log, scratch.at("elsewhere/predictions.jsonl"));
  const elsewhere = ["--predictions", scratch.at("elsewhere/predictions.jsonl")];
  expect((await runCli(...score, ...elsewhere)).code).toBe(0);
});

/** Changes after which a run has something to do again: whoever does it would seal what was forged. */
const UNDONE: typeof FORGERIES = [
  [
    "a caption, and a line that is gone",
    (at) => {
      edit(at("predictions.jsonl"), /"prediction":"[^"]*"/, '"prediction":"a cat"');
      edit(at("predictions.jsonl"), /.*\n$/, "");
    },
    "predictions.jsonl was changed",
  ],
  [
    "a caption, and results that are gone",
    (at) => {
      edit(at("predictions.jsonl"), /"prediction":"[^"]*"/, '"prediction":"a cat"');
      rmSync(at("results.json"));
    },
    "predictions.jsonl was changed",
  ],
  [
    "a caption, and a seal that is gone",
    (at) => {
      edit(at("predictions.jsonl"), /"prediction":"[^"]*"/, '"prediction":"a cat"');
      rmSync(at("seal.json"));
    },
    "there is no seal.json",
  ],
];

test.each(UNDONE)("%s: the command that made the run does not go on with it", async (_, forge, said) => {
  const folder = scratch.at("undone");
  rmSync(folder, { recursive: true, force: true });
  const given = join(scratch.at("other"), "results.json");
  const command = ["run", "--task", "caption", "--data", scratch.at("data"), "--predictions", given, "--out", folder];
  expect(await runCli(...command)).toMatchObject({ code: 0 });
  expect(await runCli(...command)).toMatchObject({ code: 0 });
  forge((name) => join(folder, name));
  const before = readFileSync(join(folder, "predictions.jsonl"), "utf8");
  expect(await runCli(...command)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(said) });
  expect(readFileSync(join(folder, "predictions.jsonl"), "utf8")).toBe(before);
});

test("predictions of a run that has lost its seal, or was changed, are not scored, made a run of, handed in or measured", async () => {
  const folder = scratch.at("unsealed");
  cpSync(scratch.at("whole"), folder, { recursive: true });
  const log = join(folder, "predictions.jsonl");
  edit(log, /"prediction":"[^"]*"/, '"prediction":"a cat"');
  const given = ["--task", "caption", "--predictions", log];
  const commands = [
    ["score", ...given, "--references", scratch.at("data/test.json")],
    ["run", ...given, "--data", scratch.at("data"), "--out", scratch.at("of-unsealed")],
    ["submission", folder, "--server", "coco", "--out", scratch.at("handed-in.json")],
    ["diversity", folder],
    ["diversity", log],
  ];
  for (const said of ["predictions.jsonl ", "there is no seal.json"]) {
    for (const command of commands) {
      expect(await runCli(...command), command[0]).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining(said),
      });
    }
    rmSync(join(folder, "seal.json"), { force: true });
  }
});

test("runs that are what they were, and runs of old versions without a seal, are compared", async () => {
  const few = ["--resamples", "10", "--no-paper"];
  expect((await runCli("compare", scratch.at("whole"), scratch.at("other"), ...few)).code).toBe(0);
  const kept = ["fixtures/kept/zero-shot", "fixtures/kept/fine-tuned", "--data", "fixtures/kept/nocaps"];
  expect(await runCli("compare", ...kept, ...few)).toMatchObject({ code: 0, stderr: "" });
});
