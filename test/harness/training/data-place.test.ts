import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { withSession } from "../../../harness/training/training-session.js";
import { Scratch } from "../cli/run-cli.js";

/*
 * A training goes on with the same data, however somebody calls them this time.
 */

let scratch: Scratch;
/** Begins a training, or goes on with it. */
let open: (folder: string, out?: string) => Promise<boolean>;

beforeEach(() => {
  scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  mkdirSync(scratch.at("other"));
  symlinkSync(scratch.at("data"), scratch.at("link"));
  symlinkSync(scratch.path, scratch.at("round"));
  open = (folder, out = scratch.at("training")) => {
    const recipe = { steps: 3, data: { folder, split: "train", shards: [`${folder}/one.tar`] } };
    writeFileSync(scratch.at("data/one.tar"), "");
    return withSession(out, { recipe, files: {}, weights: {}, onMessage: () => {} }, async () => true);
  };
});

const here = (path: string) => relative(process.cwd(), path);

test.each<[string, () => string, () => string]>([
  ["relative, then absolute", () => here(scratch.at("data")), () => scratch.at("data")],
  ["absolute, then relative", () => scratch.at("data"), () => here(scratch.at("data"))],
  ["with a slash at the end", () => scratch.at("data"), () => `${scratch.at("data")}/`],
  ["through a link", () => scratch.at("data"), () => scratch.at("link")],
  ["by what the link leads to", () => scratch.at("link"), () => scratch.at("data")],
  ["with detours", () => here(scratch.at("data")), () => scratch.at("round/round/other/../data/.")],
])("named %s", async (_, first, then) => {
  await open(first());
  const recipe = readFileSync(scratch.at("training/recipe.json"));
  expect(await open(then())).toBe(true);
  expect(readFileSync(scratch.at("training/recipe.json"))).toEqual(recipe);
});

test("from another working folder, in which the first name leads nowhere", async () => {
  await open(scratch.at("data"));
  const path = scratch.at("training/recipe.json");
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(scratch.at("data"), "data"));
  expect(await open(scratch.at("data"))).toBe(true);
  expect(await open(scratch.at("link"), scratch.at("round/training"))).toBe(true);
  await expect(open(scratch.at("other"))).rejects.toMatchObject({ code: "other-recipe" });
});

test("other data are others, and so is whatever else differs", async () => {
  await open(scratch.at("data"));
  await expect(open(scratch.at("other"))).rejects.toMatchObject({
    code: "other-recipe",
    message: expect.stringContaining("/other"),
  });
  const recipe = { steps: 4, data: { folder: scratch.at("link"), split: "train" } };
  const start = { recipe, files: {}, weights: {}, onMessage: () => {} };
  await expect(withSession(scratch.at("training"), start, async () => true)).rejects.toMatchObject({
    message: expect.stringContaining("steps was 3, now 4"),
  });
});

test("nothing tells whose folders they are", async () => {
  await open(scratch.at("data"));
  expect(readFileSync(scratch.at("training/data.sha256"), "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
});
