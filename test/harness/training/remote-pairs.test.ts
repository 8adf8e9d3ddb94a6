import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { readTrainingLog } from "../../../harness/training/training-log.js";
import { BINARY, type CliResult, project, runCli, Scratch } from "../cli/run-cli.js";
import { type Keys, type Misdeed, type ObjectServer, serveObjects } from "../network/object-server.js";
import { writeToybox } from "./small-world.js";

const KEYS: Keys = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI-SECRET", region: "eu-west-1" };
/** In bytes: what ends a tar. */
const TAIL = 1024;
const scratch = new Scratch();
const SHARDS = ["00000.tar", "00001.tar"];
let server: ObjectServer;
let local: string;
let whole: Buffer;

// Two passes and a half over the pairs.
const STEPS = 20;
const flags = (from: string, name: string) => [
  ...["pretrain", "--pairs-from", from, "--image-size", "32", "--steps", String(STEPS), "--pairs", "3"],
  ...["--prefix-length", "8", "--suffix-length", "8", "--report-every", "1", "--checkpoint-every", "100"],
  ...["--width", "32", "--layers", "1,1", "--conv-blocks", "1,1,1", "--threads", "1", "--out", scratch.at(name)],
  ...["--shard-cache", scratch.at(`${name}-cache`)],
];
const weightsOf = (name: string) => readFileSync(join(scratch.at(name), "checkpoint", "model.safetensors"));
const textsOf = (name: string) =>
  ["recipe.json", "log.jsonl", "data.sha256"].map((file) => readFileSync(join(scratch.at(name), file), "utf8")).join();

beforeAll(async () => {
  const web = join(await writeToybox(scratch, ["web"], 12), "web");
  local = scratch.at("pairs");
  mkdirSync(local);
  copyFileSync(join(web, "train-00000.tar"), join(local, SHARDS[0]!));
  copyFileSync(join(web, "val-00000.tar"), join(local, SHARDS[1]!));
  expect(await runCli(...flags(local, "local"))).toMatchObject({ code: 0 });
  whole = weightsOf("local");
}, 120_000);

beforeEach(async () => {
  server = await serveObjects(KEYS);
  for (const name of SHARDS) server.files.set(`/laion/set/${name}`, readFileSync(join(local, name)));
});
const children: ChildProcess[] = [];
afterEach(() => {
  server.close();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const FROM = "s3://laion/set/*.tar";
const environment = (endpoint = server.url) => ({
  AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
  AWS_REGION: KEYS.region,
  AWS_ENDPOINT_URL: endpoint,
});

/** In a process of its own: that has an environment, and gets signals. */
async function train(
  words: string[],
  onStart?: (kill: (signal: NodeJS.Signals) => void) => Promise<void>,
): Promise<CliResult> {
  const child = spawn(process.execPath, [BINARY, ...words], {
    cwd: project,
    env: { ...process.env, ...environment() },
  });
  children.push(child);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const exit = once(child, "close");
  await onStart?.((signal) => child.kill(signal));
  const [code] = (await exit) as [number | null];
  return { code, stdout, stderr };
}

const stepsOf = async (name: string) => {
  const path = join(scratch.at(name), "log.jsonl");
  return existsSync(path) ? (await readTrainingLog(path)).filter(({ type }) => type === "step").length : 0;
};

test("the weights are those of local files, whatever the connections do, and no secret is written down", async () => {
  const size = (path: string) => server.files.get(path)?.length ?? 0; // a list has none
  server.misbehave = (path, count) =>
    [{ status: 503 }, { cutAfter: 2000 }, { cutAfter: Math.floor(size(path) / 2) }, { whole: true } as const][count];
  const { code, stderr } = await train(flags(FROM, "bucket"));
  expect([code, stderr]).toEqual([0, expect.stringContaining("pairs: 2 files, 00000.tar to 00001.tar (by address)")]);
  expect(weightsOf("bucket").equals(whole)).toBe(true);
  expect(JSON.parse(readFileSync(join(scratch.at("bucket"), "recipe.json"), "utf8"))).toMatchObject({
    data: { pairs: SHARDS.map((name) => `s3://laion/set/${name}`) },
  });
  expect(`${textsOf("bucket")}${stderr}`).not.toMatch(/SECRET|AKIDEXAMPLE/);
  // Later passes ask only whether the shards are still the same.
  expect(server.requests.filter(({ status }) => status === 200 || status === 206).length).toBeLessThan(12);
  expect(readdirSync(scratch.at("bucket-cache"))).toHaveLength(2);
}, 120_000);

test.each([
  ["in the middle", (length: number) => Math.floor(length / 2)],
  ["between two entries", (length: number) => length - TAIL],
])(
  "an answer without a length that ends %s stops the training, which goes on to the same weights",
  async (_, end) => {
    const cut = (path: string) => server.files.get(path)!.subarray(0, end(server.files.get(path)!.length));
    rmSync(scratch.at("cut"), { recursive: true, force: true });
    rmSync(scratch.at("cut-cache"), { recursive: true, force: true });
    server.misbehave = (path, count) =>
      path.endsWith("0.tar") && count === 0 ? { status: 200, body: cut(path) } : undefined;
    const words = flags(FROM, "cut");
    const stopped = await train(words);
    expect([stopped.code, stopped.stderr]).toEqual([75, expect.stringContaining("does not say how long it is")]);
    expect(await train(words)).toMatchObject({ code: 0 });
    expect(weightsOf("cut").equals(whole)).toBe(true);
  },
  120_000,
);

test("signed addresses: a training goes on with new signatures, to the same weights", async () => {
  server.close();
  server = await serveObjects();
  for (const name of SHARDS) server.files.set(`/a b/${name}`, readFileSync(join(local, name)));
  const signed = (signature: string) =>
    SHARDS.map((name) => `${server.url}/a%20b/${name}?X-Amz-Expires=9&X-Amz-Signature=${signature}`).join("::");
  server.misbehave = (_, count) => (count >= 3 ? { status: 503, headers: { "retry-after": "9999" } } : undefined);
  const words = (signature: string) => [...flags(signed(signature), "signed"), "--shard-cache-size", "0"];
  const stopped = await train(words("hush1"));
  expect([stopped.code, stopped.stderr]).toEqual([
    75,
    expect.stringContaining("cannot be read at the moment: it answers"),
  ]);
  const before = await stepsOf("signed");
  expect(before).toBeGreaterThan(0);
  server.misbehave = () => undefined;
  const { code, stderr } = await train(words("hush2"));
  expect([code, stderr]).toEqual([0, expect.stringContaining(`continues after step ${before}`)]);
  expect(weightsOf("signed").equals(whole)).toBe(true);
  expect(`${textsOf("signed")}${stopped.stderr}${stderr}`).not.toMatch(/hush|Expires/);
}, 120_000);

/** What a server says of a file in other words than the object server. */
const saying =
  (headers: Record<string, string>) =>
  (path: string): Misdeed =>
    path.endsWith(".tar") ? { status: 200, headers, body: server.files.get(path)! } : undefined;
const busy = { status: 503, headers: { "retry-after": "9999" } };
const changed = "s3://laion/set/00001.tar has changed since the training was begun: its server says that it is another";

test.each<[string, (path: string) => Misdeed, (path: string) => Misdeed]>([
  ["ETags", () => undefined, () => undefined],
  [
    "times",
    saying({ "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT" }),
    (path) => saying({ "last-modified": `Mon, 01 Jan 2024 00:00:0${path.endsWith("1.tar") ? 1 : 0} GMT` })(path),
  ],
])(
  "a shard that another one has taken the place of is refused, by %s",
  async (how, before, after) => {
    const out = `replaced-${how}`;
    const words = [...flags(FROM, out), "--shard-cache-size", "0"];
    server.misbehave = (path, count) => (count >= 3 ? busy : before(path));
    expect(await train(words)).toMatchObject({ code: 75 });
    const steps = readdirSync(join(scratch.at(out), "steps"));
    const path = "/laion/set/00001.tar";
    const own = server.files.get(path)!;
    // As long as it was, with another text.
    const other = Buffer.from(own);
    const at = other.indexOf(".txt");
    other[at + 1024 - (at % 512)]! ^= 1;
    server.files.set(path, other);
    server.misbehave = after;
    const refused = await train(words);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(changed)]);
    expect(readdirSync(join(scratch.at(out), "steps"))).toEqual(steps);
    server.files.set(path, own);
    server.misbehave = before;
    expect((await train(words)).stderr).not.toContain("has changed");
    expect(weightsOf(out).equals(whole)).toBe(true);
  },
  120_000,
);

test("a server that says nothing of its shards is believed; one more in the bucket is refused", async () => {
  const words = [...flags(FROM, "silent-server"), "--shard-cache-size", "0"];
  server.misbehave = (path, count) => (count >= 3 ? busy : saying({})(path));
  expect(await train(words)).toMatchObject({ code: 75 });
  server.files.set("/laion/set/00002.tar", server.files.get("/laion/set/00001.tar")!);
  server.misbehave = () => undefined;
  const more = await train(words);
  expect([more.code, more.stderr]).toEqual([2, expect.stringMatching(/other options: data was .*now .*00002\.tar/)]);
  server.files.delete("/laion/set/00002.tar");
  expect(await train(words)).toMatchObject({ code: 0 });
  expect(weightsOf("silent-server").equals(whole)).toBe(true);
}, 120_000);

test("TERM while the place to go on from is looked for", async () => {
  const words = [...flags(FROM, "looking"), "--shard-cache-size", "0"];
  server.misbehave = (_, count) => (count >= 3 ? busy : undefined);
  expect(await train(words)).toMatchObject({ code: 75 });
  const before = server.requests.length;
  server.misbehave = (path) => (path.endsWith(".tar") ? { stallAfter: 3000 } : undefined);
  const stopped = await train(words, async (kill) => {
    while (!server.requests.slice(before).some(({ path }) => path.endsWith(".tar"))) await pause(20);
    kill("SIGTERM");
  });
  expect([stopped.code, stopped.stderr]).toEqual([75, expect.stringMatching(/continues after.*the same command/s)]);
  server.misbehave = () => undefined;
  expect(await train(words)).toMatchObject({ code: 0 });
  expect(weightsOf("looking").equals(whole)).toBe(true);
}, 120_000);

test.each<[NodeJS.Signals, number | null]>([
  ["SIGUSR2", 75],
  ["SIGKILL", null],
])(
  "%s while a server keeps silent: goes on where the shard was, to the same weights",
  async (signal, expected) => {
    server.misbehave = (_, count) => (count === 2 ? { stallAfter: 3000 } : undefined);
    const out = `silent-${signal}`;
    const words = [...flags(FROM, out), "--shard-cache-size", "30KB"];
    const stopped = await train(words, async (kill) => {
      // As far as it comes with what was read before.
      while ((await stepsOf(out)) < 5 || server.requests.length < 5) await pause(20);
      kill(signal);
    });
    expect(stopped.code).toBe(expected);
    server.misbehave = () => undefined;
    expect((await train(words)).code).toBe(0);
    expect(weightsOf(out).equals(whole)).toBe(true);
  },
  120_000,
);

test("what cannot be is said before anything is begun", async () => {
  for (const [from, message] of [
    ["https://example.com/set/", "is a folder: from servers only tars are read"],
    ["https://example.com/set/*.tar", "only the buckets of s3:// can be asked"],
    ["https://example.com/0.parquet", "is Parquet: from servers only tars are read"],
    ["http://example.com/0.tar", "would be read in the clear"],
    ["https://example.com/{9..1}.tar", "braces must count upwards"],
    [`https://example.com/0.tar::${scratch.at("nowhere.tar")}`, "there is no such file"],
  ] as const) {
    expect(await runCli(...flags(from, "nothing"))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  }
  const documents = ["--documents-from", "s3://c4/{0..9}.json.gz", "--pairs", "0"];
  expect(await runCli(...flags(local, "nothing"), ...documents)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("download them first"),
  });
  expect(existsSync(scratch.at("nothing"))).toBe(false);
  const missing = await train(flags("s3://laion/set/{00000..00009}.tar", "missing"));
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("s3://laion/set/00002.tar is not there")]);
}, 60_000);
