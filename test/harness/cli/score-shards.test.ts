import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { takeLock } from "../../../harness/files/lock.js";
import { StubSlurm } from "../cluster/stub-slurm.js";
import { writeFiles } from "../metric-data/tiny-meteor.js";
import { FakeJava, MAVEN_JARS, SPICE_WHEEL } from "../metric-data/tiny-spice.js";
import { runBinary, runCli, Scratch } from "./run-cli.js";

const SHARES = 3;

const world = new Scratch();
const java = new FakeJava(world.at("jdk"));
const before = { ...process.env };
const ENV = { JAVA_HOME: java.home, XDG_DATA_HOME: world.at("data"), XDG_CACHE_HOME: world.at("cache") };

/** The end of a caption reads otherwise before some captions than before others: `S.` before `The`. */
const says = [
  "a dog in the U. S.",
  "The dog",
  "a cat in the U. S.",
  "The cat",
  "a dog",
  "a red bird",
  "a dog",
  "two dogs",
];
const references = world.write("references.json", {
  images: says.map((_, id) => ({ id, file_name: `${id}.jpg` })),
  annotations: says.map((caption, id) => ({ id, image_id: id, caption: `${caption} here` })),
});
const predictionsOf = (name: string, captions: readonly string[]) =>
  world.write(
    name,
    captions.map((caption, image_id) => ({ image_id, caption })),
  );
const predictions = predictionsOf("said.json", says);
const against = predictionsOf("against.json", says.toReversed());
const ASKED = ["--task", "caption", "--references", references, "--predictions", predictions, "--against", against];
const WHOLE = ["--metrics", "spice,bleu", "--ci", "--resamples", "50"];

let scratch: Scratch;
let judged: string;

beforeAll(async () => {
  Object.assign(process.env, ENV);
  const wheel = world.write("p.whl", SPICE_WHEEL);
  const jars = writeFiles(world.at("jars"), MAVEN_JARS);
  expect(await runCli("metrics", "install", "spice", "--from", wheel, "--jars", jars)).toMatchObject({ code: 0 });
});
afterAll(() => {
  for (const name of Object.keys(ENV)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});
beforeEach(() => {
  scratch = new Scratch();
  judged = scratch.at("judged");
});

const judge = (index: number, ...rest: string[]) =>
  runCli(
    "score",
    ...ASKED,
    ...["--metrics", "spice,bleu", "--judgements", judged, "--shard", `${index}/${SHARES}`],
    ...rest,
  );
async function judgeAll(): Promise<void> {
  for (let i = 1; i <= SHARES; i++) expect(await judge(i)).toMatchObject({ code: 0 });
}
const scoreAll = (...rest: string[]) => runCli("score", ...ASKED, ...WHOLE, ...rest);
const captionsAsked = () => java.asked().flatMap(({ captions }) => captions);

/** What one machine makes of it that has judged nothing before. */
async function scoreAlone(): Promise<string> {
  process.env.XDG_CACHE_HOME = scratch.at("a cache of its own");
  const path = scratch.at("alone.json");
  expect(await scoreAll("--json", path)).toMatchObject({ code: 0 });
  process.env.XDG_CACHE_HOME = ENV.XDG_CACHE_HOME;
  return readFileSync(path, "utf8");
}

describe("captions that are judged in shares", () => {
  test("are each judged once, and scored as on one machine, without asking Java again", async () => {
    const begun = captionsAsked().length;
    await judgeAll();
    const asked = captionsAsked().slice(begun);
    const pairs = [says, says.toReversed()].flatMap((said) => said.map((caption, i) => `${caption}|${says[i]}`));
    expect(asked).toHaveLength(new Set(pairs).size);
    const once = captionsAsked().length;
    const { code, stderr } = await scoreAll("--judgements", judged, "--json", scratch.at("scores.json"));
    expect([code, stderr]).toEqual([0, ""]);
    expect(captionsAsked()).toHaveLength(once);
    expect(readFileSync(scratch.at("scores.json"), "utf8")).toBe(await scoreAlone());
    expect(captionsAsked().slice(once).sort()).toEqual(asked.sort());
  });

  test("have what is missing judged when they are scored", async () => {
    await judge(1);
    const { code, stderr } = await scoreAll("--judgements", judged, "--json", scratch.at("scores.json"));
    expect([code, stderr]).toEqual([0, expect.stringContaining("SPICE's program has not judged before")]);
    expect(readFileSync(scratch.at("scores.json"), "utf8")).toBe(await scoreAlone());
  });

  test("go on where a killed process was, a torn line left out", async () => {
    await judgeAll();
    const place = join(judged, "shards/2");
    const log = join(place, "judgements.jsonl");
    const whole = readFileSync(log, "utf8");
    const lines = whole.split("\n");
    expect(lines.length).toBeGreaterThan(2);
    rmSync(join(place, "seal.json"));
    writeFileSync(log, `${lines[0]}\n${lines[1]!.slice(0, 30)}`);
    const asked = captionsAsked().length;
    expect(await judge(2)).toMatchObject({ code: 0 });
    expect(captionsAsked()).toHaveLength(asked + lines.length - 2);
    expect(readFileSync(log, "utf8").split("\n").sort()).toEqual(lines.sort());
    expect(existsSync(join(place, "seal.json"))).toBe(true);
  });

  test("are not believed once they were changed", async () => {
    await judgeAll();
    const log = join(judged, "shards/1/judgements.jsonl");
    writeFileSync(log, readFileSync(log, "utf8").replace('"f":', '"f":0.1'));
    for (const result of [await scoreAll("--judgements", judged), await judge(1)]) {
      expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("is not what it was") });
    }
    rmSync(join(judged, "shards/1"), { recursive: true });
    expect(await judge(1)).toMatchObject({ code: 0 });
    expect(await scoreAll("--judgements", judged)).toMatchObject({ code: 0 });
  });

  test("are one process's at a time", async () => {
    await judge(1);
    const place = join(judged, "shards/1");
    const lock = await takeLock({ folder: place, name: "judging", kind: "judging", place });
    expect(await judge(1)).toMatchObject({ code: 75, stderr: expect.stringContaining("is being written") });
    await lock.release();
    expect(await judge(1)).toMatchObject({ code: 0 });
  });

  test("are of the files and of the number that they were begun with", async () => {
    await judge(1);
    const others = ["score", "--task", "caption", "--references", references, "--predictions", against];
    const share = ["--metrics", "spice", "--judgements", judged, "--shard"];
    expect(await runCli(...others, ...share, `1/${SHARES}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("other files (predictions, against)"),
    });
    expect(await runCli("score", ...ASKED, ...share, "1/4")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("begun as share 1 of 3, and cannot go on as 1 of 4"),
    });
  });
});

test.each([
  [["--shard", "1/2", "--metrics", "spice"], "--shard needs --judgements"],
  [["--shard", "1/2", "--judgements", "j", "--metrics", "bleu"], "add spice to --metrics"],
  [["--shard", "1/2", "--judgements", "j", "--metrics", "spice", "--json", "s.json"], "--json has no meaning with"],
  [["--shard", "1/2", "--judgements", "j", "--metrics", "spice", "--ci"], "--ci has no meaning with --shard"],
  [["--judgements", "nowhere", "--metrics", "spice"], "no shares of captions"],
])("%j is refused", async (words, said) => {
  expect(await runCli("score", ...ASKED, ...words)).toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.stringContaining(said),
  });
  expect(existsSync("j")).toBe(false);
});

describe("handed in", () => {
  const words = (json: string) => ["--", "score", ...ASKED, ...WHOLE, "--judgements", judged, "--json", json];
  const perform = (script: string, env: NodeJS.ProcessEnv) =>
    spawnSync("bash", [script], { cwd: dirname(script), encoding: "utf8", env });

  test("is scored as on one machine, and counted meanwhile", async () => {
    const slurm = new StubSlurm(scratch);
    const json = scratch.at("scores.json");
    const env = { ...slurm.environment, SLURM_ARRAY_JOB_ID: "7" };
    const submit = (shards: number) => runBinary(["submit", "slurm", "--shards", `${shards}`, ...words(json)], env);
    expect(submit(SHARES)).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("(tasks 1-3)") });
    const [array, finish] = ["array.sh", "finish.sh"].map((name) => join(judged, "jobs", name)) as [string, string];
    expect(perform(array, { ...env, SLURM_ARRAY_TASK_ID: "2" })).toMatchObject({ status: 0 });
    const status = async () => JSON.parse((await runCli("status", judged, "--json")).stdout);
    const half = await status();
    expect(half.tasks.map(({ state }: { state: string }) => state)).toEqual(["not begun", "done", "not begun"]);
    expect(half.tasks[1].done).toBe(half.tasks[1].total);
    expect(half.done).toBeGreaterThan(0);
    expect(perform(finish, env)).toMatchObject({ status: 75, stderr: expect.stringContaining("tasks 1,3") });
    for (const task of ["1", "3"]) perform(array, { ...env, SLURM_ARRAY_TASK_ID: task });
    expect(await status()).toMatchObject({ whole: false, counts: { done: SHARES } });
    const asked = captionsAsked().length;
    expect(perform(finish, env)).toMatchObject({ status: 0, stderr: "" });
    expect(captionsAsked()).toHaveLength(asked);
    expect(await status()).toMatchObject({ whole: true });
    expect(readFileSync(json, "utf8")).toBe(await scoreAlone());
    expect(submit(4)).toMatchObject({ code: 2, stderr: expect.stringContaining("begun as share") });
    appendFileSync(predictions, "\n");
    expect(submit(SHARES)).toMatchObject({ code: 2, stderr: expect.stringContaining("other files (predictions)") });
    writeFileSync(predictions, readFileSync(predictions, "utf8").trimEnd());
    expect(submit(SHARES)).toMatchObject({ code: 0, stderr: expect.stringContaining("nothing is handed in") });
  });

  test.each([
    [["--shards", "1"], [], "say --shards"],
    [[], [], "say --shards"],
    [["--shards", "2"], ["--judgements", "j"], "Name a file with --json"],
    [["--shards", "2"], ["--json", "s"], "score needs --judgements"],
    [["--array", "seed=1,2", "--shards", "2"], ["--judgements", "j", "--json", "s"], "hand in each file"],
  ])("%j with %j is refused", async (given, rest, said) => {
    const all = given.includes("--shards") && !given.includes("1") ? rest : ["--judgements", "j", "--json", "s"];
    const command = ["score", ...ASKED, "--metrics", "spice", ...all];
    expect(await runCli("submit", "slurm", ...given, "--", ...command)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(said),
    });
  });

  test("without SPICE there is nothing to divide", async () => {
    const command = ["score", ...ASKED, "--metrics", "bleu", "--judgements", "j", "--json", "s"];
    expect(await runCli("submit", "slurm", "--shards", "2", "--", ...command)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("add spice to --metrics, or score here"),
    });
  });
});
