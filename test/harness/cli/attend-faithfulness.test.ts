import { readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { generateToybox } from "../../../harness/toybox/generate.js";
import { smallModel } from "../models/simvlm/small.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const small = scratch.at("small");
const toybox = scratch.at("toybox");
const quick = ["--steps", "2", "--random-maps", "1", "--checkpoint", small, "--min-length", "2", "--max-length", "4"];
const attend = (...args: string[]) => runCli("attend", "--faithfulness", ...quick, ...args);

beforeAll(async () => {
  const { config, weights, tokenizer } = smallModel();
  await saveCheckpoint(small, { config, weights, tokenizer: serializeTokenizer(tokenizer.file) });
  const options = { seed: 5, scale: "small", noise: 0 } as const;
  await generateToybox(toybox, { ...options, only: ["captions"], splits: ["test"], limit: 3 });
});

const MAPS = ["mean", "max", "rollout", "gradient × attention", "activation", "random"];

test("one picture: its caption and a table on stdout, without intervals", async () => {
  const { code, stdout, stderr } = await attend("fixtures/images/beach.jpg", "--caption", "the dog sees the ball");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.startsWith("the dog sees the ball\n")).toBe(true);
  expect(stdout).toContain("1 picture, 5 words\n");
  for (const map of MAPS) expect(stdout).toMatch(new RegExp(`│ ${map} +│ +0\\.\\d{4} │`));
  expect(stdout).not.toContain("pointing");
  expect(stdout).not.toMatch(/\[\d/);
});

test("a set with its masks: intervals, and not a word about what is missing", async () => {
  const { code, stdout, stderr } = await attend("--data", `${toybox}/captions`, "--maps", "mean,rollout");
  expect([code, stderr.replace(/^measuring .*\n/gm, "")]).toEqual([0, ""]);
  expect(stdout).toMatch(/Faithfulness of maps: 3 pictures, \d+ words/);
  expect(stdout).toMatch(/\[-?\d\.\d{3}, -?\d\.\d{3}\]/);
  expect(stdout).not.toContain("gradient");
});

test("--json has each picture's curves, words and knockouts; the masks of one picture are found by its name", async () => {
  const file = `${toybox}/captions/masks-test.json`;
  const { images, annotations, categories } = JSON.parse(readFileSync(file, "utf8")) as {
    images: { file_name: string }[];
    annotations: { category_id: number }[];
    categories: { id: number; name: string }[];
  };
  const path = `${toybox}/captions/images/test/${images[0]!.file_name}`;
  const caption = ["--caption", `a ${categories.find(({ id }) => id === annotations[0]!.category_id)!.name}`];
  const masks = ["--masks", file];
  const { code, stdout } = await attend(path, ...caption, ...masks, "--json", "--knockout-layers", "1");
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as {
    settings: Record<string, unknown>;
    verdict: { named: number; maps: { map: string; measures: Record<string, { score: number }> }[] };
    pictures: { image: string; grid: number; words: { text: string; knockout: number[][] }[]; maps: unknown[] }[];
  };
  expect(report.settings).toMatchObject({ steps: 2, randoms: 1, blur: 1, layers: [1], seed: 1 });
  expect(report.verdict.named).toBeGreaterThan(0);
  expect(Object.keys(report.verdict.maps[0]!.measures)).toContain("pointing");
  const [{ image, words, grid, maps }] = report.pictures as [(typeof report.pictures)[number]];
  expect([image, maps.length]).toEqual([path, 6]);
  expect(words.map(({ knockout }) => [knockout.length, knockout[0]!.length])).toEqual(words.map(() => [grid, grid]));
});

describe("--out", () => {
  test.each([".png", ".svg"])("%s: the curves as a figure", async (ending) => {
    const out = scratch.at(`curves${ending}`);
    expect((await attend("fixtures/images/beach.jpg", "--out", out)).code).toBe(0);
    const { width, height } = await sharp(out).metadata();
    expect(width).toBeGreaterThan(700);
    expect(height).toBeGreaterThan(500);
    expect((await sharp(out).stats()).entropy).toBeGreaterThan(0.3);
  });

  test(".html: the explorer of the picture and the curves, or the curves of a set", async () => {
    const out = scratch.at("page.html");
    expect((await attend("fixtures/images/beach.jpg", "--out", out)).code).toBe(0);
    const page = readFileSync(out, "utf8");
    for (const part of ["simvlm-explorer", "simvlm-plot", "deletion AUC"]) expect(page).toContain(part);
    expect((await attend("--data", `${toybox}/captions`, "--out", out)).code).toBe(0);
    const set = readFileSync(out, "utf8");
    expect(set).toContain("Faithfulness of maps, 3 pictures");
    expect(set).not.toContain('class="simvlm-explorer"');
  });
});

describe("bad input writes nothing", () => {
  test.each([
    [[], "Give one picture, or a data set with --data, and not both."],
    [["fixtures/images/beach.jpg", "--data", "toybox"], "Give one picture, or a data set with --data"],
    [["nowhere.jpg"], "there is no such picture"],
    [["fixtures/images/beach.jpg", "--masks", "nowhere.json"], "nowhere.json"],
    [["fixtures/images/beach.jpg", "--steps", "0"], "It must be a whole number, 1 or more."],
    [["fixtures/images/beach.jpg", "--maps", "mean,heat"], "It must be one or more of mean, max, rollout"],
    [["fixtures/images/beach.jpg", "--knockout-layers", "7"], "There is no layer 7"],
    [["fixtures/images/beach.jpg", "--knockout-layers", "x"], "whole numbers from 0, separated by commas"],
    [["fixtures/images/beach.jpg", "--out", "curves.gif"], "the name must end in .png or .svg or .html"],
    [["fixtures/images/beach.jpg", "--caption", ""], "The caption is empty"],
    [["fixtures/images/beach.jpg", "--layer", "1"], "--layer is for drawing maps"],
    [["fixtures/images/beach.jpg", "--map", "max"], "where --maps chooses what is measured"],
    [["fixtures/images/beach.jpg", "--beside", "other"], "--beside is for drawing maps"],
    [["fixtures/images/beach.jpg", "--limit", "1"], "--limit is for a data set: give --data"],
  ])("%j", async (args, message) => {
    const before = scratch.list();
    const { code, stdout, stderr } = await attend(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(scratch.list()).toEqual(before);
  });

  test("a picture that the masks do not have, and a caption for a whole set", async () => {
    const masks = `${toybox}/captions/masks-test.json`;
    const strange = await attend("fixtures/images/beach.jpg", "--masks", masks);
    expect(strange.stderr).toContain("has no picture called beach.jpg");
    const same = await attend("--data", `${toybox}/captions`, "--caption", "a dog");
    expect(same.stderr).toContain("--caption is for one picture");
    expect([strange.code, same.code]).toEqual([2, 2]);
  });
});

test.each([
  ["--steps", "3"],
  ["--random-maps", "2"],
  ["--blur", "2"],
  ["--knockout-layers", "0"],
])("%s without --faithfulness is refused, not ignored", async (...option) => {
  const asked = ["fixtures/images/beach.jpg", "--out", scratch.at("plain.svg"), "--checkpoint", small];
  const { code, stderr } = await runCli("attend", ...asked, ...option);
  expect([code, stderr]).toEqual([
    2,
    `simvlm: ${option[0]} is for measuring maps: give --faithfulness, too, or leave it out.\n`,
  ]);
});

test("--json has where each point of a curve lies; a single picture is certain of nothing", async () => {
  const { stdout } = await attend("fixtures/images/beach.jpg", "--caption", "dog", "--json", "--weights", "int8");
  const { settings, verdict } = JSON.parse(stdout) as {
    settings: Record<string, unknown>;
    verdict: { maps: { deletion: { shares: number[] }; measures: Record<string, { difference?: unknown }> }[] };
  };
  expect(settings.weights).toBe("int8");
  expect(verdict.maps[0]!.deletion.shares).toEqual([0, 0.5, 1]);
  expect(
    verdict.maps.flatMap(({ measures }) => Object.values(measures)).filter(({ difference }) => difference),
  ).toEqual([]);
});
