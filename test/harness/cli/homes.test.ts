import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withSession } from "../../../harness/training/training-session.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

/*
 * What is passed on does not tell whose home it was made in.
 */

let scratch: Scratch;

beforeEach(() => {
  scratch = new Scratch();
  vi.stubEnv("HOME", scratch.at(""));
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a comparison", async () => {
  writeCaptionData(scratch, { facts: true });
  await makeRun(scratch, "good", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "bad", (_, place) => CAPTIONS[(place + 1) % CAPTIONS.length]);
  const json = scratch.at("comparison.json");
  const { code } = await runCli("compare", scratch.at("good"), scratch.at("bad"), "--resamples", "20", "--json", json);
  expect(code).toBe(0);
  const text = readFileSync(json, "utf8");
  expect(text).toContain("~/");
  expect(text).not.toContain(scratch.at(""));
});

test("a training's recipe, with which it is continued from another home, too", async () => {
  const begin = (home: string) => {
    const recipe = { data: [{ folder: `${home}/data` }], learningRate: 0.1 };
    const start = { recipe, files: {}, weights: {}, onMessage: () => {} };
    return withSession(scratch.at("training"), start, async () => false);
  };
  await begin(scratch.at(""));
  const text = readFileSync(scratch.at("training/recipe.json"), "utf8");
  expect(JSON.parse(text)).toEqual({ data: [{ folder: "~/data" }], learningRate: 0.1 });
  vi.stubEnv("HOME", "/elsewhere");
  await begin("/elsewhere");
  await expect(begin("/another")).rejects.toMatchObject({ code: "other-recipe" });
});
