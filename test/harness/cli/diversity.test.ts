import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { DiversityReport } from "../../../harness/tasks/caption-diversity.js";
import { CAPTIONS, makeRun, writeCaptionData } from "../compare/runs.js";
import { runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
writeCaptionData(scratch);
const REFERENCES = ["--references", scratch.at("data/test.json")];
const FEW = ["--resamples", "50"];
/** Three captions of each picture. */
const SETS = CAPTIONS.map((caption, i) => [caption, `${caption} here`, CAPTIONS[(i + 1) % CAPTIONS.length]!]);

const repeated = SETS.flatMap((set, i) => set.map((caption) => ({ image_id: 101 + i, caption })));
const FORMS: Readonly<Record<string, [string, unknown]>> = {
  "repeated ids": ["repeated.json", repeated],
  "JSON lines": ["repeated.jsonl", repeated.map((row) => `${JSON.stringify(row)}\n`).join("")],
  "a table": [
    "repeated.csv",
    `image_id,caption\n${repeated.map((row) => `${row.image_id},${row.caption}\n`).join("")}`,
  ],
  "lists by id": ["lists.json", Object.fromEntries(SETS.map((set, i) => [101 + i, set]))],
  "records with lists": ["records.json", SETS.map((captions, i) => ({ image_id: 101 + i, captions }))],
  "lists under the official name": ["official.json", SETS.map((caption, i) => ({ image_id: 101 + i, caption }))],
  "names of pictures": ["names.json", SETS.map((captions, i) => ({ image: `${101 + i}.jpg`, captions }))],
};

async function toJson(...args: string[]): Promise<DiversityReport> {
  const { code } = await runCli("diversity", ...args, ...FEW, "--json", scratch.at("diversity.json"));
  expect(code).toBe(0);
  return scratch.readJson<DiversityReport>("diversity.json");
}

test("tells Self-CIDEr, mBLEU and Div with intervals, lengths and vocabulary", async () => {
  const file = scratch.write("first.json", repeated);
  const { code, stdout, stderr } = await runCli("diversity", file, ...REFERENCES, ...FEW);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/14 pictures with 3 captions each/);
  for (const name of ["SelfCIDEr", "mBLEU_4", "Div_1", "vocabulary", "unique captions"]) expect(stdout).toContain(name);
  expect(stdout).toMatch(/Self-CIDEr\|captions:3\|tok:ptb\|kernel:CIDEr\|df:references\|documents:14\|/);
  expect((await runCli("diversity", file, ...FEW, "--markdown")).stdout).toMatch(/^\| {2}\| SelfCIDEr \|/m);
});

describe.each(Object.entries(FORMS))("%s", (_, [name, content]) => {
  test("are read as the same captions", async () => {
    const expected = await toJson(scratch.write("expected.json", repeated), ...REFERENCES);
    expect(await toJson(scratch.write(name, content), ...REFERENCES)).toEqual(expected);
  });
});

test("runs with several seeds are taken together, and files with them", async () => {
  const runs = [0, 1].map((k) => makeRun(scratch, `seed-${k}`, (_, place) => SETS[place]![k]));
  const third = scratch.write(
    "third.json",
    SETS.map((set, i) => ({ image_id: 101 + i, caption: set[2] })),
  );
  const report = await toJson(...(await Promise.all(runs)), third);
  expect(report).toMatchObject({ pictures: 14, captionsEach: [3, 3], statistics: { captions: 42 } });
  expect(report.scores).toEqual((await toJson(scratch.write("all.json", repeated))).scores);
});

test("captions that were trained on are not novel", async () => {
  const file = scratch.write("novel.json", repeated);
  const report = await toJson(file, "--training", scratch.at("data/test.json"));
  expect(report.statistics.novel).toBeCloseTo(1 / 3, 12); // `… here` alone is new
});

test("one caption each: what needs two is named, the rest is told", async () => {
  const file = scratch.write(
    "single.json",
    CAPTIONS.map((caption, i) => ({ image_id: 101 + i, caption })),
  );
  const { code, stdout, stderr } = await runCli("diversity", file, ...FEW);
  expect([code, stdout]).toEqual([0, expect.stringContaining("Div_1")]);
  expect(stderr).toMatch(/note: not scored with self-cider: .* two captions or more of every picture, and 101 has 1/);
});

describe("another system's captions", () => {
  const same = SETS.map((_, i) => [CAPTIONS[i]!, CAPTIONS[i]!, `${CAPTIONS[i]!} now`]);
  const listed = (sets: readonly (readonly string[])[]) => Object.fromEntries(sets.map((set, i) => [101 + i, set]));
  // in another order: captions are paired by their pictures
  const shuffled = Object.entries(listed(same)).reverse();
  const own = scratch.write("own.json", repeated);
  const other = scratch.write(
    "other.json",
    shuffled.flatMap(([id, set]) => set.map((caption) => ({ image_id: Number(id), caption }))),
  );

  test("differ by so much, with paired intervals and p-values", async () => {
    const report = await toJson(own, "--against", other, ...REFERENCES);
    const alone = await toJson(own, ...REFERENCES);
    const { against, differences, ...first } = report;
    expect(first).toEqual(alone);
    const counterpart = await toJson(other, ...REFERENCES);
    for (const [name, { score }] of Object.entries(counterpart.scores)) {
      expect(against!.scores[name]!.score).toBeCloseTo(score, 12); // intervals draw the pictures in the order of the first
    }
    const { SelfCIDEr: row } = differences!;
    expect(row!.difference).toBeCloseTo(first.scores.SelfCIDEr!.score - against!.scores.SelfCIDEr!.score, 12);
    expect(row!.low).toBeGreaterThan(0);
    expect(row).toMatchObject({ pBootstrap: expect.any(Number), pPermutation: expect.any(Number) });
    // what is paired varies less than what is not
    expect(row!.high - row!.low).toBeLessThan(
      first.scores.SelfCIDEr!.high -
        first.scores.SelfCIDEr!.low +
        against!.scores.SelfCIDEr!.high -
        against!.scores.SelfCIDEr!.low,
    );
    const { stdout } = await runCli("diversity", own, "--against", other, ...REFERENCES, ...FEW);
    expect(stdout).toContain("captions minus against");
    expect(stdout).toMatch(/│ unique captions .*%.*%/);
  });

  test("without references, words are weighed by the captions of both", async () => {
    const report = await toJson(own, "--against", other);
    expect(report.signatures["Self-CIDEr"]).toContain("df:captions(both)|documents:14");
    expect(report.against!.signatures).toEqual(report.signatures);
    const reversed = await toJson(other, "--against", own);
    expect(reversed.differences!.SelfCIDEr!.difference).toBeCloseTo(-report.differences!.SelfCIDEr!.difference, 12);
  });

  test("of other pictures, or of another number, are told apart", async () => {
    const fewer = scratch.write("fewer.json", listed(same.slice(1)));
    const strange = await runCli("diversity", own, "--against", fewer, ...FEW);
    expect([strange.code, strange.stderr]).toEqual([2, expect.stringContaining("only one of the two systems")]);
    const two = scratch.write("two.json", listed(same.map((set) => set.slice(1))));
    const { code, stdout } = await runCli("diversity", own, "--against", two, ...FEW);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/3 captions each, against 2.*no difference is told/s)]);
    expect(stdout).not.toContain("p-value");
  });

  test("are a page as well, in which names and words stay text", async () => {
    const hostile = scratch.write("<img onerror=alert(1)>.json", listed(same));
    const page = scratch.at("diversity.html");
    const { code } = await runCli("diversity", own, "--against", hostile, ...REFERENCES, ...FEW, "--report", page);
    expect(code).toBe(0);
    const written = readFileSync(page, "utf8");
    expect(written).toContain("default-src &#39;none&#39;");
    expect(written).toContain("&lt;img onerror=alert(1)&gt;.json");
    expect(written).not.toContain("<img onerror");
    const named = await runCli("diversity", own, ...FEW, "--report", scratch.at("diversity.txt"));
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining("must end in .html")]);
    const out = await runCli("diversity", own, ...FEW, "--report", "-");
    expect(out.stdout).toMatch(/^<!doctype html>/);
    expect(out.stderr).toContain("SelfCIDEr");
  });
});

test("lengths between two whole numbers have two digits", async () => {
  const captions = Array.from({ length: 20 }, (_, i) =>
    CAPTIONS[0]!
      .split(" ")
      .slice(0, 1 + (i % 4))
      .join(" "),
  );
  const file = scratch.write("lengths.json", {
    1: captions.slice(0, 10),
    2: captions.slice(10).map((text) => `${text} and more`),
  });
  const { stdout } = await runCli("diversity", file, ...FEW);
  expect(stdout).toMatch(/length: 5 % to 95 % +│ +\d+(\.\d{1,2})? to \d+(\.\d{1,2})? │/);
});

test("pictures that the references have not are an error", async () => {
  const file = scratch.write("unknown.json", { nowhere: ["a", "b"] });
  const { code, stderr } = await runCli("diversity", file, ...REFERENCES);
  expect([code, stderr]).toEqual([2, expect.stringContaining("The references have no picture nowhere")]);
});

test("ordinary scores of several captions stay an error, which names this command", async () => {
  const score = (path: string) =>
    runCli("score", "--task", "caption", "--references", scratch.at("data/test.json"), "--predictions", path);
  for (const content of [repeated, Object.fromEntries(SETS.map((set, i) => [101 + i, set]))]) {
    const { code, stderr } = await score(scratch.write("several.json", content));
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/(more than one prediction|several texts) for .*`simvlm diversity`/),
    ]);
  }
});
