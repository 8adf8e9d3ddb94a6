import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseJobs } from "../../../harness/cluster/slurm.js";
import { readState } from "../../../harness/cluster/submission-state.js";
import { takeLock } from "../../../harness/files/lock.js";
import { formatState } from "../../../harness/terminal/state-table.js";
import { BINARY, project, runCli, Scratch } from "../cli/run-cli.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { CAPTIONS as DATA_CAPTIONS, writeCaptions } from "../runs/world.js";

/** Shards in a folder of a run, as Kubernetes leaves them, some of them unfinished. */
async function writeShards(scratch: Scratch, of: number, unfinished: readonly number[]): Promise<string> {
  writeCaptionData(scratch);
  mkdirSync(scratch.at("run/shards"), { recursive: true });
  for (let index = 1; index <= of; index++) {
    const say = (_: string, place: number) => (place === 0 ? undefined : CAPTIONS[place % CAPTIONS.length]);
    await makeRun(scratch, `run/shards/${index}`, say, {
      shard: { index, of },
      unfinished: unfinished.includes(index),
    });
  }
  return scratch.at("run");
}

test("shards are counted by their own files, whoever started them", async () => {
  const scratch = new Scratch();
  const out = await writeShards(scratch, 3, [2]);
  const state = await readState(out);
  expect(state.tasks.map((task) => task.state)).toEqual(["done", "stopped", "done"]);
  expect(state).toMatchObject({ isWhole: false, asked: false });
  const { examples } = JSON.parse((await runCli("status", out, "--json")).stdout).tasks.reduce(
    (sum: { examples: number }, { done }: { done: number }) => ({ examples: sum.examples + done }),
    { examples: 0 },
  );
  expect(examples).toBeGreaterThan(0);
  expect(state.tasks.reduce((sum, { failed }) => sum + failed, 0)).toBe(1);
  const text = formatState(out, state);
  expect(text).toContain("2 done, 1 stopped.");
  expect(text).toMatch(/2 │ stopped │ +\d+ of about \d+ │/);
});

test("one that holds its lock is at work, and tells its rate", async () => {
  const scratch = new Scratch();
  const out = await writeShards(scratch, 2, [2]);
  const folder = join(out, "shards/2");
  const lock = await takeLock({ folder, name: "run", kind: "run", place: folder });
  expect((await readState(out)).tasks[1]!.state).toBe("running");
  await lock.release();
  expect((await readState(out)).tasks[1]!.state).toBe("stopped");
});

test("shards that have not begun are taken to be as large as the others", async () => {
  const scratch = new Scratch();
  const out = await writeShards(scratch, 3, [2]);
  rmSync(join(out, "shards/3"), { recursive: true });
  const folder = join(out, "shards/2");
  const { created } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const seen = Date.parse(created) / 1000 + 10;
  utimesSync(join(folder, "predictions.jsonl"), seen, seen);
  const lock = await takeLock({ folder, name: "run", kind: "run", place: folder });
  const { tasks, rate, secondsLeft } = await readState(out);
  await lock.release();
  const [first, second, third] = tasks;
  expect([third!.state, third!.total]).toEqual(["not begun", undefined]);
  expect(rate).toBeCloseTo(second!.done / 10, 6);
  const mean = (first!.total! + second!.total!) / 2;
  expect(secondsLeft).toBeCloseTo((second!.total! - second!.done + mean) / rate!, 6);
});

test("a study's rate is that of its cells, since they were handed in", async () => {
  const scratch = new Scratch();
  const out = scratch.at("study");
  for (const folder of ["jobs", "cells/base"]) mkdirSync(join(out, folder), { recursive: true });
  const cell = (seed: number) => `cells/base/seed-${seed}.json`;
  const at = new Date(Date.now() - 3_600_000);
  const handed = [{ array: "7", tasks: [1, 2, 3, 4], at: at.toISOString(), again: false }];
  scratch.write("study/jobs/submission.json", {
    ...{ format: 1, command: "ablate", words: [], members: [{ out, words: [] }], shards: 4, finish: [], handed },
    ...{ leaves: [1, 2, 3, 4].map((seed) => [cell(seed)]), workingFolder: "/", resubmissions: 3, limit: "" },
  });
  for (const [seed, minutes] of [
    [1, -30],
    [2, 10],
    [3, 20],
  ] as const) {
    scratch.write(`study/${cell(seed)}`, {});
    const when = at.getTime() / 1000 + 60 * minutes;
    utimesSync(join(out, cell(seed)), when, when);
  }
  expect(await readState(out)).toMatchObject({ rate: undefined, secondsLeft: undefined });
  const lock = await takeLock({ folder: out, name: "study", kind: "training", place: out });
  const state = await readState(out);
  await lock.release();
  expect(state.rate).toBeCloseTo(2 / 1200, 6); // one was there before
  expect(formatState(out, state)).toMatch(/3 done, 1 running, 6\.0\/h/);
});

describe("shards that are whole", () => {
  /** Shards as people make them by hand. */
  async function makeShards(
    of: number,
  ): Promise<{ scratch: Scratch; out: string; make: (...words: string[]) => Promise<void> }> {
    const scratch = new Scratch();
    const [data, out] = [writeCaptions(scratch), scratch.at("a run")];
    const said = scratch.write(
      "said.json",
      DATA_CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption })),
    );
    mkdirSync(join(out, "shards"), { recursive: true });
    const make = async (folder: string, ...words: string[]) => {
      const asked = ["run", "--task", "caption", "--data", data, "--predictions", said, ...words];
      expect((await runCli(...asked, "--out", join(out, folder))).code).toBe(0);
    };
    for (let i = 1; i <= of; i++) await make(`shards/${i}`, "--shard", `${i}/${of}`);
    return { scratch, out, make };
  }

  test("are still to be merged, and status says how", async () => {
    const { out } = await makeShards(2);
    const state = await readState(out);
    expect(state).toMatchObject({ isWhole: false, notes: [] });
    expect(formatState(out, state)).toMatch(
      /Still to be done, if no job does it:\n {2}simvlm merge "[^"]*a run\/shards"\/\{1\.\.2\} --out "/,
    );
    const [command = ""] = state.next;
    const merged = spawnSync("bash", ["-c", command.replace("simvlm", `"${process.execPath}" ${BINARY}`)], {
      cwd: project,
    });
    expect(merged.status).toBe(0);
    expect(await readState(out)).toMatchObject({ isWhole: true, next: [] });
  });

  test("what lies among them and is of another run, or too much, is named", async () => {
    const { out, make } = await makeShards(2);
    await make("shards/9", "--shard", "9/9");
    await make("shards/3", "--shard", "1/2");
    await make("shards/old");
    expect((await readState(out)).notes).toEqual([
      expect.stringMatching(/shards\/3 is shard 1\/2 of a run, and none of the 2 shards/),
      expect.stringMatching(/shards\/9 is shard 9\/9 of a run, and none of the 2 shards/),
      expect.stringMatching(/shards\/old is a complete run/),
    ]);
    rmSync(join(out, "shards/2"), { recursive: true });
    await make("shards/2", "--shard", "2/2", "--limit", "5");
    const { stdout } = await runCli("status", out);
    expect(stdout).toMatch(/Note: .*shards\/2 is not of the run that .*shards\/1 is of \(.*limit: 5, there none/);
    const { notes } = JSON.parse((await runCli("status", out, "--json")).stdout);
    expect(notes).toHaveLength(4);
  });
});

test("a run that was never divided is one task", async () => {
  const scratch = new Scratch();
  writeCaptionData(scratch);
  const run = await makeRun(scratch, "run", (_, place) => CAPTIONS[place % CAPTIONS.length]);
  expect(await readState(run)).toMatchObject({ isWhole: true, tasks: [{ number: 1, state: "done" }] });
});

test("where there is nothing, that is said", async () => {
  const { code, stderr } = await runCli("status", new Scratch().at("nothing"));
  expect([code, stderr]).toEqual([2, expect.stringContaining("there is no such run")]);
  const none = await runCli("cancel", new Scratch().path);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("Nothing was submitted")]);
});

test("what squeue says is read, whatever a reason holds", () => {
  const rows = "12|3|RUNNING|None\n12|4|PENDING|(Resources|x)\n13|N/A|PENDING|Dependency\nslurm_load_jobs error\n";
  expect(parseJobs(rows)).toEqual([
    { id: "12", task: 3, state: "RUNNING", reason: "None" },
    { id: "12", task: 4, state: "PENDING", reason: "(Resources|x)" },
    { id: "13", task: undefined, state: "PENDING", reason: "Dependency" },
  ]);
});
