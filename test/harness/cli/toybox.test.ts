import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const generate = (out: string, ...more: string[]) =>
  runCli("toybox", "generate", "--out", out, "--seed", "3", "--scale", "small", "--limit", "2", ...more);

describe("simvlm toybox generate", () => {
  test("writes what was asked for and says where", async () => {
    const out = scratch.at("box");
    const { code, stdout, stderr } = await generate(out, "--only", "nocaps,vqa", "--split", "test");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("5 pictures");
    expect(stdout).toContain("README.md");
    expect(existsSync(scratch.at("box/nocaps/test.json"))).toBe(true);
    expect(existsSync(scratch.at("box/captions"))).toBe(false);
    expect(scratch.readJson("box/toybox.json")).toMatchObject({ seed: 3, only: ["nocaps", "vqa"], splits: ["test"] });

    const again = await generate(out);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("exists and is not an empty folder");
  });

  test.each([
    ["--only", "captions,cats", "captions, nocaps"],
    ["--split", "dev", "train, val, test"],
    ["--noise", "1.5", "between 0 and 1"],
    ["--limit", "0", "1 or more"],
    ["--scale", "huge", "small, full"],
  ])("%s %s is refused", async (option, value, message) => {
    const { code, stderr } = await generate(scratch.at("no"), option, value);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(scratch.at("no"))).toBe(false);
  });

  test("needs a folder and a seed", async () => {
    expect((await runCli("toybox", "generate", "--seed", "1")).stderr).toContain("--out");
    expect((await runCli("toybox", "generate", "--out", scratch.at("no"))).stderr).toContain("--seed");
  });
});
