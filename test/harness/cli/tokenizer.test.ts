import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadTokenizer } from "../../../harness/text/index.js";
import { fixtureTokenizer, tokenizerPath } from "../text/fixture.js";
import { project, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const captions = "fixtures/tokenizer/captions.txt";

describe("tokenizer train", () => {
  test("learns a vocabulary and says what it found", async () => {
    const out = scratch.at("tokenizer.json");
    const { code, stdout, stderr } = await runCli("tokenizer", "train", captions, "--vocab", "350", "--out", out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/tokenizer\.json: 350 pieces from \d+ words in 240 lines; \d\.\d\d tokens per word\n$/);
    expect(stderr).toContain("pieces, 90 wanted");
    expect(readFileSync(out, "utf8")).toBe(readFileSync(tokenizerPath, "utf8"));
    const tokenizer = await loadTokenizer(out);
    expect(tokenizer.decode(tokenizer.encode("Zwei Hunde 🐕"))).toBe("Zwei Hunde 🐕");
  });

  test("--coverage leaves rare characters to the bytes; --json reports", async () => {
    const args = ["--vocab", "330", "--coverage", "0.9", "--json"];
    const { code, stdout } = await runCli("tokenizer", "train", captions, ...args, "--out", scratch.at("less.json"));
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { vocabSize: number; coverage: number };
    expect(report.vocabSize).toBe(330);
    expect(report.coverage).toBeGreaterThanOrEqual(0.9);
    expect(report.coverage).toBeLessThan(0.95);
  });

  const never = scratch.at("never.json");
  test.each([
    [["nowhere.txt", "--out", never], "nowhere.txt: there is no such file"],
    [[captions, "--vocab", "270", "--out", never], "Ask for at least"],
    [[captions, "--vocab", "8000", "--out", never], "Ask for fewer or train on more text."],
    [[captions, "--out", captions], "would be overwritten"],
    [[captions, "--vocab", "350", "--out", scratch.at("missing/tokenizer.json")], "cannot be written"],
    [[captions, "--coverage", "2", "--out", never], "It must be greater than 0 and at most 1."],
    [["--out", never], "missing required argument 'file'"],
  ])("%j", async (args, message) => {
    const before = scratch.list();
    const { code, stdout, stderr } = await runCli("tokenizer", "train", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(scratch.list()).toEqual(before);
  });
});

test("tokenizer encode shows pieces and ids", async () => {
  const { code, stdout } = await runCli("tokenizer", "encode", "a dog", "--json");
  const tokenizer = fixtureTokenizer();
  const ids = tokenizer.encode("a dog");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ ids, pieces: tokenizer.pieces(ids) });
  const lines = (await runCli("tokenizer", "encode", "a dog", "--tokenizer", tokenizerPath)).stdout
    .trimEnd()
    .split("\n");
  expect(lines.map((line) => Number(line.trim().split(" ")[0]))).toEqual(ids);
  expect(await runCli("tokenizer", "encode", "x", "--tokenizer", "package.json")).toMatchObject({
    code: 2,
    stdout: "",
  });
});

test("the small tokenizer that comes with the package is the fixture", () => {
  expect(readFileSync(`${project}harness/assets/tokenizer.json`, "utf8")).toBe(readFileSync(tokenizerPath, "utf8"));
});
