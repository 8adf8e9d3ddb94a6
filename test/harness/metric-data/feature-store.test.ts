import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { hashText } from "../../../harness/files/hash.js";
import { FeatureStore } from "../../../harness/metric-data/clip/feature-store.js";
import { Scratch } from "../cli/run-cli.js";

const WIDTH = 4;
let folder: string;
beforeEach(() => {
  folder = new Scratch().at("vectors");
});

const keyOf = (n: number) => hashText(`vector ${n}`);
const vectorOf = (n: number) => Float32Array.of(n, n / 3, -n, Math.PI);
const open = () => FeatureStore.open(folder, WIDTH);

async function fill(from: number, to: number): Promise<void> {
  const store = await open();
  for (let n = from; n < to; n++) await store.put(keyOf(n), vectorOf(n));
  await store.flush();
}

async function findMissing(count: number): Promise<number[]> {
  const store = await open();
  const missing: number[] = [];
  for (let n = 0; n < count; n++) {
    const found = await store.get(keyOf(n));
    if (found) expect(found).toEqual(vectorOf(n));
    else missing.push(n);
  }
  return missing;
}

test("what was put is found by another process, to the last bit, in a file for each thousand", async () => {
  await fill(0, 2500);
  expect(await findMissing(2501)).toEqual([2500]);
  expect(readdirSync(folder)).toHaveLength(3);
});

test("many small files become one, and nothing is lost", async () => {
  for (let n = 0; n < 40; n++) await fill(n, n + 1);
  expect(readdirSync(folder).length).toBeLessThan(20);
  expect(await findMissing(40)).toEqual([]);
});

test("a process that has a file indexed which another has joined counts its vectors as missing", async () => {
  await fill(0, 1);
  const early = await open();
  for (let n = 1; n < 16; n++) await fill(n, n + 1);
  expect([undefined, vectorOf(0)]).toContainEqual(await early.get(keyOf(0)));
  expect(await findMissing(16)).toEqual([]);
});

test.each<[string, (path: string, bytes: Buffer) => void]>([
  ["a changed byte", (path, bytes) => writeFileSync(path, bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1))],
  ["a cut end", (path, bytes) => truncateSync(path, bytes.length - 3)],
  ["nothing in it", (path) => truncateSync(path, 0)],
  ["something else in it", (path) => writeFileSync(path, "no vectors")],
])("a file with %s counts as missing, is removed, and written anew", async (_, damage) => {
  await fill(0, 1000);
  await fill(1000, 1100);
  const [first] = readdirSync(folder).filter((name) => readFileSync(join(folder, name)).length > 20_000);
  damage(join(folder, first!), readFileSync(join(folder, first!)));
  expect(await findMissing(1100)).toHaveLength(1000);
  expect(readdirSync(folder)).toHaveLength(1);
  await fill(0, 1000);
  expect(await findMissing(1100)).toEqual([]);
});
