import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { decodeImage } from "../../../harness/images/decode.js";
import { completeSettings } from "../../../harness/tasks/task.js";
import { findTask } from "../../../harness/tasks/task-registry.js";
import { runCli, Scratch } from "../cli/run-cli.js";
import { formatParquet } from "../files/write-parquet.js";
import { fixture } from "../formats/fixture.js";

/** Shards that pyarrow has packed with snappy, zstd and gzip, in row groups of two. */
const HUB = fixture("hub");

const load = (task: string, folder: string, split = "test") =>
  findTask(task).load(folder, completeSettings(findTask(task), { split, answer: "generate" }));

test("the hub's shards are one set, and its pictures are read out of them", async () => {
  const data = await load("caption", HUB);
  expect(data.format!.name).toBe("captions in Parquet");
  expect(data.files.map((file) => file.slice(HUB.length))).toEqual(
    [0, 1, 2].map((shard) => `/data/test-0000${shard}-of-00003.parquet`),
  );
  expect(data.examples.map(({ id, references }) => [id, references])).toEqual(
    Array.from({ length: 9 }, (_, i) => [`${100 + i}`, [`caption ${i}`, `a second one of ${i}`]]),
  );
  for (const place of [8, 0, 4, 5, 2]) {
    const { images } = data.examples[place]!;
    const { data: pixels } = await decodeImage(images[0]!);
    expect([...pixels.subarray(0, 3)]).toEqual([10 * place, Math.floor(place / 3), place % 3]);
  }
});

test("the hub's questions, whose pictures a run looks for and hashes as it does files", async () => {
  const { examples } = await load("vqa", HUB);
  expect(examples[3]).toMatchObject({ id: "3", asked: "What is it?", targets: ["dog"] });
  const scratch = new Scratch();
  const checkpoint = "fixtures/captioners/git";
  const run = () =>
    runCli("run", "--task", "caption", "--data", HUB, "--checkpoint", checkpoint, "--out", scratch.at("run"));
  const { code, stderr } = await run();
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("test-00000-of-00003.parquet and 2 more: read as captions in Parquet: 9 examples"),
  ]);
  const verified = await runCli("verify", scratch.at("run"));
  expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("pictures")]);
  const report = await runCli("report", scratch.at("run"), "--out", scratch.at("report.html"));
  expect(report.code, report.stderr).toBe(0);
  const again = await runCli("verify", scratch.at("report.html"));
  expect(again.code, `${again.stdout}${again.stderr}`).toBe(0);
});

test("pictures whose bytes the file lacks, or that are none, are named before anything is asked", async () => {
  const scratch = new Scratch();
  const page = new TextEncoder().encode("<html><body>404</body></html>");
  const image = [
    { bytes: null, path: "a.jpg" },
    { bytes: page, path: "b.jpg" },
  ];
  const rows = { image, caption: ["a dog", "a cat"], image_id: [1, 2] };
  const path = scratch.at("hub/default/validation/0000.parquet");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatParquet(rows));
  const { examples } = await load("caption", scratch.at("hub"), "val");
  expect(examples).toMatchObject([{ id: "1", references: ["a dog"], images: [`${path}#image[0]`] }, { id: "2" }]);
  await expect(decodeImage(examples[0]!.images[0]!)).rejects.toMatchObject({ code: "missing-image" });
  const { code, stderr } = await runCli(
    ...["run", "--task", "caption", "--data", scratch.at("hub"), "--checkpoint", "fixtures/captioners/git"],
    ...["--out", scratch.at("run")],
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining("validation is the only split")]);
  expect(stderr).toMatch(/2 cannot be shown .*: 1 \(\S+#image\[0\] is not there\), 2 \(\S+#image\[1\] is a web page\)/);
});
