import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RESAMPLING_DEFAULTS } from "@simvlm/metrics";
import sharp from "sharp";
import { expect, test } from "vitest";
import { readLog } from "../../../harness/runs/predictions-log.js";
import { runTask } from "../../../harness/runs/run-task.js";
import { tinyJpeg } from "../../tiny-jpeg.js";
import { Scratch } from "../cli/run-cli.js";
import { say, serve } from "../sources/server.js";
import { writeFreshCheckpoint } from "../training/small-world.js";
import { CAPTIONS, writeCaptions } from "./world.js";

test("a predictions file becomes a run with scores, and is not asked twice", async () => {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  const results = CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption }));
  const request = {
    data,
    from: { predictions: scratch.write("results.json", results) },
    out: scratch.at("run"),
    label: "theirs",
    intervals: RESAMPLING_DEFAULTS,
  };
  const first = await runTask("caption", request);
  expect(first!.manifest).toMatchObject({ label: "theirs", failed: 0 });
  expect(first!.report!.intervals!.CIDEr!.low).toBeLessThan(first!.report!.intervals!.CIDEr!.high);
  const asked: number[] = [];
  const onStart = (steps: number) => {
    asked.push(steps);
    return () => {};
  };
  const second = await runTask("caption", { ...request, onStart });
  expect(asked).toEqual([0]);
  expect(second!.report).toEqual(first!.report);
});

test("a checkpoint answers the first examples", async () => {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  mkdirSync(join(data, "images"));
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
    .jpeg()
    .toBuffer();
  for (const i of CAPTIONS.keys()) writeFileSync(join(data, "images", `${101 + i}.jpg`), picture);
  const checkpoint = await writeFreshCheckpoint(scratch, ["fixtures/tokenizer/captions.txt"]);
  const decoding = { method: "greedy", maxLength: 3 } as const;
  const run = await runTask("caption", { data, from: { checkpoint }, out: scratch.at("run"), decoding, limit: 2 });
  expect(run!.manifest).toMatchObject({ limit: 2, decoding: { method: "greedy", maxLength: 3 }, label: "run" });
  const { outcomes } = await readLog(scratch.at("run"));
  expect(outcomes.map(({ id }) => id)).toEqual(["101", "102"]);
});

test("a server is asked", async () => {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  mkdirSync(join(data, "images"));
  for (const i of CAPTIONS.keys()) writeFileSync(join(data, "images", `${101 + i}.jpg`), tinyJpeg());
  const server = await serve(say("a red ball"));
  try {
    const decoding = { temperature: 0.5, maxLength: 9 };
    const from = { endpoint: server.url, model: "llava" };
    const run = await runTask("caption", { data, from, out: scratch.at("run"), decoding, limit: 3 });
    expect(run!.manifest).toMatchObject({
      failed: 0,
      source: { kind: "endpoint", model: "llava", request: { temperature: 0.5 } },
    });
    expect(server.asked[0]!.body).toMatchObject({ model: "llava", max_tokens: 9 });
  } finally {
    server.close();
  }
});

test("what the signal stops has no scores", async () => {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  const from = { predictions: scratch.write("results.json", [{ image_id: 101, caption: "a ball" }]) };
  const stopped = { data, from, out: scratch.at("run"), signal: AbortSignal.abort() };
  expect(await runTask("caption", stopped)).toBeUndefined();
});
