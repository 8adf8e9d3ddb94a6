import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { killAndContinue } from "../../slow/kills/kill-trials.js";
import { FORMS, WHEEL, writeFiles } from "../metric-data/tiny-meteor.js";
import { runBinary, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const wheel = scratch.write("p.whl", WHEEL);
const CAPTIONS = [
  ...["--task", "caption", "--references", "fixtures/nocaps/annotations.json"],
  ...["--predictions", "fixtures/nocaps/predictions-zero-shot.json"],
];
/** Of a user who has nothing, and no Python. */
const nobody = { ...process.env, PATH: "", VIRTUAL_ENV: "", CONDA_PREFIX: "" };
const before = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, nobody, { XDG_DATA_HOME: scratch.at("data") });
  expect(await runCli("metrics", "install", "meteor", "--from", wheel)).toMatchObject({
    code: 0,
    stdout: `installed: ${scratch.at("data/simvlm/metrics/meteor/meteor.bin")} (METEOR 4a8d18d8, with 5 phrases)\n`,
  });
});
afterAll(() => {
  for (const name of ["PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "XDG_DATA_HOME"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** Does something as a user for whom nothing is installed. */
async function withoutData<T>(action: () => Promise<T>): Promise<T> {
  const data = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = scratch.at("nothing");
  try {
    return await action();
  } finally {
    process.env.XDG_DATA_HOME = data;
  }
}

test("list says which data are installed", async () => {
  expect((await runCli("metrics", "list")).stdout).toMatch(/│ meteor +│ METEOR +│ installed: 4a8d18d8 +│/);
  const { stdout } = await withoutData(() => runCli("metrics", "list", "--json"));
  const listed = JSON.parse(stdout) as { name: string; data?: { missing: string } }[];
  expect(listed.find(({ name }) => name === "meteor")?.data?.missing).toContain("simvlm metrics install meteor");
  expect(listed.find(({ name }) => name === "cider")).toEqual({ name: "cider", scores: ["CIDEr"] });
});

describe("score", () => {
  test("has METEOR beside the others, with paraphrases and without", async () => {
    const { code, stdout } = await runCli("score", ...CAPTIONS, "--metrics", "cider,meteor");
    expect([code, stdout]).toEqual([0, expect.stringMatching(/CIDEr │ METEOR │/)]);
    expect(stdout).toContain("|paraphrase:yes|data:4a8d18d8|");
    const without = await runCli("score", ...CAPTIONS, "--metrics", "meteor", "--without-paraphrases");
    expect(without.stdout).toContain("|paraphrase:no|data:");
  });

  test("says what to do where the data are not installed, before anything is scored", async () => {
    const { code, stdout, stderr } = await withoutData(() => runCli("score", ...CAPTIONS, "--metrics", "meteor"));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^simvlm: METEOR needs .*`simvlm metrics install meteor` takes them .*\n$/);
  });

  test("all computes what can be, and names the others and why", async () => {
    const all = await runCli("score", ...CAPTIONS, "--metrics", "all");
    expect([all.code, all.stdout]).toEqual([0, expect.stringMatching(/CIDEr .* METEOR /)]);
    expect(all.stderr).toMatch(/^simvlm: note: not scored with clipscore: .* need a CLIP/m);
    const without = await withoutData(() => runCli("score", ...CAPTIONS, "--metrics", "all"));
    expect([without.code, without.stdout]).toEqual([0, expect.not.stringContaining("METEOR")]);
    expect(without.stderr).toMatch(/^simvlm: note: not scored with meteor: METEOR needs/m);
  });

  test("takes the data from the virtual environment at hand, and says so", () => {
    const venv = writeFiles(scratch.at("venv"), FORMS["a virtual environment"]![1]);
    const env = { ...nobody, VIRTUAL_ENV: venv, XDG_DATA_HOME: scratch.at("fresh") };
    const first = runBinary(["score", ...CAPTIONS, "--metrics", "meteor"], env);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("|data:4a8d18d8|")]);
    expect(first.stderr).toMatch(
      /note: METEOR's data are taken from .*pycocoevalcap\n.*\(4a8d18d8\) are kept in .*meteor\.bin/,
    );
    expect(runBinary(["score", ...CAPTIONS, "--metrics", "meteor"], env)).toEqual({ ...first, stderr: "" });
  });
});

describe("a run that was scored with METEOR", () => {
  const [one, two, page] = ["one", "two", "report.html"].map((name) => scratch.at(name)) as [string, string, string];
  const kept = (name: string) => [
    "--predictions",
    `fixtures/kept/${name}/predictions.jsonl`,
    "--metrics",
    "cider,meteor",
  ];
  const run = (out: string, name: string) =>
    runCli("run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--out", out, ...kept(name));

  test("is compared, reported and verified; without the data METEOR is not confirmed, and that is no failure", async () => {
    expect(await withoutData(() => run(one, "zero-shot"))).toMatchObject({ code: 2 });
    expect(existsSync(one)).toBe(false);
    expect(await run(one, "zero-shot")).toMatchObject({ code: 0 });
    expect(await run(two, "fine-tuned")).toMatchObject({ code: 0 });
    expect(await runCli("verify", one)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^confirmed: .*scores/m),
    });
    const compared = await runCli("compare", one, two, "--resamples", "50");
    expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining("METEOR|nrefs:")]);
    expect(await runCli("report", one, two, "--out", page, "--explore", "0", "--resamples", "50")).toMatchObject({
      code: 0,
    });
    expect(await runCli("verify", page)).toMatchObject({ code: 0, stdout: expect.not.stringContaining("METEOR") });
    for (const path of [one, page]) {
      const { code, stdout } = await withoutData(() => runCli("verify", path));
      expect([path, code, stdout]).toEqual([path, 0, expect.stringMatching(/^note: .*METEOR is not confirmed: /m)]);
    }
    const refused = await withoutData(() => runCli("compare", one, two));
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("(--metrics chooses others)")]);
  });
});

test("a report that warns of two kinds of METEOR is no different where the data are not there", async () => {
  const run = (out: string, name: string, ...rest: string[]) =>
    runCli(
      ...["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--out", out, "--metrics", "cider,meteor"],
      ...["--predictions", `fixtures/kept/${name}/predictions.jsonl`, ...rest],
    );
  const [one, two, page] = ["with", "without", "mixed.html"].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  await run(one, "zero-shot");
  await run(two, "fine-tuned", "--without-paraphrases");
  const reported = await runCli("report", one, two, "--out", page, "--explore", "0", "--resamples", "50");
  expect([reported.code, reported.stderr]).toEqual([0, expect.stringContaining("are not comparable (paraphrase:yes")]);
  const { code, stdout } = await withoutData(() => runCli("verify", page));
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^note: .*METEOR is not confirmed: /m)]);
});

describe("--without-paraphrases", () => {
  const run = (out: string, ...rest: string[]) =>
    runCli(
      ...["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--out", out, "--metrics", "cider,meteor"],
      ...["--predictions", "fixtures/kept/zero-shot/predictions.jsonl", ...rest],
    );
  const [table, bare, page] = ["table", "bare", "bare.html"].map((name) => scratch.at(name)) as [
    string,
    string,
    string,
  ];
  const FEW = ["--resamples", "50"];

  test("run scores so, verify confirms it, and the same run can be scored again with them", async () => {
    expect((await run(table)).stdout).toContain("|paraphrase:yes|");
    expect((await run(bare, "--without-paraphrases")).stdout).toContain("|paraphrase:no|");
    expect(await runCli("verify", bare)).toMatchObject({ code: 0, stderr: "" });
    expect((await run(bare, "--without-paraphrases")).stderr).toContain("already finished");
    expect((await run(bare)).stdout).toContain("|paraphrase:yes|");
    expect((await run(bare, "--without-paraphrases")).stdout).toContain("|paraphrase:no|");
  });

  test("runs with and without are compared, but not by METEOR, and both are told", async () => {
    const { code, stdout, stderr } = await runCli("compare", table, bare, ...FEW, "--json", scratch.at("both.json"));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /METEOR of table and of bare are not comparable \(paraphrase:yes\|data:\w+ against paraphrase:no\|data:\w+\)/,
      ),
    ]);
    expect(stdout).toContain("are not comparable");
    const { differences } = scratch.readJson<{ differences: { score: string }[] }>("both.json");
    expect(new Set(differences.map(({ score }) => score))).toEqual(new Set(["CIDEr"]));
    const gate = await runCli("compare", table, bare, ...FEW, "--fail-if", "METEOR<-0.1");
    expect([gate.code, gate.stderr]).toEqual([
      2,
      expect.stringContaining("do not have METEOR with the same signature"),
    ]);
    const shown = await runCli("report", table, bare, "--out", page, "--explore", "0", ...FEW);
    expect([shown.code, shown.stderr]).toEqual([0, expect.stringContaining("are not comparable")]);
    expect(await runCli("verify", page)).toMatchObject({ code: 0 });
  });

  test("compare and report score all runs alike, and diff tells such reports apart", async () => {
    const compared = await runCli("compare", table, bare, ...FEW, "--without-paraphrases");
    expect([compared.code, compared.stdout]).toEqual([0, expect.stringMatching(/METEOR .*\|paraphrase:no\|/s)]);
    expect(compared.stderr).toContain("table was scored otherwise when it was made");
    const alike = scratch.at("alike.html");
    const args = ["report", table, bare, "--explore", "0", ...FEW, "--out", alike, "--without-paraphrases"];
    expect(await runCli(...args)).toMatchObject({ code: 0 });
    expect(await runCli("verify", alike)).toMatchObject({ code: 0 });
    expect((await runCli("diff", page, alike)).stdout).toMatch(
      /^Not comparable\n {2}METEOR is not comparable: paraphrase:yes\|data:\w+ against paraphrase:no\|data:\w+\./m,
    );
  });
});

test("what is installed is there whole or not at all, wherever the command is killed", () => {
  const folder = scratch.at("kills");
  mkdirSync(folder);
  const data = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = join(folder, "out");
  const command = () => ["metrics", "install", "meteor", "--from", wheel];
  expect(killAndContinue(folder, { name: "metrics install", command }, 20, 2, 4).failures).toEqual([]);
  process.env.XDG_DATA_HOME = data;
});

test("a place that cannot be written is named, and nothing is left", async () => {
  const file = scratch.write("file", "old");
  const data = process.env.XDG_DATA_HOME;
  process.env.XDG_DATA_HOME = file;
  const { code, stderr } = await runCli("metrics", "install", "meteor", "--from", wheel);
  process.env.XDG_DATA_HOME = data;
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^simvlm: .* cannot be written/)]);
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(scratch.at("data/simvlm/metrics/meteor"))).toEqual(["meteor.bin"]);
});
