import { mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "../cli/run-cli.js";

/*
 * What the system does not let anybody read is named once, with a code, wherever it is given.
 */

const scratch = new Scratch();
mkdirSync(scratch.at("data"));
symlinkSync("loop", scratch.at("loop"));

const REFERENCES = "fixtures/nocaps/annotations.json";
const PREDICTIONS = "fixtures/nocaps/predictions-zero-shot.json";

describe.each(["/proc/self/mem", scratch.at("loop"), `${scratch.write("file", "")}/below`])("%s", (path) => {
  test.each<[string, string[]]>([
    ["a picture", ["caption", path, "--checkpoint", "fixtures/checkpoints/caption"]],
    ["references", ["score", "--task", "caption", "--references", path, "--predictions", PREDICTIONS]],
    ["predictions", ["score", "--task", "caption", "--references", REFERENCES, "--predictions", path]],
    ["a tokenizer", ["tokenizer", "encode", "a", "--tokenizer", path]],
    ["a text", ["tokenizer", "train", path, "--out", scratch.at("tokenizer.json")]],
    ["shards", ["pretrain", "--pairs-from", path, "--out", scratch.at("training"), "--steps", "1"]],
    ["a run or report", ["verify", path]],
    ["a run to compare", ["compare", path, path]],
    [
      "a data set",
      [
        "finetune",
        "--task",
        "caption",
        "--data",
        path,
        "--checkpoint",
        "fixtures/checkpoints/pretrained",
        "--out",
        scratch.at("t"),
        "--steps",
        "1",
      ],
    ],
  ])("as %s", async (_, args) => {
    const { code, stderr } = await runCli(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(path);
    expect(stderr).not.toMatch(/the system refused|this is a bug|cannot be read: .*cannot be read/);
  });
});
