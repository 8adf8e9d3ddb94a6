import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { hideHome, homeFolder, withoutHomes } from "../../../harness/files/home.js";
import { runCli, Scratch } from "../cli/run-cli.js";

test.each([
  ["/home/alice/data/web", "~/data/web"],
  ["/Users/alice", "~"],
  ["C:\\Users\\alice\\data", "~\\data"],
  [["", "root", "x"].join("/"), "~/x"],
  ["/data/home/alice", "/data/home/alice"],
  ["/homework/x", "/homework/x"],
  ["a /home/alice", "a /home/alice"],
])("%s is passed on as %s", (path, hidden) => {
  expect(hideHome(path)).toBe(hidden);
  expect(withoutHomes({ data: [path] })).toEqual({ data: [hidden] });
});

test("an empty HOME is none", () => {
  expect(homeFolder({ HOME: "" })).toMatch(/^[/A-Z]/);
});

test("an export names no home", async () => {
  const scratch = new Scratch();
  const before = process.env.HOME;
  process.env.HOME = scratch.path;
  try {
    execFileSync("cp", ["-r", "fixtures/captioners/git", scratch.at("model")]);
    const { code, stderr } = await runCli(
      "export",
      scratch.at("model"),
      "--out",
      scratch.at("out"),
      "--max-length",
      "4",
    );
    expect(code, stderr).toBe(0);
    for (const name of ["interface.json", "README.md"]) {
      expect(readFileSync(scratch.at(`out/${name}`), "utf8")).not.toContain(scratch.path);
    }
  } finally {
    process.env.HOME = before;
  }
});

test("export with a preset names no option that it does not have", async () => {
  const scratch = new Scratch();
  const { stderr } = await runCli("export", "toy", "--out", scratch.at("out"), "--max-length", "4");
  expect(stderr).toContain("Name a trained model's folder");
  expect(stderr).not.toContain("--checkpoint");
});

test.each(["none.json", "folder", "text.json"])("pretrain --tokenizer %s is refused with a code", async (name) => {
  const scratch = new Scratch();
  writeFileSync(scratch.at("train-0.tar"), "");
  writeFileSync(scratch.at("text.json"), "no JSON");
  const path = name === "folder" ? scratch.path : scratch.at(name);
  const pretrain = ["pretrain", "--pairs-from", scratch.path, "--tokenizer", path, "--steps", "1"];
  const { code, stderr } = await runCli(...pretrain, "--out", scratch.at("out"));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^simvlm: /m)]);
  expect(stderr).not.toContain("bug");
  expect(existsSync(scratch.at("out"))).toBe(false);
});
