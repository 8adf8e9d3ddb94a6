import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { replaceFolder } from "../../../harness/checkpoints/replace-folder.js";
import { Scratch } from "../cli/run-cli.js";

const fill = async (draft: string): Promise<void> => writeFileSync(join(draft, "mark"), "new");

test("a folder that is replaced stays where its link leads, and keeps its mode", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("real"));
  scratch.write("real/mark", "old");
  chmodSync(scratch.at("real"), 0o751);
  symlinkSync("real", scratch.at("link"));
  await replaceFolder(scratch.at("link"), "mark", fill);
  expect(lstatSync(scratch.at("link")).isSymbolicLink()).toBe(true);
  expect(readFileSync(scratch.at("real/mark"), "utf8")).toBe("new");
  expect(statSync(scratch.at("real")).mode & 0o777).toBe(0o751);
  expect(readdirSync(scratch.at("")).sort()).toEqual(["link", "real"]);
});

test("what fails leaves the folder as it was, and nothing beside it", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("real"));
  scratch.write("real/mark", "old");
  const fail = async (draft: string): Promise<void> => {
    await fill(draft);
    throw new Error("stopped");
  };
  await expect(replaceFolder(scratch.at("real"), "mark", fail)).rejects.toThrow("stopped");
  expect(readFileSync(scratch.at("real/mark"), "utf8")).toBe("old");
  expect(readdirSync(scratch.at(""))).toEqual(["real"]);
});
