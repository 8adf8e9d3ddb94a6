import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { killAndContinue } from "../../slow/kills/kill-trials.js";
import { writeFreshCheckpoint, writeToybox } from "../training/small-world.js";
import { Scratch } from "./run-cli.js";

// The kills that once kept a command from going on; test/slow/kills.slow.test.ts has all of them, of every command.

const scratch = new Scratch();
/** Each is some twenty commands one after the other, of a second where nothing else runs. */
const TIMEOUT_MS = 600_000;

function folderOf(name: string): string {
  mkdirSync(scratch.at(name));
  return scratch.at(name);
}

test(
  "a Toybox killed at its first operations is finished by the same command",
  () => {
    const command = (out: string) => [
      ...["toybox", "generate", "--out", join(out, "box"), "--seed", "3", "--scale", "small", "--limit", "1"],
      ...["--only", "multi30k", "--split", "test"],
    ];
    expect(killAndContinue(folderOf("box"), { name: "toybox generate", command }, 4).failures).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "a training killed at its first operations is continued by the same command",
  async () => {
    const toybox = await writeToybox(scratch, ["captions"], 2);
    const checkpoint = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
    const command = (out: string) => [
      ...["finetune", "--task", "caption", "--data", join(toybox, "captions"), "--checkpoint", checkpoint],
      ...["--steps", "1", "--batch", "2", "--threads", "1", "--out", join(out, "training")],
    ];
    expect(killAndContinue(folderOf("training"), { name: "finetune", command }, 5, 3).failures).toEqual([]);
  },
  TIMEOUT_MS,
);
