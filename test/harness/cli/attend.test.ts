import { readFileSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { decoderOnly, smallModel } from "../models/simvlm/small.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const beach = "fixtures/images/beach.jpg";
const checkpoints = { small: smallModel(), stack: smallModel(decoderOnly) };

beforeAll(async () => {
  for (const [name, { config, weights, tokenizer }] of Object.entries(checkpoints)) {
    await saveCheckpoint(scratch.at(name), { config, weights, tokenizer: serializeTokenizer(tokenizer.file) });
  }
});

interface Report {
  caption: string;
  grid: number;
  words: { text: string; image: number; prompt: number; suffix: number; map: number[][] }[];
}

interface PublishedReport extends Omit<Report, "words"> {
  keys: Record<"class" | "patch" | "prompt" | "text", number>;
  through?: "question";
  words: (Report["words"][number] & { classToken: number })[];
}

test("a figure with a panel a word, and the caption on stdout", async () => {
  const out = scratch.at("map.png");
  const { code, stdout, stderr } = await runCli("attend", beach, "--out", out);
  expect(code).toBe(0);
  expect(stderr).toContain("the words are noise");
  const caption = (await runCli("caption", beach)).stdout.replace(`${beach}: `, "");
  expect(stdout).toBe(caption);
  const { format, width, height } = await sharp(out).metadata();
  expect([format, width! > 1000, height! > 400]).toEqual(["png", true, true]);
  // Not a blank sheet: title, panels and legend have many colours.
  const { entropy } = await sharp(out).stats();
  expect(entropy).toBeGreaterThan(2);
});

test.each(Object.keys(checkpoints))("%s: the maps as numbers", async (name) => {
  const length = ["--min-length", "6", "--max-length", "12"];
  const run = async (...args: string[]) => {
    const out = scratch.at("map.svg");
    const { code, stdout, stderr } = await runCli(
      ...["attend", beach, "--out", out, "--json", "--checkpoint", scratch.at(name), ...length, ...args],
    );
    expect([code, stderr]).toEqual([0, ""]);
    return JSON.parse(stdout) as Report;
  };
  const report = await run();
  expect(report.grid).toBe(2);
  expect(report.words.length).toBeGreaterThan(0);
  for (const { image, prompt, suffix, map } of report.words) {
    expect(map.map((row) => row.length)).toEqual([2, 2]);
    expect(map.flat().reduce((sum, value) => sum + value, 0)).toBeCloseTo(image, 5);
    expect(image + prompt + suffix).toBeCloseTo(1, 5);
  }
  expect(readFileSync(scratch.at("map.svg"), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
  const one = await run("--layer", "1", "--head", "0");
  expect(one.caption).toBe(report.caption);
  expect(one.words[0]!.map).not.toEqual(report.words[0]!.map);
  expect((await run("--prompt", "")).words.every(({ prompt }) => prompt === 0)).toBe(true);
});

test.each([
  ["git", "", { class: 1, patch: 16, prompt: 0 }, undefined],
  ["git-vqa", "is there a boat?", { class: 1, patch: 16, prompt: 5 }, undefined],
  ["blip", "a picture of", { class: 1, patch: 25, prompt: 0, text: 0 }, undefined],
  ["blip-vqa", "is there a boat?", { class: 1, patch: 25, prompt: 0, text: 0 }, "question"],
  ["vit-gpt2", "", { class: 1, patch: 16, prompt: 0, text: 0 }, undefined],
] as const)("published: %s says of each kind of keys how much it got", async (name, prompt, keys, through) => {
  const run = async (file: string) => {
    const out = scratch.at(file);
    const { code, stdout, stderr } = await runCli(
      ...[
        "attend",
        beach,
        "--out",
        out,
        "--json",
        "--checkpoint",
        `fixtures/captioners/${name}`,
        "--prompt",
        prompt,
        "--max-length",
        "8",
      ],
    );
    expect([code, stderr]).toEqual([0, ""]);
    return { report: JSON.parse(stdout) as PublishedReport, written: readFileSync(out, "utf8") };
  };
  const { report, written } = await run("published.svg");
  expect(written).toMatch(/^<svg .*<\/svg>\n$/s);
  expect(report.keys).toMatchObject(keys);
  expect(report.keys.text > 0).toBe(name.startsWith("git"));
  expect(report.through).toBe(through);
  expect(report.words.length).toBeGreaterThan(0);
  for (const { image, prompt: onPrompt, suffix, classToken, map } of report.words) {
    expect(map.flat().reduce((sum, value) => sum + value, 0)).toBeCloseTo(image, 5);
    expect(image + onPrompt + suffix + classToken).toBeCloseTo(1, 5);
    expect([onPrompt > 0, suffix > 0]).toEqual([keys.prompt > 0, name.startsWith("git")]);
  }
  const page = await run("published.html");
  expect(page.report.words).toEqual(report.words);
  const [pane] = JSON.parse(/<script type="application\/json">(.*?)<\/script>/s.exec(page.written)![1]!).panes;
  expect(pane.keys).toEqual(report.keys);
  const methods = ["attention", ...(through ? [] : ["gradient"]), "rollout"];
  expect(Object.keys(pane.model).sort()).toEqual(methods);
  expect(pane).not.toHaveProperty("control");
});

test("the explorer as one page, with a second model on the same words", async () => {
  const out = scratch.at("map.html");
  const caption = ["--caption", "the dog & the <ball>"];
  const { code, stdout, stderr } = await runCli(
    ...[
      "attend",
      beach,
      "--out",
      out,
      "--checkpoint",
      scratch.at("small"),
      "--beside",
      scratch.at("stack"),
      ...caption,
    ],
  );
  expect([code, stdout, stderr]).toEqual([0, "the dog & the <ball>\n", ""]);
  const page = readFileSync(out, "utf8");
  expect(page).toContain("<title>the dog &amp; the &lt;ball&gt;</title>");
  const data = /<script type="application\/json">(.*?)<\/script>/s.exec(page)![1]!;
  const { panes } = JSON.parse(data) as { panes: { words: string[]; control: object; model: object }[] };
  expect(panes.map(({ words }) => words)).toEqual([
    ["the", "dog", "&", "the", "<ball>"],
    ["the", "dog", "&", "the", "<ball>"],
  ]);
  for (const { model, control } of panes) {
    expect(Object.keys(model).sort()).toEqual(["attention", "gradient", "rollout"]);
    expect(Object.keys(control).sort()).toEqual(["attention", "gradient", "rollout"]);
  }
  expect(page).not.toMatch(/(src|href)="(?!data:|#)/);
});

describe("bad input writes nothing", () => {
  const text = scratch.write("text.jpg", "I am not a picture");
  const out = scratch.at("never.png");
  test.each([
    [["nowhere.jpg", "--out", out], "nowhere.jpg: there is no such picture"],
    [[text, "--out", out], "text.jpg is not a readable image"],
    [[beach, "--out", beach], `${beach} is an input and would be overwritten`],
    [[beach, "--out", scratch.at("map.gif")], "the name must end in .png or .svg or .html"],
    [
      [beach, "--out", out, "--beside", scratch.at("small")],
      "--beside is for the explorer: the name in --out must end in .html",
    ],
    [[beach, "--out", scratch.at("never.html"), "--beside", scratch.at("nowhere")], "nowhere"],
    [[beach, "--out", out, "--caption", ""], "The caption is empty"],
    [[beach, "--out", scratch.at("text.jpg/map.png")], "cannot be written"],
    [[beach, "--out", out, "--layer", "3"], "There is no layer 3: the decoder has 2, 0 to 1."],
    [[beach, "--out", out, "--head", "x"], "It must be a whole number, 0 or more, or mean."],
    [[beach], "There is nothing to draw on: name a file with --out"],
    [["--out", out], "There is no picture to caption: name one."],
    [[beach, "--out", out, "--map", "rollout", "--head", "0"], "The map rollout is of all layers and heads"],
    [[beach, "--out", out, "--masks", "masks.json"], "--masks is for measuring maps: give --faithfulness"],
  ])("%j", async (args, message) => {
    const before = scratch.list();
    const { code, stdout, stderr } = await runCli("attend", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(scratch.list()).toEqual(before);
  });
});
