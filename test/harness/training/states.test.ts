import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { hashFile } from "../../../harness/files/hash.js";
import { takeLock } from "../../../harness/files/lock.js";
import { pretrain } from "../../../harness/training/pretraining.js";
import { PRETRAINING_DEFAULTS, type PretrainingRecipe } from "../../../harness/training/pretraining-recipe.js";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { Scratch } from "../cli/run-cli.js";
import { freshBlink, tokenizerFile, writeToybox } from "./small-world.js";

const scratch = new Scratch();
const RECIPE: PretrainingRecipe = {
  ...PRETRAINING_DEFAULTS,
  ...{ steps: 6, pairs: 2, documents: 0, prefixLength: 8, suffixLength: 8 },
};
let web: string;

interface Told {
  readonly finished: boolean;
  readonly messages: readonly string[];
}

/** Trains; `stopAfter` reports it is asked to stop. */
async function train(out: string, { stopAfter = Infinity, recipe = RECIPE, folder = web } = {}): Promise<Told> {
  const controller = new AbortController();
  const messages: string[] = [];
  let reports = 0;
  if (stopAfter === 0) controller.abort();
  const data = { pairs: [join(folder, "train-00000.tar")], documents: [], validation: [] };
  const finished = await pretrain(out, freshBlink(), data, recipe, {
    ...{ threads: 1, reportEvery: 2, checkpointEvery: 1, validateEvery: 100, dtype: "F32" },
    signal: controller.signal,
    onReport: () => {
      reports++;
      if (reports >= stopAfter) controller.abort();
    },
    onMessage: (message) => messages.push(message),
  });
  return { finished, messages };
}

const weightsOf = (out: string) => readFileSync(join(out, "checkpoint", "model.safetensors"));

beforeAll(async () => {
  web = join(await writeToybox(scratch, ["web"], 12), "web");
  await train(scratch.at("whole"));
  await train(scratch.at("stopped"), { stopAfter: 2 });
});

/** The training that was stopped after step 4, to do with as one likes. */
function stopped(name: string): string {
  const out = scratch.at(name);
  cpSync(scratch.at("stopped"), out, { recursive: true });
  return out;
}

describe("states", () => {
  const states = (out: string) => readdirSync(join(out, "steps")).sort();

  test("the latest and the one before are kept, with a checksum of each of their files", () => {
    const out = scratch.at("stopped");
    expect(states(out)).toEqual(["step-00000003", "step-00000004"]);
    const files = readdirSync(join(out, "steps/step-00000004")).sort();
    const checksums = scratch.readJson<object>("stopped/steps/step-00000004/checksums.json");
    expect(Object.keys(checksums)).toEqual(files.filter((name) => name !== "checksums.json"));
  });

  const FILES = [
    ...["model.safetensors", "training.safetensors", "training.json", "config.json"],
    ...["tokenizer.json", "recipe.json", "checksums.json"],
  ];

  test.each(FILES)("a bit that flips in %s: it goes back to the state before, and ends the same", async (file) => {
    const out = stopped(`flipped-${file}`);
    flipBit(join(out, "steps/step-00000004", file));
    const { finished, messages } = await train(out);
    expect(finished).toBe(true);
    expect(messages.join("\n")).toMatch(
      /step-00000004 is damaged: .*Going back to step-00000003\.\ncontinues after step 3/s,
    );
    expect(weightsOf(out).equals(weightsOf(scratch.at("whole")))).toBe(true);
  });

  test("where a file of it is gone or cut off as well", async () => {
    for (const [i, damage] of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, readFileSync(path).subarray(0, 1000)),
    ].entries()) {
      const out = stopped(`damaged-${i}`);
      damage(join(out, "steps/step-00000004/training.safetensors"));
      expect((await train(out)).messages.join("\n")).toContain("Going back to step-00000003");
    }
  });

  test("where all are damaged it says so, and nothing is removed", async () => {
    const out = stopped("all-damaged");
    for (const name of states(out)) flipBit(join(out, "steps", name, "model.safetensors"));
    await expect(train(out)).rejects.toMatchObject({
      code: "damaged-state",
      message: expect.stringMatching(/step-00000004.*model\.safetensors.*step-00000003.*model\.safetensors/s),
    });
    expect(states(out)).toHaveLength(2);
    expect(existsSync(join(out, "checkpoint"))).toBe(false);
  });

  test.each<[string, (path: string) => void]>([
    ["no checksums", (path) => rmSync(path)],
    ["checksums of nothing", (path) => writeFileSync(path, "{}")],
  ])("one with %s is not believed", async (what, change) => {
    const out = stopped(what);
    change(join(out, "steps/step-00000004/checksums.json"));
    flipBit(join(out, "steps/step-00000004/model.safetensors"));
    expect((await train(out)).messages.join("\n")).toContain("Going back to step-00000003");
    expect(weightsOf(out).equals(weightsOf(scratch.at("whole")))).toBe(true);
  });
});

/** In the middle, where numbers are. */
function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

describe("data that change while a training is stopped", () => {
  const SHARD = "train-00000.tar";
  /** A training that was stopped after step 4, and its own shard. */
  async function begun(name: string) {
    const folder = scratch.at(`${name}-web`);
    mkdirSync(folder);
    const shard = join(folder, SHARD);
    cpSync(join(web, SHARD), shard);
    const out = scratch.at(name);
    expect(await train(out, { folder, stopAfter: 2 })).toMatchObject({ finished: false });
    return { out, folder, shard, states: () => readdirSync(join(out, "steps")).sort() };
  }
  const smaller = () => readFileSync(join(web, "val-00000.tar")).subarray(0, -512);
  /** As a state was before it said what the shards were. */
  async function forget(state: string) {
    const path = join(state, "training.json");
    const { position, ...rest } = JSON.parse(readFileSync(path, "utf8"));
    expect(position.versions).toHaveLength(1);
    const { versions: _, ...before } = position;
    writeFileSync(path, JSON.stringify({ ...rest, position: before }));
    const checksums = join(state, "checksums.json");
    const sums = JSON.parse(readFileSync(checksums, "utf8"));
    expect(sums["training.json"]).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(checksums, JSON.stringify({ ...sums, "training.json": await hashFile(path) }));
  }

  test("a shard of another size is refused by name, and nothing is lost", async () => {
    const { out, folder, shard, states } = await begun("other-size");
    writeFileSync(shard, smaller());
    await expect(train(out, { folder })).rejects.toMatchObject({
      code: "changed-data",
      message: expect.stringMatching(
        /^.*train-00000\.tar has changed since the training was begun: it had \d+ bytes, and/,
      ),
    });
    expect(states()).toEqual(["step-00000003", "step-00000004"]);
    cpSync(join(web, SHARD), shard);
    expect((await train(out, { folder })).messages).toContain("continues after step 4");
    expect(weightsOf(out).equals(weightsOf(scratch.at("whole")))).toBe(true);
  });

  test("of states that say nothing of it, one that has too few examples is, and the same ones are continued", async () => {
    const { out, folder, shard, states } = await begun("earlier");
    for (const name of states()) await forget(join(out, "steps", name));
    writeFileSync(shard, firstEntries(readFileSync(join(web, SHARD)), 6));
    await expect(train(out, { folder })).rejects.toMatchObject({
      code: "changed-data",
      message: expect.stringMatching(
        /train-00000\.tar has changed .*: a pass had at least \d+ examples, and now has \d/,
      ),
    });
    cpSync(join(web, SHARD), shard);
    expect((await train(out, { folder })).messages).toContain("continues after step 4");
    expect(weightsOf(out).equals(weightsOf(scratch.at("whole")))).toBe(true);
  });

  test("one that changes between two passes of a process stops it, saved", async () => {
    const { out, folder, shard, states } = await begun("meanwhile");
    const recipe = { ...RECIPE, steps: 40 };
    rmSync(out, { recursive: true });
    const begin = train(out, { folder, recipe });
    begin.catch(() => {});
    while (!existsSync(join(out, "steps")) || states().length === 0) await pause(5);
    writeFileSync(shard, smaller());
    await expect(begin).rejects.toMatchObject({ code: "changed-data" });
    expect(states().length).toBeGreaterThan(0);
  });

  test("a training that was stopped before its first step begins anew", async () => {
    const out = scratch.at("not-begun");
    expect((await train(out, { stopAfter: 0 })).finished).toBe(false);
    expect((await train(out)).finished).toBe(true);
    expect(weightsOf(out).equals(weightsOf(scratch.at("whole")))).toBe(true);
  });
});

/** The beginning of a tar, as a tar of its own. */
function firstEntries(tar: Buffer, count: number): Buffer {
  let end = 0;
  for (let i = 0; i < count; i++)
    end += 512 + 512 * Math.ceil(Number.parseInt(tar.toString("latin1", end + 124, end + 135), 8) / 512);
  return Buffer.concat([tar.subarray(0, end), Buffer.alloc(1024)]);
}

describe("what is there when a training begins", () => {
  const begin = async (name: string, write: (at: (file: string) => string) => void) => {
    const out = scratch.at(name);
    mkdirSync(out);
    write((file) => join(out, file));
    return train(out);
  };

  test.each<[string, (at: (file: string) => string) => void]>([
    ["the folder of states alone", (at) => mkdirSync(at("steps"))],
    [
      "a recipe that was being written",
      (at) => writeFileSync(at(".recipe.json.999999999-1-0-abcdef-abcdef.tmp"), '{"kind": "pre'),
    ],
    ["the same of an earlier version", (at) => writeFileSync(at(".recipe.json.999999999.tmp"), "{")],
    [
      "a lock and a tokenizer",
      (at) => {
        writeFileSync(at(".training.lock-999999999"), "");
        writeFileSync(at("tokenizer.json"), tokenizerFile);
      },
    ],
  ])("%s is ours", async (name, write) => {
    expect((await begin(name.replaceAll(" ", "-"), write)).finished).toBe(true);
    const out = scratch.at(name.replaceAll(" ", "-"));
    expect(readdirSync(out).sort()).toEqual([
      "checkpoint",
      "data.sha256",
      "log.jsonl",
      "recipe.json",
      "tokenizer.json",
    ]);
  });

  test.each<[string, (at: (file: string) => string) => void]>([
    ["a file of somebody's", (at) => writeFileSync(at("notes.txt"), "")],
    [
      "a folder of somebody's with our name",
      (at) => {
        mkdirSync(at("steps"));
        writeFileSync(at("steps/one.md"), "");
      },
    ],
  ])("%s is not", async (name, write) => {
    await expect(begin(name.replaceAll(" ", "-"), write)).rejects.toMatchObject({ code: "out-not-empty" });
  });

  test("a tokenizer that was made of other texts is not taken for its own once the training has begun", async () => {
    const out = stopped("tokenizer");
    writeFileSync(join(out, "tokenizer.json"), tokenizerFile.replace("{", "{ "));
    await expect(train(out)).rejects.toMatchObject({ code: "other-recipe" });
  });

  test("a finished one has nothing to do, and what was left of its states goes", async () => {
    const out = scratch.at("finished");
    cpSync(scratch.at("whole"), out, { recursive: true });
    mkdirSync(join(out, "steps/step-00000006"), { recursive: true });
    const { finished, messages } = await train(out);
    expect([finished, messages]).toEqual([true, [`${out} is already finished: there is nothing to do`]]);
    expect(existsSync(join(out, "steps"))).toBe(false);
  });

  test("another process that trains there is left alone", async () => {
    const out = stopped("held");
    const lock = await takeLock({ folder: out, name: "training", kind: "training", place: out });
    await expect(train(out)).rejects.toMatchObject({ code: "training-in-use" });
    await lock.release();
    expect((await train(out)).finished).toBe(true);
  });
});

describe("the log", () => {
  const withoutSpeed = async (out: string) =>
    (await readTrainingLog(join(out, "log.jsonl"))).map(({ examplesPerSecond: _, ...line }) => JSON.stringify(line));

  test("of a training that was stopped between two reports is that of one that was not, but for the speed", async () => {
    const out = stopped("logged");
    // Killed at the state after step 3, between the reports of steps 2 and 4.
    rmSync(join(out, "steps/step-00000004"), { recursive: true });
    expect((await train(out)).messages).toContain("continues after step 3");
    expect(await withoutSpeed(out)).toEqual(await withoutSpeed(scratch.at("whole")));
  });

  test("that was torn, or written by two processes, is mended, and that is said", async () => {
    const whole = await withoutSpeed(scratch.at("whole"));
    const torn = stopped("torn-log");
    appendFileSync(join(torn, "log.jsonl"), '{"type":"sample","step":4,"said":"\u00fc'.slice(0, -1));
    await train(torn);
    expect(await withoutSpeed(torn)).toEqual(whole);
    expect(
      readFileSync(join(torn, "log.jsonl"), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    ).toHaveLength(3);

    const twice = stopped("twice");
    appendFileSync(join(twice, "log.jsonl"), `${whole[0]}\n`);
    const { messages } = await train(twice);
    expect(messages).toContain(`${join(twice, "log.jsonl")} had 1 lines twice: the last of each stays`);
    expect(await withoutSpeed(twice)).toEqual(whole);
  });
});
