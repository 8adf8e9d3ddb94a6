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
