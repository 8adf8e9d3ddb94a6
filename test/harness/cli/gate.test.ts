import { existsSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Verdict } from "../../../harness/compare/gate/judge.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

afterEach(() => vi.unstubAllEnvs());

async function world(): Promise<Scratch> {
  const scratch = new Scratch();
  writeCaptionData(scratch, { facts: true });
  await makeRun(scratch, "good", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "same", (_, place) => CAPTIONS[place]);
  await makeRun(scratch, "bad", (_, place) => CAPTIONS[(place + 1) % CAPTIONS.length], { label: "bad | <b>@all</b>" });
  return scratch;
}

const NOCAPS = ["--task", "caption", "--references", "fixtures/nocaps/annotations.json"];
const ZERO_SHOT = ["--predictions", "fixtures/nocaps/predictions-zero-shot.json"];
const COCO_ONLY = ["--against", "fixtures/nocaps/predictions-coco-only.json"];

describe("compare --fail-if", () => {
  test("exit code 1 with the reason, and files for CI services", async () => {
    const scratch = await world();
    const conditions = ["--fail-if", "CIDEr<-0.02", "--fail-if", "exact captions.mean<0"];
    const files = ["--junit", scratch.at("g.xml"), "--summary", scratch.at("s.md"), "--json", scratch.at("c.json")];
    const folders = [scratch.at("good"), scratch.at("bad"), scratch.at("same")];
    const { code, stderr, stdout } = await runCli("compare", ...folders, "--resamples", "50", ...conditions, ...files);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^simvlm: failed: CIDEr<-0\.02: bad \| <b>@all<\/b> minus good: CIDEr is -\d\S* \[-\S+, -\S+\], whose whole 95 % interval is below -0\.02$/m,
    );
    expect(stdout).toMatch(/Failed: \d of 4/);
    const { conditions: verdicts } = scratch.readJson<{ conditions: Verdict[] }>("c.json");
    expect(verdicts.filter(({ of }) => of === "same minus good").map(({ failed }) => failed)).toEqual([false, false]);
    expect(verdicts[0]).toMatchObject({ condition: "CIDEr<-0.02", of: "bad | <b>@all</b> minus good", failed: true });
    const xml = readFileSync(scratch.at("g.xml"), "utf8");
    expect(xml).toContain('<testcase name="CIDEr&lt;-0.02"');
    expect(xml).toMatch(/<testsuites name="simvlm compare" tests="4" failures="[12]"/);
    const summary = readFileSync(scratch.at("s.md"), "utf8");
    expect(summary).toMatch(/^## simvlm compare\n\n\*\*Failed: /);
    expect(summary).toContain("bad \\| &lt;b&gt;&#64;all&lt;/b&gt;");
    expect(summary).not.toMatch(/<b>|The paper|Largest/);
  });

  test("a label begins no line of its own, which a CI service may take for a command", async () => {
    const scratch = await world();
    await makeRun(scratch, "sly", (_, place) => CAPTIONS[(place + 1) % CAPTIONS.length], { label: "x\n::error::y" });
    const folders = [scratch.at("good"), scratch.at("sly")];
    const { stdout, stderr } = await runCli("compare", ...folders, "--resamples", "20", "--fail-if", "CIDEr.mean<0");
    expect(stderr).toContain("failed: CIDEr.mean<0: x ::error::y minus good");
    expect(`${stdout}\n${stderr}`).not.toMatch(/^\s*::/m);
  });

  test("exit code 0 where no condition holds", async () => {
    const scratch = await world();
    const folders = [scratch.at("good"), scratch.at("same")];
    const { code, stderr, stdout } = await runCli(
      "compare",
      ...folders,
      "--resamples",
      "20",
      "--fail-if",
      "CIDEr<-0.02",
    );
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/Passed: 1 condition\n/);
  });

  test.each([
    [["--fail-if", "cider<-0.02"], /no score cider here: did you mean CIDEr\?/],
    [["--fail-if", "CIDEr<-11"], /would never fail/],
    [["--fail-if", "CIDEr@outdomain<0"], /no part outdomain .*did you mean out-domain\?/],
    [["--fail-if", "CIDEr"], /option '--fail-if <condition>' argument 'CIDEr' is invalid.*must look like/],
    [["--fail-if", "SPICE<0", "--metrics", "cider"], /no score SPICE here: there are CIDEr/],
    [["--junit", "x.xml"], /--junit tells what came of conditions.*--fail-if/],
    [["--summary", "GITHUB_STEP_SUMMARY"], /no such variable here/],
  ])("%j: exit code 2, nothing written", async (args, message) => {
    const scratch = await world();
    vi.stubEnv("GITHUB_STEP_SUMMARY", "");
    const folders = [scratch.at("good"), scratch.at("bad")];
    const json = ["--json", scratch.at("c.json"), "--resamples", "20"];
    expect(await runCli("compare", ...folders, ...json, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
    expect(existsSync(scratch.at("c.json"))).toBe(false);
  });
});

test("GITHUB_STEP_SUMMARY is appended to, other files are written anew", async () => {
  const scratch = new Scratch();
  const path = scratch.write("step.md", "from another step\n");
  vi.stubEnv("GITHUB_STEP_SUMMARY", path);
  for (const named of ["GITHUB_STEP_SUMMARY", path]) {
    expect((await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--summary", named)).code).toBe(0);
  }
  const text = readFileSync(path, "utf8");
  expect(text).toMatch(/^from another step\n\n\n## simvlm score\n\n\| caption /);
  expect(text.match(/## simvlm score/g)).toHaveLength(2);
  const other = scratch.write("other.md", "before\n");
  await runCli("score", ...NOCAPS, ...ZERO_SHOT, "--summary", other);
  expect(readFileSync(other, "utf8")).toMatch(/^## simvlm score/);
});

describe("score --min and --fail-if", () => {
  test("a score that is reached, one that is not, one by domain, one by its interval", async () => {
    const scratch = new Scratch();
    const score = (...args: string[]) => runCli("score", ...NOCAPS, ...ZERO_SHOT, "--resamples", "50", ...args);
    expect(await score("--min", "CIDEr=1.1")).toMatchObject({ code: 0, stderr: "" });
    const failed = await score("--min", "CIDEr=1.1", "--min", "CIDEr=1.2", "--junit", scratch.at("g.xml"));
    expect(failed).toMatchObject({
      code: 1,
      stderr: "simvlm: failed: CIDEr at least 1.2: predictions: CIDEr is 1.1617, which is below 1.2\n",
    });
    expect(readFileSync(scratch.at("g.xml"), "utf8")).toMatch(/tests="2" failures="1"/);
    expect(await score("--min", "CIDEr@out-domain=1.1", "--by-domain")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("CIDEr (out-domain) is 1.0325"),
    });
    const unasked = await score("--min", "CIDEr@out-domain=1.1"); // whose domains are then scored, too
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining("CIDEr (out-domain) is 1.0325") });
    expect(unasked.stdout).toMatch(/│ out-domain /);
    expect(await score("--min", "CIDEr@entire=1.1", "--by-domain")).toMatchObject({ code: 0, stderr: "" });
    expect(await score("--min", "CIDEr.low=1.1")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is 1\.1617 \[[01]\.\d+, 1\.\d+\], whose 95 % interval's lower end is below 1\.1/),
    });
    expect(await score(...COCO_ONLY, "--fail-if", "CIDEr>0.1", "--fail-if", "CIDEr<-0.1")).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^simvlm: failed: CIDEr>0\.1: predictions minus against: .*above 0\.1\n$/),
    });
  });

  test.each([
    [["--min", "CIDEr=90"], /CIDEr lies between 0 and 10 here, so that this would always fail/],
    [["--min", "CIDEr=0"], /would never fail/],
    [["--min", "bleu=0.3"], /no score bleu here: did you mean Bleu_1/],
    [["--min", "CIDEr@out-dmain=0.3"], /no part out-dmain .*did you mean out-domain/],
    [["--min", "CIDEr"], /'--min <score=x>' argument 'CIDEr' is invalid/],
    [["--fail-if", "CIDEr<0"], /--fail-if has no meaning without --against/],
    [["--junit", "x.xml"], /add --min or --fail-if/],
  ])("%j: exit code 2", async (args, message) => {
    expect(await runCli("score", ...NOCAPS, ...ZERO_SHOT, ...args)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
  });
});

test("run --min: said before predicting what can be known then, and of a finished run too", async () => {
  const scratch = new Scratch();
  const run = (...args: string[]) =>
    runCli(
      ...[
        "run",
        "--task",
        "caption",
        "--data",
        "fixtures/nocaps",
        "--split",
        "annotations",
        "--out",
        scratch.at("run"),
      ],
      ...ZERO_SHOT,
      ...args,
    );
  expect(await run("--min", "cidr=1")).toMatchObject({ code: 2, stderr: expect.stringMatching(/did you mean CIDEr/) });
  expect(existsSync(scratch.at("run"))).toBe(false);
  expect(await run("--min", "CIDEr=1.2")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/failed: CIDEr at least 1\.2: run: CIDEr is 1\.1617, which is below 1\.2/),
  });
  expect((await run("--min", "CIDEr=1.1")).code).toBe(0);
  expect((await run("--min", "CIDEr=1.2")).code).toBe(1);
  const files = ["--junit", scratch.at("run.xml"), "--summary", scratch.at("run.md")];
  expect(await run("--min", "CIDEr=1.2", ...files)).toMatchObject({ code: 1 });
  expect(readFileSync(scratch.at("run.xml"), "utf8")).toMatch(/<testsuite name="[^"]*simvlm run|failures="1"/);
  expect(readFileSync(scratch.at("run.md"), "utf8")).toMatch(
    /## simvlm run[\s\S]*CIDEr at least 1\.2[\s\S]*\| *all *\|/,
  );
  const fresh = await run("--summary", "-", "--allow-failures", "1");
  expect(fresh).toMatchObject({ code: 0, stdout: expect.stringMatching(/^## simvlm run/) });
  expect(await run("--junit", scratch.at("x.xml"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--min"),
  });
  expect(await run("--min", "CIDEr=1", "--junit", scratch.at("run/x.xml"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("is inside the run"),
  });
});

test("merge has the same gate", async () => {
  const scratch = new Scratch();
  const part = (i: number, ...more: string[]) =>
    runCli(
      ...["run", "--task", "caption", "--data", "fixtures/nocaps", "--split", "annotations", ...ZERO_SHOT],
      ...["--shard", `${i}/2`, "--out", scratch.at(`part-${i}`), ...more],
    );
  expect(await part(1, "--summary", scratch.at("x.md"))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--summary has no meaning with --shard"),
  });
  for (const i of [1, 2]) expect((await part(i)).code).toBe(0);
  const merged = await runCli(
    ...["merge", scratch.at("part-1"), scratch.at("part-2"), "--out", scratch.at("whole")],
    ...["--min", "CIDEr=1.2", "--junit", scratch.at("merge.xml"), "--summary", scratch.at("merge.md")],
  );
  expect(merged.code).toBe(1);
  expect(readFileSync(scratch.at("merge.xml"), "utf8")).toContain('failures="1"');
  expect(readFileSync(scratch.at("merge.md"), "utf8")).toMatch(/^## simvlm merge/);
});
