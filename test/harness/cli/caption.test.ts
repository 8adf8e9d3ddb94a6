import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { saveCheckpoint } from "../../../harness/models/simvlm/simvlm-checkpoint.js";
import { serializeTokenizer } from "../../../harness/text/tokenizer-file.js";
import { smallModel } from "../models/simvlm/small.js";
import { project, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const beach = "fixtures/images/beach.jpg";
const street = "fixtures/images/street.png";
const small = scratch.at("small");
const { config, weights, tokenizer } = smallModel();

beforeAll(() => saveCheckpoint(small, { config, weights, tokenizer: serializeTokenizer(tokenizer.file) }));

interface Row {
  image: string;
  caption: string;
  logProbability: number;
  tokens: number[];
}

const noise = /^simvlm: toy, random weights, seed 1: the words are noise\. .*--checkpoint DIR\.\n$/;

test("pictures are captioned; without a checkpoint it says that the words are noise", async () => {
  const { code, stdout, stderr } = await runCli("caption", beach, street);
  expect(code).toBe(0);
  expect(stderr).toMatch(noise);
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^fixtures\/images\/beach\.jpg: \S/);
  expect(lines[1]).toMatch(/^fixtures\/images\/street\.png: \S/);
});

test("--json is an array, the same for any batch size", async () => {
  const run = (...args: string[]) => runCli("caption", beach, street, beach, "--json", "--checkpoint", small, ...args);
  const { code, stdout, stderr } = await run();
  expect([code, stderr]).toEqual([0, ""]);
  const rows = JSON.parse(stdout) as Row[];
  expect(rows.map((row) => Object.keys(row))).toEqual(Array(3).fill(["image", "caption", "logProbability", "tokens"]));
  expect(rows.map(({ image }) => image)).toEqual([beach, street, beach]);
  expect(rows[2]).toEqual({ ...rows[0], logProbability: expect.closeTo(rows[0]!.logProbability, 4) });
  expect(rows[0]!.logProbability).toBeLessThan(0);
  expect(rows[0]!.tokens[0]).toBe(tokenizer.startId);
  expect(tokenizer.decode(rows[0]!.tokens)).toBe(rows[0]!.caption);
  const single = JSON.parse((await run("--batch", "1")).stdout) as Row[];
  expect(single.map(({ caption }) => caption)).toEqual(rows.map(({ caption }) => caption));
});

test("the ways of decoding, the prompt and the seed change what is said", async () => {
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli("caption", beach, "--json", "--checkpoint", small, ...args);
    expect([code, stderr]).toEqual([0, ""]);
    return (JSON.parse(stdout) as Row[])[0]!;
  };
  const greedy = await say("--greedy", "--max-length", "5", "--min-length", "5");
  expect(tokenizer.encode(greedy.caption).length).toBeGreaterThan(0);
  expect(await say("--greedy", "--max-length", "5", "--min-length", "5", "--prompt", "zwei")).not.toEqual(greedy);
  const sampled = await say("--top-k", "50", "--temperature", "2", "--seed", "3");
  expect(await say("--top-k", "50", "--temperature", "2", "--seed", "4")).not.toEqual(sampled);
});

test("beam searches are chosen by name, with what belongs to them", async () => {
  const say = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli("caption", beach, "--json", "--checkpoint", small, ...args);
    return code === 0 ? (JSON.parse(stdout) as Row[])[0]!.tokens : [code, stderr];
  };
  const usual = ["--max-length", "6", "--beam", "3"];
  const own = await say(...usual);
  expect(await say(...usual, "--search", "simvlm")).toEqual(own);
  // This model does not end by itself; the original GIT's search puts the end in the place of the last word.
  expect(own.at(-1)).not.toBe(tokenizer.endId);
  const git = await say(...usual, "--search", "git", "--length-penalty", "-3");
  expect([git.length, git.at(-1)]).toEqual([7, tokenizer.endId]);
  const library = ["--search", "transformers"];
  const early = await say(...usual, ...library, "--early-stopping", "never");
  expect(early).toHaveLength(7);
  expect(await say(...usual, ...library, "--repetition-penalty", "9")).not.toEqual(early);
  for (const wrong of [
    ["--early-stopping", "true"],
    ["--search", "git", "--early-stopping", "false"],
    ["--search", "git", "--repetition-penalty", "2"],
    ["--search", "best"],
    ["--search", "git", "--greedy"],
    ["--length-penalty", "1", "--sample"],
    ["--length-penalty", "long"],
    [...library, "--early-stopping", "maybe"],
    ["--repetition-penalty", "0"],
  ]) {
    expect(await say(...wrong), wrong.join(" ")).toEqual([2, expect.stringMatching(/^(simvlm|error): /)]);
  }
});

describe("bad pictures", () => {
  test("are named, the others are captioned, and the exit code is 2", async () => {
    const text = scratch.write("text.jpg", "I am not a picture");
    const whole = readFileSync(`${project}${beach}`);
    const cut = scratch.write("cut.jpg", whole.subarray(0, whole.length / 2));
    const args = ["nowhere.jpg", text, beach, "fixtures", cut, street];
    const { code, stdout, stderr } = await runCli("caption", ...args, "--json", "--checkpoint", small);
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as Row[]).map(({ image }) => image)).toEqual([beach, street]);
    const lines = stderr.trimEnd().split("\n");
    expect(lines).toHaveLength(5);
    expect(lines[0]).toContain("nowhere.jpg: there is no such picture");
    expect(lines[1]).toContain("text.jpg is not a readable image");
    expect(lines[2]).toContain("fixtures is a folder: name the pictures in it, such as fixtures/*.jpg");
    expect(lines[3]).toContain("cut.jpg is not a readable image");
    expect(lines[4]).toContain("4 of 6 pictures could not be captioned");
  });

  test("a device is called one", async () => {
    const { code, stderr } = await runCli("caption", "/dev/zero", "--checkpoint", small);
    expect(code).toBe(2);
    expect(stderr).toContain("/dev/zero is not a regular file, but a pipe or a device.");
  });

  test("alone, they load no model", async () => {
    const page = scratch.write("page.jpg", "<html>");
    const { code, stdout, stderr } = await runCli("caption", "nowhere.jpg", page, "--checkpoint", "nowhere");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("page.jpg is not a readable image: it is a web page");
    expect(stderr).toContain("2 of 2 pictures");
  });
});

describe("bad options", () => {
  const wrongShape = scratch.at("wrong");
  beforeAll(async () => {
    await saveCheckpoint(wrongShape, { config, weights, tokenizer: serializeTokenizer(tokenizer.file) });
    scratch.write("wrong/config.json", { ...config, mlpWidth: 64 });
  });

  test.each([
    [["--checkpoint", "fixtures"], "fixtures is not a checkpoint: fixtures/config.json is missing"],
    [["--checkpoint", wrongShape], "wrong shape encoder.0.mlp.input.kernel [16,32], should be [16,64]"],
    [["--preset", "giant"], "Allowed choices are base, large, huge, small, toy"],
    [["--preset", "toy", "--checkpoint", small], "cannot be used with option '--preset <name>'"],
    [["--provider", "abacus"], 'The provider "abacus" is not in the installed onnxruntime-node'],
    [["--greedy", "--beam", "2"], "cannot be used with option"],
    [["--top-p", "1.5"], "It must be greater than 0 and at most 1."],
    [["--checkpoint", small, "--max-length", "41"], "the model has 40 text positions"],
    [["--checkpoint", small, "--prompt", "a very long prompt ".repeat(9)], "the model has 40 text positions"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await runCli("caption", beach, ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
