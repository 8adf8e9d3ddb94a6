import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Manifest } from "../../../harness/runs/manifest.js";
import { verifyRun } from "../../../harness/runs/verify-run.js";
import { tinyJpeg } from "../../tiny-jpeg.js";
import { pngBomb } from "../images/samples.js";
import { CAPTIONS, writeCaptions } from "../runs/world.js";
import { type Answer, choose, say, serve, status } from "../sources/server.js";
import { runCli, Scratch } from "./run-cli.js";

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Seven pictures, and an endpoint that is asked one after the other. */
async function world(...answers: Answer[]) {
  const scratch = new Scratch();
  const data = writeCaptions(scratch);
  for (const i of CAPTIONS.keys()) writeFileSync(join(data, `${101 + i}.jpg`), tinyJpeg(i));
  const server = await serve(...answers);
  servers.push(server);
  const endpoint = ["--endpoint", server.url, "--model", "m", "--concurrency", "1", "--retries", "0"];
  const run = (...more: string[]) =>
    runCli("run", "--task", "caption", "--data", data, "--out", scratch.at("run"), ...endpoint, ...more);
  return { scratch, data, server, run };
}

const cut = choose({ message: { content: "a red" }, finish_reason: "length" });
const filtered = choose({ message: { content: "" }, finish_reason: "content_filter" });
const good = say("a red ball");

test("failed examples: exit code 1, what failed, how many scores lack; allowed by number or share", async () => {
  const { scratch, run } = await world(good, cut, filtered, cut, good);
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.stdout).toContain("4 of 7 examples have a prediction and were scored, 3 are missing");
  expect(first.stdout).not.toMatch(/is finished|--allow-missing/);
  expect(first.stderr).toContain("3 of 7 examples failed\n");
  expect(first.stderr).toContain('2 × the answer is cut at the limit of tokens (finish_reason "length"): 102, 104');
  expect(first.stderr).toContain('1 × the answer was filtered (finish_reason "content_filter"): 103');
  expect(first.stderr).toMatch(/--allow-failures 3 .*--max-length.*--accept cut,filtered/s);
  expect(scratch.readJson<Manifest>("run/manifest.json")).toMatchObject({ failed: 3, flawed: { cut: 2, filtered: 1 } });
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  expect(await run()).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("is finished") });
});

test.each([
  ["2", 1],
  ["3", 0],
  ["40%", 1],
  ["42.9%", 0],
])("three of seven fail, %s may: exit code %i", async (allowed, code) => {
  const { run } = await world(cut, cut, cut, good);
  expect((await run("--allow-failures", allowed)).code).toBe(code);
});

test.each(["-1", "1.5", "101%", "few", ""])("--allow-failures %j is refused", async (allowed) => {
  const { run, server } = await world(good);
  expect((await run("--allow-failures", allowed)).code).toBe(2);
  expect(server.asked).toHaveLength(0);
});

test("where all failed there is nothing to score, which is nobody else's fault", async () => {
  const { run, scratch } = await world(cut);
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain("7 of 7 examples failed: there is nothing to score");
  expect(stdout + stderr).not.toMatch(/is finished|allow-missing|score the predictions against/);
  expect(await runCli("compare", scratch.at("run"), scratch.at("run"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("all of its examples failed"),
  });
});

test("what the account does not allow stops the run at once; what was answered is kept", async () => {
  const { run, scratch, server } = await world(good, good, status(429, {}, '{"error":{"code":"insufficient_quota"}}'));
  const { code, stderr } = await run("--retries", "4");
  expect(code).toBe(2);
  expect(stderr).toMatch(/no quota or credit left: waiting does not help\.\n$/); // no advice on options
  expect(server.asked).toHaveLength(3);
  expect(readFileSync(scratch.at("run/predictions.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(2);
});

test("while one waits as it was told, the others go on", async () => {
  let told = false;
  const { run, server, scratch } = await world((response, asked) => {
    if (told) return good(response, asked);
    told = true;
    status(429, { "retry-after": "1" })(response, asked);
  });
  expect((await run("--concurrency", "2", "--retries", "1")).code).toBe(0);
  expect(server.asked).toHaveLength(8);
  const [first, ...others] = server.asked.map(({ body }) => JSON.stringify(body));
  expect(others.indexOf(first!)).toBe(6); // asked again when all others had been answered
  const ids = readFileSync(scratch.at("run/predictions.jsonl"), "utf8").matchAll(/^\{"id":"(\d+)"/gm);
  expect([...ids].map(([, id]) => id)).toEqual(CAPTIONS.map((_, i) => String(101 + i)));
});

test("flaws that are accepted are scored, counted and told, here and in comparisons and reports", async () => {
  const { run, scratch } = await world(good, cut, good);
  const { code, stderr } = await run("--accept", "cut");
  expect([code, stderr]).toEqual([0, "simvlm: note: scored although cut: 102\n"]);
  expect(scratch.readJson<Manifest>("run/manifest.json")).toMatchObject({ failed: 0, flawed: { cut: 1 } });
  const other = await world(filtered, filtered, good);
  await other.run("--accept", "filtered", "--allow-failures", "2");
  const note = "run: 1 of 7 answers were scored although they are cut.";
  const compared = await runCli("compare", scratch.at("run"), scratch.at("run"), "--json", scratch.at("c.json"));
  expect(compared.stdout).toContain(note.slice(5));
  expect(JSON.stringify(scratch.readJson("c.json"))).toContain('"flawed":{"cut":1}');
  await runCli("report", scratch.at("run"), "--out", scratch.at("r.html"));
  expect(readFileSync(scratch.at("r.html"), "utf8")).toContain(note);
  await runCli("report", other.scratch.at("run"), "--out", scratch.at("f.html"));
  expect(readFileSync(scratch.at("f.html"), "utf8")).toContain(
    "run: 2 of 7 examples failed and are left out of the scores (filtered: 2).",
  );
  expect(await runCli("verify", scratch.at("r.html"))).toMatchObject({ code: 0 });
});

test("verify finds failures that are counted away", async () => {
  const { run, scratch } = await world(cut, good);
  await run();
  const { failed: _, flawed: __, ...manifest } = scratch.readJson<Manifest>("run/manifest.json");
  scratch.write("run/manifest.json", { ...manifest, failed: 0 });
  const { code, stdout } = await runCli("verify", scratch.at("run"));
  expect(code).toBe(1);
  expect(stdout).toMatch(/^different: what failed \(failed: 0, now 1; flawed\.cut: none, now 1\)/);
});

test.each([
  ["another answer", '"prediction":"a red ball"', '"prediction":"a red"'],
  ["a cut answer that is said to be whole", '"error":"the answer is cut', '"prediction":"the answer is cut'],
  ["a reply that is gone", ',"reply":{"content":"a red ball","finishReason":"stop"}', ""],
  ["another reason", '"finishReason":"stop"', '"finishReason":"length"'],
])("verify finds %s beside the reply", async (_, then, now) => {
  const { run, scratch } = await world(cut, good);
  await run();
  const log = readFileSync(scratch.at("run/predictions.jsonl"), "utf8");
  scratch.write("run/predictions.jsonl", log.replace(then, now));
  expect(log).toContain(then);
  const { differences } = await verifyRun(scratch.at("run"));
  expect(differences.join()).toContain("not what the replies beside them amount to");
});

test("missing pictures are named before anything is asked or made", async () => {
  const { run, data, scratch, server } = await world(good);
  for (const name of ["102.jpg", "104.jpg"]) rmSync(join(data, name));
  mkdirSync(join(data, "104.jpg"));
  writeFileSync(join(data, "106.jpg"), "");
  const { code, stderr } = await run();
  expect(code).toBe(2);
  expect(stderr).toMatch(/Of 7 examples .* 3 cannot/);
  expect(stderr).toMatch(/102 \(\S+102\.jpg is not there\), 104 \(\S+ is no file\), 106 \(\S+ is empty\)/);
  expect(stderr).toContain("--skip-missing-pictures");
  expect([server.asked.length, scratch.list()]).toEqual([0, ["data"]]);

  const skipped = await run("--skip-missing-pictures");
  expect(skipped).toMatchObject({ code: 0, stderr: expect.stringMatching(/left out.*: 102, 104, 106\n$/) });
  expect(skipped.stdout).toContain("4 of 7 examples have a prediction");
  expect(server.asked).toHaveLength(4);
  expect(scratch.readJson<Manifest>("run/manifest.json")).toMatchObject({ failed: 0, leftOut: 3 });
  expect((await verifyRun(scratch.at("run"))).differences).toEqual([]);
  rmSync(join(data, "104.jpg"), { recursive: true });
  for (const name of ["102.jpg", "104.jpg", "106.jpg"]) writeFileSync(join(data, name), tinyJpeg());
  expect((await run()).stdout).toContain("is finished");
  expect(server.asked).toHaveLength(7);
});

/** What lies in a picture's place without being one, by what it is called. */
const OTHER_KINDS: readonly (readonly [kind: string, content: string])[] = [
  ["HEIC", "\0\0\0\x18ftypheic\0\0\0\0heicmif1"],
  ["a web page", "\n<!DOCTYPE html><title>404</title>"],
  ["SVG or other XML", '<?xml version="1.0"?><svg/>'],
  ["a Git LFS pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"],
  ["empty", ""],
  ["of no kind that is known", "a picture"],
];

test("pictures that are none are named before anything is asked or made, whoever is asked; or left out", async () => {
  const { run, data, scratch, server } = await world(good);
  for (const [i, [, content]] of OTHER_KINDS.entries()) writeFileSync(join(data, `${101 + i}.jpg`), content);
  const checkpoint = ["--checkpoint", "fixtures/checkpoints/caption"];
  const request = ["run", "--task", "caption", "--data", data, "--out", scratch.at("run")];
  for (const { code, stderr } of [await run(), await runCli(...request, ...checkpoint)]) {
    expect(code).toBe(2);
    expect(stderr).toContain("6 cannot be shown with their pictures");
    for (const [i, [kind]] of OTHER_KINDS.entries()) expect(stderr).toContain(`${101 + i}.jpg is ${kind})`);
    expect(stderr).toContain("as JPEG, PNG");
  }
  expect([server.asked.length, scratch.list()]).toEqual([0, ["data"]]);

  const skipped = await run("--skip-missing-pictures");
  expect(skipped).toMatchObject({ code: 0, stderr: expect.stringMatching(/left out/) });
  expect(server.asked).toHaveLength(1);
  expect(scratch.readJson<Manifest>("run/manifest.json")).toMatchObject({ failed: 0, leftOut: 6 });
});

test("a picture that only decoding shows to be broken is an example that failed, and is not sent", async () => {
  const { run, data, server, scratch } = await world(good);
  writeFileSync(join(data, "102.jpg"), tinyJpeg().subarray(0, 100));
  writeFileSync(join(data, "103.jpg"), await pngBomb(60_000, 60_000));
  const { code, stderr } = await run("--skip-missing-pictures");
  expect(code).toBe(1);
  expect(stderr).toMatch(/102\.jpg is not a readable image/);
  expect(stderr).toMatch(/103\.jpg is 60000 × 60000 pixels/);
  expect(server.asked).toHaveLength(5);
  expect(scratch.readJson<Manifest>("run/manifest.json")).toMatchObject({ failed: 2 });
});

test("pictures that the data do not even name are missing, whoever is asked; ten are named, then counted", async () => {
  const scratch = new Scratch();
  mkdirSync(scratch.at("data"));
  const numbers = Array.from({ length: 13 }, (_, i) => i + 1);
  scratch.write("data/questions.json", {
    questions: numbers.map((n) => ({ question_id: n, image_id: n, question: "Is this a beach?" })),
  });
  const server = await serve(say("yes"));
  servers.push(server);
  const run = (...more: string[]) =>
    runCli("run", "--task", "vqa", "--data", scratch.at("data"), "--out", scratch.at("run"), ...more);
  const endpoint = ["--endpoint", server.url, "--model", "m"];
  const { code, stderr } = await run(...endpoint, "--skip-missing-pictures");
  expect(code).toBe(2);
  expect(stderr).toMatch(/: 1 \(the data name no picture\), .* 10 \(the data name no picture\), … \(13 in all\)/);
  expect(stderr).not.toContain("11 (");
  expect(scratch.list()).toEqual(["data"]);
  expect((await run(...endpoint, "--modality", "none", "--limit", "2")).code).toBe(0);
  expect(server.asked).toHaveLength(2);
});

test("another system's predictions need no pictures", async () => {
  const { data, scratch } = await world(good);
  for (const i of CAPTIONS.keys()) rmSync(join(data, `${101 + i}.jpg`));
  const theirs = scratch.write(
    "theirs.json",
    CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption })),
  );
  const args = ["--task", "caption", "--data", data, "--predictions", theirs, "--out", scratch.at("theirs")];
  expect((await runCli("run", ...args)).code).toBe(0);
});
