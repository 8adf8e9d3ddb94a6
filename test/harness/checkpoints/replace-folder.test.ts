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

const fill = async (draft: string): Promise<void> => writeFileSync(join(draft, "mark.json"), "new");

test("a folder that is replaced stays where its link leads, and keeps its mode", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("real"));
  scratch.write("real/mark.json", "old");
  chmodSync(scratch.at("real"), 0o751);
  symlinkSync("real", scratch.at("link"));
  await replaceFolder(scratch.at("link"), "mark.json", fill);
  expect(lstatSync(scratch.at("link")).isSymbolicLink()).toBe(true);
  expect(readFileSync(scratch.at("real/mark.json"), "utf8")).toBe("new");
  expect(statSync(scratch.at("real")).mode & 0o777).toBe(0o751);
  expect(readdirSync(scratch.at("")).sort()).toEqual(["link", "real"]);
});

test("what fails leaves the folder as it was, and nothing beside it", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("real"));
  scratch.write("real/mark.json", "old");
  const fail = async (draft: string): Promise<void> => {
    await fill(draft);
    throw new Error("stopped");
  };
  await expect(replaceFolder(scratch.at("real"), "mark.json", fail)).rejects.toThrow("stopped");
  expect(readFileSync(scratch.at("real/mark.json"), "utf8")).toBe("old");
  expect(readdirSync(scratch.at(""))).toEqual(["real"]);
});

test("a link that leads to nothing yet is followed; what else lies in a folder is not lost", async () => {
  const scratch = new Scratch();
  symlinkSync("real", scratch.at("link"));
  await replaceFolder(scratch.at("link"), "mark.json", fill);
  expect(readdirSync(scratch.at("")).sort()).toEqual(["link", "real"]);
  scratch.write("real/notes.txt", "mine");
  await expect(replaceFolder(scratch.at("link"), "mark.json", fill)).rejects.toMatchObject({
    code: "not-a-checkpoint",
    message: expect.stringContaining("notes.txt"),
  });
  expect(readFileSync(scratch.at("real/notes.txt"), "utf8")).toBe("mine");
});
