import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { RunIndex } from "../../../harness/serve/run-index.js";
import { Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";

/** However busy the machine is. */
const PATIENCE_MS = 150_000;

let scratch: Scratch;
let runs: string;

beforeEach(async () => {
  scratch = new Scratch();
  runs = scratch.at("runs");
  mkdirSync(runs);
  writeCaptionData(scratch, { captions: CAPTIONS.slice(0, 4) });
  vi.stubEnv("XDG_CACHE_HOME", scratch.at("cache"));
  await makeRun(scratch, "runs/one", (_, place) => CAPTIONS[place]);
});

const open = (...roots: string[]) =>
  new RunIndex(roots.length === 0 ? [runs] : roots, { rest: 0, patience: PATIENCE_MS });

async function look(index: RunIndex) {
  const { runs, remarks } = await index.look();
  return { states: Object.fromEntries(runs.map(({ name, entry }) => [name, entry.state])), remarks, runs };
}

const cacheFile = () => {
  const folder = scratch.at("cache/simvlm/serve");
  const names = readdirSync(folder);
  expect(names).toHaveLength(1); // and nothing half-written
  return join(folder, names[0]!);
};

/** Makes the kept index say something that no run does, and so shows whether it was used. */
function markCache(): void {
  const text = readFileSync(cacheFile(), "utf8");
  writeFileSync(cacheFile(), text.replaceAll('"label":"one"', '"label":"kept"'));
}

const labelsOf = async (index: RunIndex) =>
  (await index.look()).runs.map(({ entry }) => (entry.state === "damaged" ? "damaged" : entry.run.label));

test("what was read is kept for the next time, and read anew where size or time differ", async () => {
  await look(open());
  markCache();
  expect(await labelsOf(open())).toEqual(["kept"]);
  const { atime, mtime } = statSync(join(runs, "one/predictions.jsonl"));
  utimesSync(join(runs, "one/predictions.jsonl"), atime, new Date(mtime.getTime() + 5000));
  expect(await labelsOf(open())).toEqual(["one"]);
  expect(readFileSync(cacheFile(), "utf8")).toContain('"label":"one"');
  markCache();
  const scores = readFileSync(join(runs, "one/scores.json"));
  writeFileSync(join(runs, "one/scores.json"), Buffer.concat([scores, Buffer.from("\n")]));
  expect(await labelsOf(open())).toEqual(["damaged"]);
});

test("a file of the same size and time in another's place is noticed", async () => {
  await look(open());
  markCache();
  const path = join(runs, "one/manifest.json");
  const { atime, mtime } = statSync(path);
  cpSync(path, `${path}.new`);
  renameSync(`${path}.new`, path);
  utimesSync(path, atime, mtime);
  expect(await labelsOf(open())).toEqual(["one"]);
});

test.each([
  ["cut", (text: string) => text.slice(0, text.length / 2)],
  ["empty", () => ""],
  ["something else", () => '{"version": "0.0.1", "runs": {}}'],
  ["of another kind", (text: string) => text.replaceAll('"finished"', '"perhaps"')],
])("an index that is %s is made again", async (_, damage) => {
  await look(open());
  writeFileSync(cacheFile(), damage(readFileSync(cacheFile(), "utf8")));
  expect((await look(open())).states).toEqual({ one: "finished" });
  expect(readFileSync(cacheFile(), "utf8")).toContain('"label":"one"');
});

test("where nothing can be kept, runs are read all the same", async () => {
  writeFileSync(scratch.at("cache"), "a file where the folder would be");
  expect((await look(open())).states).toEqual({ one: "finished" });
  vi.stubEnv("XDG_CACHE_HOME", undefined);
  vi.stubEnv("HOME", "/proc/nowhere");
  expect((await look(open())).states).toEqual({ one: "finished" });
});

test("a folder that cannot be written is served", async () => {
  const before = readdirSync(join(runs, "one")).sort();
  chmodSync(runs, 0o555);
  chmodSync(join(runs, "one"), 0o555);
  try {
    expect((await look(open())).states).toEqual({ one: "finished" });
    expect(readdirSync(join(runs, "one")).sort()).toEqual(before);
  } finally {
    chmodSync(runs, 0o755);
    chmodSync(join(runs, "one"), 0o755);
  }
});

test("two indexes of the same folder at the same time do not disturb each other", async () => {
  const [a, b] = [open(), open()];
  for (let i = 0; i < 4; i++) {
    await makeRun(scratch, `runs/more-${i}`, (_, place) => CAPTIONS[place]);
    const [one, other] = await Promise.all([look(a), look(b)]);
    expect(one.states).toEqual(other.states);
    expect(Object.keys(one.states)).toHaveLength(i + 2);
  }
  expect(Object.keys(JSON.parse(readFileSync(cacheFile(), "utf8")).runs)).toHaveLength(5);
});

test("a run that is removed is forgotten, and one that is moved keeps what it says", async () => {
  const index = open();
  await look(index);
  renameSync(join(runs, "one"), join(runs, "two"));
  expect((await look(index)).states).toEqual({ two: "finished" });
  rmSync(join(runs, "two"), { recursive: true });
  expect((await look(index)).states).toEqual({});
});

test("each run is found once, whatever links lead to it, and none that lies outside", async () => {
  await makeRun(scratch, "elsewhere/secret", (_, place) => CAPTIONS[place]);
  symlinkSync(join(runs, "one"), join(runs, "again"));
  symlinkSync(scratch.at("elsewhere"), join(runs, "out"));
  symlinkSync(runs, join(runs, "round"));
  symlinkSync("/nowhere", join(runs, "nowhere"));
  const { states, remarks } = await look(open());
  expect(states).toEqual({ one: "finished" });
  expect(remarks).toEqual(["1 link leads out of what is served and is not followed."]);
  const both = await look(open(runs, scratch.at("elsewhere")));
  expect(both).toMatchObject({ states: { "elsewhere/secret": "finished", "runs/one": "finished" }, remarks: [] });
});

test("a run's file that is a link out of what is served is not read", async () => {
  cpSync(join(runs, "one"), join(runs, "linked"), { recursive: true });
  renameSync(join(runs, "linked/scores.json"), scratch.at("scores.json"));
  symlinkSync(scratch.at("scores.json"), join(runs, "linked/scores.json"));
  const { runs: served } = await look(open());
  const linked = served.find(({ name }) => name === "linked")!;
  expect(linked.entry).toEqual({
    state: "damaged",
    why: "One of its files is a link that leads out of what is served.",
  });
});

test("a run can be named itself, beside others of the same name", async () => {
  mkdirSync(scratch.at("more"));
  cpSync(join(runs, "one"), scratch.at("more/one"), { recursive: true });
  expect(Object.keys((await look(open(join(runs, "one")))).states)).toEqual(["one"]);
  const { states } = await look(open(join(runs, "one"), scratch.at("more/one")));
  expect(Object.keys(states)).toEqual(["more/one", "runs/one"]);
});

test("shards that are at work are shown until the whole run is there", async () => {
  const say = (_: string, place: number) => CAPTIONS[place];
  await makeRun(scratch, "runs/big/shards/1", say, { shard: { index: 1, of: 2 } });
  await makeRun(scratch, "runs/big/shards/2", say, { shard: { index: 2, of: 2 }, unfinished: true });
  const index = open();
  expect((await look(index)).states).toEqual({
    "big/shards/1": "finished",
    "big/shards/2": "unfinished",
    one: "finished",
  });
  cpSync(join(runs, "one"), join(runs, "big"), { recursive: true });
  expect((await look(index)).states).toEqual({ big: "finished", one: "finished" });
});

test("a run that has just begun, and has nothing but a manifest, is unfinished", async () => {
  await makeRun(scratch, "runs/new", (_, place) => CAPTIONS[place], { unfinished: true });
  rmSync(join(runs, "new/predictions.jsonl"));
  const { states, runs: served } = await look(open());
  expect(states).toEqual({ new: "unfinished", one: "finished" });
  expect(served.find(({ name }) => name === "new")!.entry).toMatchObject({ run: { done: 0 } });
});

test("somebody at work is told from a run that was stopped", async () => {
  await makeRun(scratch, "runs/stopped", (_, place) => CAPTIONS[place], { unfinished: true });
  let isAtWork: boolean | undefined;
  await makeRun(scratch, "runs/going", (_, place) => CAPTIONS[place], { unfinished: true });
  const { takeLock } = await import("../../../harness/files/lock.js");
  const lock = await takeLock({ folder: join(runs, "going"), name: "run", kind: "run", place: "going" });
  try {
    const { runs: served } = await look(open());
    isAtWork = served.find(({ name }) => name === "going")!.isAtWork;
    expect(served.find(({ name }) => name === "stopped")!.isAtWork).toBe(false);
  } finally {
    await lock.release();
  }
  expect(isAtWork).toBe(true);
});
