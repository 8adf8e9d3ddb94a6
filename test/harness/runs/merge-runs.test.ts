import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readManifest } from "../../../harness/runs/manifest.js";
import { mergeRuns } from "../../../harness/runs/merge-runs.js";
import { examplesOfShard } from "../../../harness/runs/shard-examples.js";
import { Scratch } from "../cli/run-cli.js";
import { sealAnew } from "./seal-anew.js";
import { complete, fakePredictor, type Opening, open, writeCaptions } from "./world.js";

function world(): Scratch {
  const scratch = new Scratch();
  writeCaptions(scratch);
  return scratch;
}

/** The runs of all three shards. */
async function makeShards(scratch: Scratch, options: Opening = {}, by?: "words"): Promise<string[]> {
  const folders: string[] = [];
  for (const index of [1, 2, 3]) {
    const folder = scratch.at(`shard-${index}`);
    await complete(
      await open(scratch, { predictor: fakePredictor(), ...options, folder, shard: { index, of: 3, by } }),
    );
    folders.push(folder);
  }
  return folders;
}

test("every id is in exactly one shard, and shards are about equally large", () => {
  const examples = Array.from({ length: 3000 }, (_, i) => ({ id: `image ${i}`, images: [], targets: [] }));
  const counts = [1, 2, 3].map((index) => examplesOfShard(examples, { index, of: 3 }).length);
  expect(counts.reduce((sum, count) => sum + count)).toBe(3000);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(100);
});

test("by words: every id is in exactly one shard, and however lengths differ none has much more to do", () => {
  const examples = Array.from({ length: 500 }, (_, i) => ({
    ...{ id: `question ${i}`, images: [], prefix: "word ".repeat(i % 50 === 0 ? 2000 : i % 7) },
    targets: ["yes", "a long answer ".repeat(i % 5)],
  }));
  const workOf = ({ prefix, targets }: (typeof examples)[number]) => prefix.length / 5 + targets[1]!.length / 14;
  const loads = (by?: "words") =>
    [1, 2, 3, 4, 5].map((index) =>
      examplesOfShard(examples, { index, of: 5, by }).reduce((sum, example) => sum + workOf(example), 0),
    );
  const mean = loads().reduce((sum, load) => sum + load, 0) / 5;
  expect(Math.max(...loads())).toBeGreaterThan(1.2 * mean);
  expect(Math.max(...loads("words"))).toBeLessThan(1.02 * mean);
  const again = [...examples].map((each) => ({ ...each }));
  const ids = [1, 2, 3, 4, 5].flatMap((index) =>
    examplesOfShard(again, { index, of: 5, by: "words" }).map(({ id }) => id),
  );
  expect(new Set(ids).size).toBe(500);
  expect(ids).toHaveLength(500);
  // More shards than examples: some have none.
  expect(examplesOfShard(examples.slice(0, 2), { index: 3, of: 3, by: "words" })).toEqual([]);
});

test.each<[string, Opening, "words" | undefined]>([
  ["whole", {}, undefined],
  ["whole, by words", {}, "words"],
  ["limited", { limit: 5 }, undefined],
  ["limited, by words", { limit: 5 }, "words"],
  ["with failures", { predictor: fakePredictor({ broken: ["102", "105"] }) }, undefined],
])("merged shards are the run itself: %s", async (_, options, by) => {
  const scratch = world();
  const folders = await makeShards(scratch, options, by);
  const parts = await Promise.all(folders.map(readManifest));
  expect(parts.every(({ metricSignatures }) => Object.keys(metricSignatures!).length === 0)).toBe(true);
  await complete(await open(scratch, options));
  await mergeRuns({ folders: folders.reverse(), out: scratch.at("merged"), label: "run" });
  for (const name of ["predictions.jsonl", "results.json", "scores.json"]) {
    expect(readFileSync(scratch.at(`merged/${name}`), "utf8")).toBe(readFileSync(scratch.at(`run/${name}`), "utf8"));
  }
  const [merged, whole] = await Promise.all(["merged", "run"].map((name) => readManifest(scratch.at(name))));
  expect({ ...merged, created: "" }).toEqual({ ...whole, created: "" });
});

test("shards by examples and by words are those of different runs, and no shard goes on the other way", async () => {
  const scratch = world();
  const [one, two] = (await makeShards(scratch)) as [string, string, string];
  const other = {
    predictor: fakePredictor(),
    folder: scratch.at("other"),
    shard: { index: 3, of: 3, by: "words" as const },
  };
  await complete(await open(scratch, other));
  const merged = mergeRuns({ folders: [one, two, scratch.at("other")], out: scratch.at("merged") });
  await expect(merged).rejects.toMatchObject({ code: "other-run", message: expect.stringContaining("shard.by") });
  await expect(open(scratch, { ...other, folder: two, shard: { index: 2, of: 3, by: "words" } })).rejects.toMatchObject(
    {
      message: expect.stringContaining("shard.by"),
    },
  );
});

test("shards that are missing, twice there or of other runs are named", async () => {
  const scratch = world();
  const [one, two, three] = (await makeShards(scratch)) as [string, string, string];
  const out = scratch.at("merged");
  const merge = (...folders: string[]) => mergeRuns({ folders, out });
  await expect(merge(one)).rejects.toMatchObject({
    code: "missing-shards",
    message: expect.stringMatching(/2\/3, 3\/3/),
  });
  await expect(merge(one, two, two)).rejects.toMatchObject({
    code: "overlapping-shards",
    message: expect.stringMatching(/shard 2\/3/),
  });
  const copy = scratch.at("other");
  await complete(await open(scratch, { folder: copy, seed: 5, shard: { index: 3, of: 3 } }));
  await expect(merge(one, two, copy)).rejects.toMatchObject({
    code: "other-run",
    message: expect.stringMatching(/seed: 1, there 5/),
  });
  await complete(await open(scratch, { folder: scratch.at("whole") }));
  await expect(merge(one, two, scratch.at("whole"))).rejects.toMatchObject({ code: "not-a-shard" });
  await expect(merge(one, two, three, scratch.at("nowhere"))).rejects.toMatchObject({ code: "missing-file" });
});

test("a shard that was stopped, or has another's examples, is not merged", async () => {
  const scratch = world();
  const folders = await makeShards(scratch);
  const path = `${folders[1]}/predictions.jsonl`;
  const own = readFileSync(path, "utf8");
  scratch.write("shard-2/predictions.jsonl", own.slice(0, own.lastIndexOf("\n", own.length - 2) + 1));
  const merge = () => mergeRuns({ folders, out: scratch.at("merged") });
  await expect(merge()).rejects.toMatchObject({ code: "changed-run", message: expect.stringContaining("shard-2") });
  await sealAnew(folders[1]!);
  await expect(merge()).rejects.toMatchObject({
    code: "unfinished-shard",
    message: expect.stringContaining("shard-2"),
  });
  const foreign = readFileSync(`${folders[2]}/predictions.jsonl`, "utf8");
  scratch.write("shard-2/predictions.jsonl", own + foreign);
  await sealAnew(folders[1]!);
  await expect(merge()).rejects.toMatchObject({ code: "overlapping-shards" });
});

test("data that moved are named with an option, other data refused", async () => {
  const scratch = world();
  const folders = await makeShards(scratch);
  const dataFolder = writeCaptions(scratch, "moved");
  const { manifest } = await mergeRuns({ folders, out: scratch.at("merged"), dataFolder });
  expect(manifest.data).toMatchObject({ folder: dataFolder, fromRun: "../moved" });
  scratch.write("moved/test.json", `${readFileSync(scratch.at("data/test.json"), "utf8")} `);
  const again = mergeRuns({ folders, out: scratch.at("again"), dataFolder });
  await expect(again).rejects.toMatchObject({
    code: "changed-data",
    message: expect.stringMatching(/data\.files\.0\.sha256/),
  });
});
