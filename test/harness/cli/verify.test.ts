import { mkdirSync } from "node:fs";
import { expect, test } from "vitest";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
mkdirSync(scratch.at("empty"));

/** What is given to `verify` and is none of ours, and what is said of it. */
const OTHERS: readonly (readonly [path: string, said: string])[] = [
  [scratch.at("missing.html"), "missing.html: there is no such run, and no file of that name. Check the path."],
  [scratch.at("runs/missing"), "missing: there is no such run"],
  [scratch.at("empty"), "empty is no run: it has no manifest.json. Check the path."],
  [scratch.write("empty.html", ""), "empty.html is not a report of `simvlm report`: it is empty."],
  [
    scratch.write("page.html", "<!doctype html><title>other</title>"),
    "page.html is not a report of `simvlm report`: it has no",
  ],
  [
    scratch.write("a.ipynb", { cells: [] }),
    "a.ipynb is not a report of `simvlm report`: it is JSON, such as a notebook.",
  ],
];

test.each(OTHERS)("%s", async (path, said) => {
  const { code, stdout, stderr } = await runCli("verify", path);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(said);
});

test("what is given to compare and report in a run's place", async () => {
  const file = scratch.write("result.json", []);
  for (const command of [
    ["compare", file, file],
    ["report", file, "--out", scratch.at("out.html")],
  ]) {
    const { code, stderr } = await runCli(...command);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("result.json is no run: it is a file, and a run is a folder"),
    ]);
  }
});
