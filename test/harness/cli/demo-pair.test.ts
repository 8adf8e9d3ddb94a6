import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunComparison } from "../../../harness/compare/comparison.js";
import { openReport } from "../../../harness/report/document/file.js";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { project, runCli, Scratch } from "./run-cli.js";

const CAPTIONERS = join(project, "fixtures/captioners");
const NOCAPS = join(project, "fixtures/kept/nocaps");
const scratch = new Scratch();

/** A checkpoint under a name of its own. */
function called(name: string, of: string): string {
  cpSync(join(CAPTIONERS, of), scratch.at(name), { recursive: true });
  return scratch.at(name);
}

/** NoCaps' form with pictures, changed. */
function data(name: string, change: (folder: string) => void = () => {}): string {
  cpSync(NOCAPS, scratch.at(name), { recursive: true });
  rmSync(join(scratch.at(name), "test-facts.jsonl"));
  change(scratch.at(name));
  return scratch.at(name);
}

const models = { known: "", other: "" };
beforeAll(() => {
  models.known = called("git-base", "git");
  models.other = called("tuned", "vit-gpt2");
});

/** The quickest search, and few words. */
const QUICK = ["--greedy", "--max-length", "6"];

const demo = (zeroShot: string, supervised: string, folder: string, out: string, ...rest: string[]) =>
  runCli(
    "demo",
    "--data",
    folder,
    "--zero-shot",
    zeroShot,
    "--supervised",
    supervised,
    "--out",
    scratch.at(out),
    ...rest,
  );

const manifestOf = (run: string) => scratch.readJson<Manifest>(`${run}/manifest.json`);

test("two runs, compared by domain, in a report with the attention of both; a second call shows the same", async () => {
  const folder = data("nocaps");
  const call = () => demo(models.known, models.other, folder, "pair", ...QUICK);
  const { code, stdout, stderr } = await call();
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("the split test of");
  expect(stdout).toContain("supervised minus zero-shot");
  const comparison = scratch.readJson<RunComparison>("pair/comparison.json");
  expect(comparison.runs.map(({ label }) => label)).toEqual(["zero-shot", "supervised"]);
  const subsets = ["in-domain", "near-domain", "out-domain", "all"];
  const differences = comparison.differences.filter(({ score }) => score === "CIDEr");
  expect(differences.map(({ subset }) => subset).sort()).toEqual([...subsets].sort());
  for (const { low, high, pBootstrap, pPermutation } of differences) {
    expect([low, high, pBootstrap, pPermutation].every(Number.isFinite)).toBe(true);
  }
  expect(comparison.paper.map(({ id }) => id)).toContain("zero-shot");
  const last = stdout.trimEnd().split("\n").slice(-6);
  expect(last.slice(0, 4)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^CIDEr, out-domain: supervised \d/)]),
  );
  expect(last.at(-1)).toBe(`As a page to open and pass on: ${scratch.at("pair/report.html")}`);

  const page = readFileSync(scratch.at("pair/report.html"));
  const { data: told } = await openReport(scratch.at("pair/report.html"));
  expect(told.title).toBe('"Zero-shot" beside supervised: git-base | tuned on nocaps');
  expect(told.attention.remarks).toEqual([]);
  expect(told.attention.figures.map(({ runs }) => runs)).toEqual(Array(3).fill(["zero-shot", "supervised"]));
  expect(await runCli("verify", scratch.at("pair/report.html"), "--data", folder)).toMatchObject({
    code: 0,
    stderr: "",
  });
  expect(await runCli("verify", scratch.at("pair/supervised"))).toMatchObject({ code: 0, stderr: "" });

  const again = await call();
  expect(again).toMatchObject({ code: 0, stdout });
  expect(readFileSync(scratch.at("pair/report.html")).equals(page)).toBe(true);
});

describe("what is said of pretraining", () => {
  const HELD = /GIT's pretraining held COCO's captions \(Wang et al\. 2022\); its folder calls it git-base/;

  test("that it held COCO, where the model's name says so, in the page and in the terminal", async () => {
    const { stdout } = await demo(models.known, models.other, scratch.at("nocaps"), "pair", ...QUICK);
    expect(stdout).toMatch(HELD);
    expect(stdout).toContain("out-domain pictures only others");
    const page = readFileSync(scratch.at("pair/report.html"), "utf8");
    expect(page.slice(0, page.indexOf("<nav"))).toMatch(
      /GIT's pretraining held COCO's captions|GIT&#39;s pretraining held/,
    );
    expect(manifestOf("pair/zero-shot").source.pretraining).toMatch(/"zero-shot" in quotation marks only/);
    expect(manifestOf("pair/supervised").source.pretraining).toBeUndefined();
  });

  test("that it is not known, of any other, and what its folder's config says it began as", async () => {
    const other = await demo(
      models.other,
      join(CAPTIONERS, "git"),
      scratch.at("nocaps"),
      "unknown",
      "--limit",
      "2",
      ...QUICK,
    );
    expect(other.code, other.stderr).toBe(0);
    expect(manifestOf("unknown/zero-shot").source.pretraining).toMatch(/^What it was pretrained on is not known here/);
    const { title } = (await openReport(scratch.at("unknown/report.html"))).data;
    expect(title).toBe("Zero-shot beside supervised: tuned | git on nocaps");
    const began = called("mine", "git");
    const config = join(began, "config.json");
    const fields = JSON.parse(readFileSync(config, "utf8")) as object;
    writeFileSync(config, JSON.stringify({ ...fields, _name_or_path: "microsoft/git-base-coco" }));
    const { stdout } = await demo(models.other, began, scratch.at("nocaps"), "began", "--limit", "2", ...QUICK);
    expect(stdout).toMatch(
      /supervised: GIT's .*, and it was fine-tuned on them again; its config\.json calls it git-base-coco/,
    );
  });

  test("what the reader states, as text and nothing else", async () => {
    const stated = "ALIGN & <b>C4</b>\u001b[31m, no COCO";
    const { code, stdout } = await demo(
      models.known,
      models.other,
      scratch.at("nocaps"),
      "stated",
      "--limit",
      "2",
      ...QUICK,
      "--pretrained-on",
      stated,
    );
    expect(code).toBe(0);
    expect(stdout).toContain("as whoever made this run says: ALIGN & <b>C4</b>");
    expect(stdout).not.toContain("\u001b[31m");
    expect(stdout).not.toMatch(HELD);
    const page = readFileSync(scratch.at("stated/report.html"), "utf8");
    expect(page).not.toContain("<b>C4</b>");
    expect(await runCli("verify", scratch.at("stated/report.html"))).toMatchObject({ code: 0 });
  });
});

describe("refused with exit code 2, and nothing is made", () => {
  const cases: readonly (readonly [string, () => readonly [string, string, string, ...string[]], RegExp])[] = [
    ["the same folder twice", () => [models.known, `${models.known}/.`, NOCAPS], /must be two models, but both are/],
    [
      "a copy of the same",
      () => [models.known, called("copy", "git"), NOCAPS],
      /two models, but .* hold the same files/,
    ],
    ["no such model", () => [models.known, scratch.at("nowhere"), NOCAPS], /There is no checkpoint .*nowhere/],
    ["a folder of none", () => [models.known, scratch.path, NOCAPS], /config\.json/],
    ["a model that says nothing", () => [join(CAPTIONERS, "clip"), models.known, NOCAPS], /CLIP/],
    ["a model that only answers", () => [models.known, join(CAPTIONERS, "blip-vqa"), NOCAPS], /question/],
    ["no such data", () => [models.known, models.other, scratch.at("nodata")], /There is no such folder/],
    [
      "data of another task",
      () => [models.known, models.other, join(project, "fixtures/kept/vqa")],
      /no file of the split/,
    ],
    [
      "no references",
      () => {
        const bare = data("bare", (folder) => {
          const path = join(folder, "test.json");
          const { images, info, licenses } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
          writeFileSync(path, JSON.stringify({ images, info, licenses }));
        });
        return [models.known, models.other, bare];
      },
      /bare has no references of the split test, and models are compared by them/,
    ],
    [
      "missing pictures",
      () => {
        const some = data("some", (folder) => rmSync(join(folder, "images/test/c6a532ea37e5c453.jpg")));
        return [models.known, models.other, some];
      },
      /c6a532ea37e5c453\.jpg is not there.*--skip-missing-pictures leaves them out, --pictures names their folder/,
    ],
    [
      "options of Toybox",
      () => [models.known, models.other, NOCAPS, "--images", "3"],
      /--images has no meaning with --data/,
    ],
    [
      "an empty statement",
      () => [models.known, models.other, NOCAPS, "--pretrained-on", " "],
      /pretrained-on.*not empty/,
    ],
  ];
  test.each(cases)("%s", async (_, say, message) => {
    const [zeroShot, supervised, folder, ...rest] = say();
    const { code, stdout, stderr } = await demo(zeroShot, supervised, folder, "refused", ...rest);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: "" });
    expect(stderr.replace(/\s+/g, " ")).toMatch(message);
    expect(existsSync(scratch.at("refused"))).toBe(false);
  });

  test.each([
    [["--data", NOCAPS], /--data is for two models on your own data: give --zero-shot and --supervised, too/],
    [["--zero-shot", "x", "--supervised", "y"], /--zero-shot is for .* give --data, too/],
    [["--limit", "3"], /--limit is for .* give --data and --zero-shot and --supervised, too/],
    [["--pretrained-on", "x"], /--pretrained-on is for/],
  ])("half of what it takes: %j", async (given, message) => {
    const { code, stderr } = await runCli("demo", ...given, "--out", scratch.at("refused"));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(scratch.at("refused"))).toBe(false);
  });
});

test("both models in eight bits, where that is asked for", async () => {
  const asked = [...QUICK, "--limit", "2", "--weights", "int8"];
  const { code, stderr } = await demo(models.known, models.other, NOCAPS, "bits", ...asked);
  expect(code, stderr).toBe(0);
  for (const run of ["zero-shot", "supervised"]) {
    expect(manifestOf(`bits/${run}`).source.weights, run).toMatchObject({ precision: "int8" });
  }
});

describe("a folder with several splits", () => {
  /** `val` and `test` as NoCaps has them: of the test split nobody has published captions. */
  const twoSplits = () =>
    data("official", (folder) => {
      renameSync(join(folder, "test.json"), join(folder, "nocaps_val_4500_captions.json"));
      const { images } = JSON.parse(readFileSync(join(folder, "nocaps_val_4500_captions.json"), "utf8")) as {
        images: unknown;
      };
      writeFileSync(join(folder, "nocaps_test_image_info.json"), JSON.stringify({ images }));
      mkdirSync(join(folder, "val"));
      cpSync(join(folder, "images/test"), join(folder, "val"), { recursive: true });
      rmSync(join(folder, "images"), { recursive: true });
    });

  test("takes the one that has captions, and the paper's columns of it", async () => {
    const { code, stderr } = await demo(models.known, models.other, twoSplits(), "val", ...QUICK);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("the split val of");
    const { paper } = scratch.readJson<RunComparison>("val/comparison.json");
    const table = paper.find(({ id }) => id === "zero-shot")!;
    const out = table.columns.findIndex(({ name }) => name === "NoCaps C out");
    for (const { values } of table.ours) expect(values[out]).toEqual(expect.any(Number));
  });

  test("or the one that is named, which must have some", async () => {
    const { code, stderr } = await demo(models.known, models.other, scratch.at("official"), "named", "--split", "test");
    expect(code).toBe(2);
    expect(stderr).toContain("no references of the split test");
    expect(existsSync(scratch.at("named"))).toBe(false);
  });
});
