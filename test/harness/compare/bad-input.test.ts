import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareRuns } from "../../../harness/compare/compare-runs.js";
import { Scratch } from "../cli/run-cli.js";
import { sealAnew } from "../runs/seal-anew.js";
import { CAPTIONS, idOf, makeRun, writeCaptionData } from "./runs.js";

const say = (_: string, place: number) => CAPTIONS[place]!;

async function world(): Promise<Scratch> {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  await makeRun(scratch, "whole", say);
  return scratch;
}

async function refusal(...folders: string[]): Promise<{ code: string; message: string }> {
  return compareRuns(folders, { resamples: 10 }).then(
    () => expect.fail("the runs were compared"),
    (error) => error as { code: string; message: string },
  );
}

test("runs of other examples are refused with their ids, the first ten and how many", async () => {
  const scratch = await world();
  const failing = await makeRun(scratch, "failing", (id, place) => (place % 7 === 3 ? undefined : say(id, place)));
  const { code, message } = await refusal(scratch.at("whole"), failing);
  expect(code).toBe("not-aligned");
  expect(message).toContain(`only ${scratch.at("whole")} has a prediction for ${idOf(3)}, ${idOf(10)}. `);
  const limited = await makeRun(scratch, "limited", say, { limit: 2 });
  const many = await refusal(limited, scratch.at("whole"));
  const listed = Array.from({ length: 10 }, (_, i) => idOf(i + 2)).join(", ");
  expect(many.message).toContain(`only ${scratch.at("whole")} has a prediction for ${listed}, … (12 in all)`);
});

test("runs of other data are refused with the files' names", async () => {
  const scratch = await world();
  writeCaptionData(scratch, { folder: "other", captions: CAPTIONS.map((caption) => `${caption}!`) });
  const other = await makeRun(scratch, "other-run", say, { data: "other" });
  const same = await refusal(scratch.at("whole"), other);
  expect(same).toMatchObject({
    code: "other-data",
    message: expect.stringContaining("test.json has a different SHA-256"),
  });
  writeCaptionData(scratch, { folder: "renamed", captions: [...CAPTIONS].reverse(), file: "captions.json" });
  const renamed = await makeRun(scratch, "renamed-run", say, { data: "renamed" });
  expect((await refusal(scratch.at("whole"), renamed)).message).toContain("test.json against captions.json");
});

test("the same data under another name are the same data", async () => {
  const scratch = await world();
  writeCaptionData(scratch, { folder: "renamed", file: "captions.json" });
  const renamed = await makeRun(scratch, "renamed-run", say, { data: "renamed" });
  expect((await compareRuns([scratch.at("whole"), renamed], { resamples: 10 })).scores).not.toEqual([]);
});

test("runs of other tasks and completions of other beginnings are refused", async () => {
  const scratch = await world();
  const completing = await makeRun(scratch, "completing", say, { task: "complete" });
  const prompted = await makeRun(scratch, "prompted", say, { task: "complete", settings: { prompt: "a big" } });
  expect(await refusal(scratch.at("whole"), completing)).toMatchObject({ code: "other-task" });
  expect(await refusal(completing, prompted)).toMatchObject({
    code: "other-prompt",
    message: expect.stringContaining('"a big"'),
  });
});

test("what is not a finished run is refused", async () => {
  const scratch = await world();
  const whole = scratch.at("whole");
  expect(await refusal(whole)).toMatchObject({ code: "too-few-runs" });
  expect(await refusal(whole, scratch.at("data"))).toMatchObject({ code: "missing-file" });
  const stopped = await makeRun(scratch, "stopped", say, { unfinished: true });
  expect(await refusal(whole, stopped)).toMatchObject({ code: "unfinished-run" });
  const shard = await makeRun(scratch, "shard", say, { shard: { index: 1, of: 2 } });
  expect(await refusal(whole, shard)).toMatchObject({ code: "is-a-shard" });
  const silent = await makeRun(scratch, "silent", () => undefined);
  expect(await refusal(whole, silent)).toMatchObject({ code: "empty-predictions" });
});

test("data that have changed, or have no references, are refused", async () => {
  const scratch = await world();
  const again = await makeRun(scratch, "again", say);
  writeCaptionData(scratch, { domains: false });
  expect(await refusal(scratch.at("whole"), again)).toMatchObject({
    code: "changed-data",
    message: expect.stringContaining("test.json"),
  });
  mkdirSync(scratch.at("bare"));
  scratch.write("bare/test.json", { images: [{ id: 1, file_name: "1.jpg" }] });
  const runs = ["x", "y"].map((name) => makeRun(scratch, name, () => name, { data: "bare" }));
  expect(await refusal(...(await Promise.all(runs)))).toMatchObject({ code: "nothing-to-score" });
});

test("predictions of examples that the data have not are refused", async () => {
  const scratch = await world();
  const folders = [scratch.at("whole"), await makeRun(scratch, "again", say)];
  for (const folder of folders) {
    appendFileSync(join(folder, "predictions.jsonl"), '{"id":"7","prediction":"an apple"}\n');
    await sealAnew(folder);
  }
  expect(await refusal(...folders)).toMatchObject({
    code: "changed-run",
    message: expect.stringContaining("has predictions for 7"),
  });
});

test("results files are not looked at: predictions are scored where they are", async () => {
  const scratch = await world();
  const again = await makeRun(scratch, "again", say);
  rmSync(join(again, "results.json"));
  expect((await compareRuns([scratch.at("whole"), again], { resamples: 10 })).scores).not.toEqual([]);
});

test("runs of a task that nobody here knows are refused with the names there are", async () => {
  const scratch = await world();
  const manifest = scratch.readJson<object>("whole/manifest.json");
  scratch.write("whole/manifest.json", { ...manifest, task: "singing" });
  await sealAnew(scratch.at("whole"));
  expect(await refusal(scratch.at("whole"), scratch.at("whole"))).toMatchObject({
    code: "unknown-task",
    message: expect.stringContaining("caption, vqa"),
  });
});

test("facts of other pictures are refused", async () => {
  const scratch = await world();
  const again = await makeRun(scratch, "again", say);
  scratch.write("data/test-facts.jsonl", '{"image_id":101,"facts":{"things":[],"relations":[]}}\n');
  expect(await refusal(scratch.at("whole"), again)).toMatchObject({
    code: "missing-facts",
    message: expect.stringContaining("102, 103"),
  });
});
