import { mkdirSync } from "node:fs";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { loadRuns } from "../../../harness/compare/load-runs.js";
import type { PublishedPreparation } from "../../../harness/images/index.js";
import { createRandomModel, openCheckpoint } from "../../../harness/models/family-registry.js";
import { addFamilies, defineFamily, withPreprocessing } from "../../../harness/models/index.js";
import { exploreExample, openExplorable } from "../../../harness/report/document/explorable-run.js";
import { DataFolder } from "../../../harness/runs/data-folder.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { meanColourFamily, writeMeanColour } from "../models/mean-colour.js";
import { runCli, Scratch } from "./run-cli.js";

const preparation: PublishedPreparation = {
  preprocessing: "reference",
  transparentColour: "kept",
  framing: { kind: "stretch", size: 4 },
  kernel: "bicubic",
  rescale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/** As {@link meanColourFamily}, but its pictures are made ready as a published model's are. */
const published = defineFamily({
  ...meanColourFamily,
  name: "published-colour",
  title: "Published colour",
  recognizes: ({ model_type }) => model_type === "published-colour",
  async open(folder) {
    const model = await meanColourFamily.open(folder);
    return { ...model, description: { ...model.description, family: "published-colour" }, preparation };
  },
});

const scratch = new Scratch();
/** Blue that is not to be seen, on its side; upright it is white, and then the first word of all is said. */
const clear = scratch.at("data/clear.png");
const green = scratch.at("data/green.png");
let checkpoint: string;

const NOTE = /^simvlm: 1 picture says that it is rotated, .*--preprocessing upright turns it\n$/;

beforeAll(async () => {
  addFamilies([meanColourFamily, published]);
  mkdirSync(scratch.at("data"));
  const picture = (background: { r: number; g: number; b: number; alpha: number }) =>
    sharp({ create: { width: 9, height: 6, channels: 4, background } });
  await picture({ r: 10, g: 10, b: 200, alpha: 0 }).withMetadata({ orientation: 6 }).png().toFile(clear);
  await picture({ r: 10, g: 200, b: 10, alpha: 1 }).png().toFile(green);
  scratch.write("data/test.json", {
    images: ["clear", "green"].map((name, i) => ({ id: i + 1, file_name: `${name}.png` })),
    annotations: ["blue", "green"].map((caption, i) => ({ id: i, image_id: i + 1, caption })),
  });
  checkpoint = writeMeanColour(scratch, "model");
  scratch.write("model/config.json", {
    model_type: "published-colour",
    colours: ["red", "green", "blue"],
    attention: true,
  });
});

describe("withPreprocessing", () => {
  test("chooses the mode where there is a choice", async () => {
    const model = await openCheckpoint(checkpoint);
    expect(withPreprocessing(model, undefined)).toBe(model);
    expect(withPreprocessing(model, "upright").preparation).toEqual({ ...preparation, preprocessing: "upright" });
    expect(model.preparation.preprocessing).toBe("reference");
  });

  test("refuses the reference by name where there is none; upright is what it is", async () => {
    const model = await createRandomModel();
    expect(withPreprocessing(model, "upright")).toBe(model);
    expect(() => withPreprocessing(model, "reference")).toThrow(expect.objectContaining({ code: "bad-option" }));
    expect(() => withPreprocessing(model, "reference")).toThrow(/^toy, random weights, seed 1 has no reference/);
  });
});

test("caption: the reference by default, with a note of what it did not turn; upright on request", async () => {
  const reference = await runCli("caption", clear, green, clear, "--batch", "1", "--checkpoint", checkpoint);
  expect(reference).toEqual({
    code: 0,
    stdout: `${clear}: blue\n${green}: green\n${clear}: blue\n`,
    stderr: expect.stringMatching(
      /^simvlm: 2 pictures say that they are rotated, .*--preprocessing upright turns them\n$/,
    ),
  });
  const upright = await runCli("caption", clear, green, "--checkpoint", checkpoint, "--preprocessing", "upright");
  expect(upright).toEqual({ code: 0, stdout: `${clear}: red\n${green}: green\n`, stderr: "" });
});

test("caption: our own models have no reference, and no such mode is unknown", async () => {
  const refused = await runCli("caption", green, "--preprocessing", "reference");
  expect([refused.code, refused.stdout]).toEqual([2, ""]);
  expect(refused.stderr).toContain("has no reference preprocessing");
  expect((await runCli("caption", green, "--preprocessing", "upright")).code).toBe(0);
  expect((await runCli("caption", green, "--preprocessing", "sideways")).stderr).toContain("reference, upright");
});

test("attend: the note, and the picture as the model saw it", async () => {
  const attend = (...args: string[]) =>
    runCli("attend", clear, "--checkpoint", checkpoint, "--out", scratch.at("map.svg"), ...args);
  expect(await attend()).toMatchObject({ code: 0, stdout: "blue\n", stderr: expect.stringMatching(NOTE) });
  expect(await attend("--preprocessing", "upright")).toMatchObject({ code: 0, stdout: "red\n", stderr: "" });
});

describe("run", () => {
  const run = (out: string, ...args: string[]) =>
    runCli("run", "--task", "caption", "--data", scratch.at("data"), "--out", scratch.at(out), ...args);
  const manifest = (out: string) => scratch.readJson<Manifest>(`${out}/manifest.json`);

  test("the manifest names the mode, and a run goes on in no other", async () => {
    const first = await run("reference", "--checkpoint", checkpoint, "--batch-size", "1");
    expect(first.code).toBe(0);
    expect(first.stderr.split("\n").filter((line) => NOTE.test(`${line}\n`))).toHaveLength(1);
    expect(manifest("reference").source).toMatchObject({ preprocessing: "reference" });
    const upright = ["--checkpoint", checkpoint, "--preprocessing", "upright"];
    expect(await run("upright", ...upright)).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/rotated/) });
    expect(manifest("upright").source).toMatchObject({ preprocessing: "upright" });
    const other = await run("reference", ...upright);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("preprocessing")]);
  });

  test("a report explores a run in its own mode", async () => {
    for (const [mode, size] of [
      ["reference", [9, 6]],
      ["upright", [6, 9]],
    ] as const) {
      const [loaded] = await loadRuns([scratch.at(mode)]);
      const explorable = await openExplorable(loaded!, new DataFolder(scratch.at("data")), []);
      if (typeof explorable === "string") throw new Error(explorable);
      const { picture } = await exploreExample(explorable, "1");
      expect([picture.width, picture.height]).toEqual(size);
    }
  });

  test("a model without the choice has nothing of it in its manifest", async () => {
    scratch.write("model/config.json", { model_type: "mean-colour", colours: ["red", "green", "blue"] });
    expect((await run("own", "--checkpoint", checkpoint)).code).toBe(0);
    expect(manifest("own").source).not.toHaveProperty("preprocessing");
  });

  test("it means nothing with --predictions", async () => {
    const { code, stderr } = await run("none", "--predictions", "answers.json", "--preprocessing", "upright");
    expect([code, stderr]).toEqual([2, expect.stringContaining("has no meaning with")]);
  });
});
