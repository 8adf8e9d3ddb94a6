import { basename } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { buildReport } from "../../../harness/report/document/build.js";
import { renderReport } from "../../../harness/report/document/report-page.js";
import { verifyReport } from "../../../harness/report/document/verify-report.js";
import { mergeRuns } from "../../../harness/runs/merge-runs.js";
import { runTask } from "../../../harness/runs/run-task.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { complete, open } from "./world.js";

/** Every file that is opened, whatever for. */
const opened = vi.hoisted(() => [] as string[]);

vi.mock("node:fs/promises", async (original) => {
  const module = await original<typeof import("node:fs/promises")>();
  const readFile = (path: unknown, ...rest: []) => {
    opened.push(String(path));
    return module.readFile(String(path), ...rest);
  };
  const open = (path: unknown, ...rest: []) => {
    opened.push(String(path));
    return module.open(String(path), ...rest);
  };
  return { ...module, open, readFile };
});
vi.mock("node:fs", async (original) => {
  const module = await original<typeof import("node:fs")>();
  const createReadStream = (path: string) => {
    opened.push(path);
    return module.createReadStream(path);
  };
  return { ...module, createReadStream };
});
const parsed = vi.hoisted(() => [] as string[]);
vi.mock("../../../harness/files/text.js", async (original) => {
  const module = await original<typeof import("../../../harness/files/text.js")>();
  const counted =
    <T>(read: (path: string) => Promise<T>) =>
    (path: string) => {
      parsed.push(path);
      return read(path);
    };
  return { ...module, readText: counted(module.readText), readShortText: counted(module.readShortText) };
});

const say = (_: string, place: number) => CAPTIONS[place];

/**
 * How often the annotations were read to be understood, and how often at all: to be hashed or embedded, too, and to see by
 * their beginning what they are.
 */
async function countReads(command: () => Promise<unknown>) {
  opened.length = 0;
  parsed.length = 0;
  await command();
  const ofAnnotations = (paths: readonly string[]) => paths.filter((path) => basename(path) === "test.json").length;
  const results = opened.filter((path) => basename(path) === "results.json").length;
  return { parsed: ofAnnotations(parsed), opened: ofAnnotations(opened), results };
}

let scratch: Scratch;
beforeEach(async () => {
  scratch = new Scratch();
  writeCaptionData(scratch, { facts: true });
});

test("a run reads its annotations once, hashes them once, and reads no results back", async () => {
  const lines = CAPTIONS.map((prediction, i) => `${JSON.stringify({ id: String(101 + i), prediction })}\n`);
  const from = { predictions: scratch.write("theirs.jsonl", lines.join("")) };
  const request = { data: scratch.at("data"), from, out: scratch.at("run") };
  expect(await countReads(() => runTask("caption", request))).toEqual({ parsed: 1, opened: 3, results: 0 });
});

test("merging shards reads the annotations once", async () => {
  const folders = [1, 2].map((index) => scratch.at(`part-${index}`));
  for (const [i, folder] of folders.entries()) {
    await complete(await open(scratch, { folder, shard: { index: i + 1, of: 2 } }));
  }
  const merge = () => mergeRuns({ folders, out: scratch.at("whole") });
  expect(await countReads(merge)).toEqual({ parsed: 1, opened: 3, results: 0 });
});

test("comparing, reporting and verifying read the annotations once, of however many runs", async () => {
  const folders: string[] = [];
  for (const name of ["a", "b", "c"]) folders.push(await makeRun(scratch, name, say));
  const once = { parsed: 1, opened: 3, results: 0 };
  expect(await countReads(() => compareRuns(folders, { resamples: 10 }))).toEqual(once);
  const options = { resamples: 10, explore: 0 };
  expect(await countReads(() => buildReport(folders, options))).toEqual(once);
  // the results file is compared byte by byte with what the predictions give, and not scored
  expect(await countReads(() => verifyRun(folders[0]!))).toEqual({ ...once, results: 1 });
  const page = scratch.write("report.html", await renderReport(await buildReport(folders, options)));
  expect(await countReads(() => verifyReport(page))).toEqual({ ...once, results: 3 });
});
