import { mkdirSync, readFileSync, rmSync } from "node:fs";
import sharp from "sharp";
import { expect, test } from "vitest";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { mergeRuns } from "../../../harness/runs/merge-runs.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, complete, fakePredictor, open, writeCaptions } from "./world.js";

const png = (red: number) =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** A finished run of something that looks at pictures, which are there. */
async function world(): Promise<Scratch> {
  const scratch = new Scratch();
  writeCaptions(scratch);
  mkdirSync(scratch.at("data/images"));
  for (const [i] of CAPTIONS.entries()) scratch.write(`data/images/${101 + i}.jpg`, await png(i));
  const predictor = fakePredictor({ description: { kind: "endpoint" }, readsPictures: true });
  await complete(await open(scratch, { predictor }));
  return scratch;
}

test("the pictures that were shown are confirmed; another one is found, a missing one is said", async () => {
  const scratch = await world();
  expect(scratch.readJson<Manifest>("run/manifest.json").pictures).toMatchObject({ count: CAPTIONS.length });
  expect(await verifyRun(scratch.at("run"))).toMatchObject({
    differences: [],
    notes: [],
    confirmed: expect.arrayContaining(["pictures"]),
  });
  scratch.write("data/images/102.jpg", await png(200));
  const changed = await verifyRun(scratch.at("run"));
  expect(changed.differences).toEqual([
    expect.stringMatching(/pictures in .* are not those that were shown: 1 of 7 is another: images\/102\.jpg$/),
  ]);
  rmSync(scratch.at("data/images/102.jpg"));
  const missing = await verifyRun(scratch.at("run"));
  expect([missing.differences, missing.notes]).toEqual([
    [],
    [expect.stringMatching(/^1 of 7 pictures .* not confirmed/)],
  ]);
  expect(missing.confirmed).not.toContain("pictures");
  scratch.write("data/images/104.jpg", await png(200));
  const both = await verifyRun(scratch.at("run"));
  expect(both.differences).toEqual([
    expect.stringMatching(/not those that were shown: 1 of 7 is another: .*104\.jpg$/),
  ]);
  expect(both.notes).toEqual([expect.stringMatching(/^1 of 7 pictures/)]);
});

test("what is kept of each picture is short, and sealed; without it, that one is another is found all the same", async () => {
  const scratch = await world();
  const kept = readFileSync(scratch.at("run/pictures.txt"), "utf8");
  expect(kept).toMatch(/^(?:[0-9a-f]{16}\n){7}$/);
  scratch.write(
    "run/pictures.txt",
    kept.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
  );
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([
    "pictures.txt was changed after the run was finished",
  ]);
  rmSync(scratch.at("run/pictures.txt"));
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  for (const id of ["103", "105"]) scratch.write(`data/images/${id}.jpg`, await png(200));
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([
    expect.stringMatching(/at least one of 7 is another$/),
  ]);
  scratch.write("run/pictures.txt", kept);
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([
    expect.stringMatching(/2 of 7 are others: images\/103\.jpg, images\/105\.jpg$/),
  ]);
});

test("a run that was finished without its pictures says that they are not confirmed", async () => {
  const scratch = await world();
  const manifest = scratch.readJson<Manifest>("run/manifest.json");
  const { pictures: _, ...rest } = manifest;
  scratch.write("run/manifest.json", { ...rest, code: { version: "0.1.0" } });
  rmSync(scratch.at("run/seal.json"));
  const { notes } = await verifyRun(scratch.at("run"));
  expect(notes).toContainEqual(expect.stringMatching(/no hash of the pictures.*not confirmed/));
});

test("a run that says it is of an old version needs no seal, but must not show what only newer ones write", async () => {
  const scratch = await world();
  rmSync(scratch.at("run/seal.json"));
  const manifest = scratch.readJson<Manifest>("run/manifest.json");
  for (const version of ["0.2.0", "0.3.0", "9.0.0", "0.1", "none"]) {
    scratch.write("run/manifest.json", { ...manifest, code: { version } });
    expect((await verifyRun(scratch.at("run"))).differences, version).toContain("there is no seal.json");
  }
  scratch.write("run/manifest.json", { ...manifest, code: { version: "0.1.0" } });
  const { differences, notes } = await verifyRun(scratch.at("run"));
  expect(differences).toEqual([expect.stringMatching(/no seal\.json: .*0\.1\.0.*"pictures".*metrics are those of/)]);
  expect(notes).toContainEqual(
    expect.stringMatching(/log-probabilities, packages, machine and times are not confirmed/),
  );
});

test.each<[string, Partial<Record<keyof Manifest, unknown>>]>([
  ["a time that is none", { created: "yesterday" }],
  ["a time without an end", { created: `2026-11-29T10:00:00.${"0".repeat(10)}<script>` }],
  ["more failures than examples", { failed: 8 }],
  ["more failures than a number holds", { failed: 1e300 }],
  ["a limit beyond all", { limit: 1e15 }],
  ["shards beyond all", { shard: { index: 1, of: 1e12 } }],
  ["a label of a megabyte", { label: "a".repeat(1e6) }],
])("a manifest with %s is refused", async (_, change) => {
  const scratch = await world();
  scratch.write("run/manifest.json", { ...scratch.readJson<Manifest>("run/manifest.json"), ...change });
  await expect(verifyRun(scratch.at("run"))).rejects.toMatchObject({ code: "wrong-schema" });
});

test("shards whose pictures were changed since are not merged: it would say that the new ones were shown", async () => {
  const scratch = await world();
  const parts = [1, 2].map((index) => ({ index, of: 2 }));
  for (const shard of parts) {
    const predictor = fakePredictor({ description: { kind: "endpoint" }, readsPictures: true });
    await complete(await open(scratch, { predictor, shard, folder: scratch.at(`part${shard.index}`) }));
  }
  const folders = parts.map(({ index }) => scratch.at(`part${index}`));
  const before = readFileSync(scratch.at("data/images/103.jpg"));
  scratch.write("data/images/103.jpg", await png(200));
  await expect(mergeRuns({ folders, out: scratch.at("merged") })).rejects.toMatchObject({
    code: "changed-pictures",
    message: expect.stringMatching(
      /not those that .*part\d was shown: 1 of \d is another: images\/103\.jpg\. Put back/,
    ),
  });
  scratch.write("data/images/103.jpg", before);
  await mergeRuns({ folders, out: scratch.at("merged") });
  expect(readFileSync(scratch.at("merged/pictures.txt"))).toEqual(readFileSync(scratch.at("run/pictures.txt")));
});

test("failed examples are tried again with pictures that were mended, but not beside others than those that were shown", async () => {
  const scratch = await world();
  const ask = (broken: readonly string[]) => {
    const predictor = fakePredictor({ description: { kind: "endpoint" }, readsPictures: true, broken });
    return open(scratch, { predictor, folder: scratch.at("flawed") });
  };
  await complete(await ask(["104"]));
  scratch.write("data/images/104.jpg", await png(201));
  const before = readFileSync(scratch.at("data/images/102.jpg"));
  scratch.write("data/images/102.jpg", await png(200));
  await expect(ask([])).rejects.toMatchObject({
    code: "changed-pictures",
    message: expect.stringContaining("1 of 7 is another: images/102.jpg"),
  });
  scratch.write("data/images/102.jpg", before);
  expect((await complete(await ask([]))).manifest.failed).toBe(0);
  expect((await verifyRun(scratch.at("flawed"))).differences).toEqual([]);
});
