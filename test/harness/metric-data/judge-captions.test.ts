import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpiceJudgement, SpiceQuestion } from "@simvlm/metrics";
import { afterAll, beforeEach, expect, test } from "vitest";
import { findJava, flagsFor } from "../../../harness/metric-data/spice/java.js";
import { judgeCaptions, type ProgramOptions } from "../../../harness/metric-data/spice/judge-captions.js";
import { secondsFor } from "../../../harness/metric-data/spice/limits.js";
import { Scratch } from "../cli/run-cli.js";
import { FakeJava } from "./tiny-spice.js";

const before = { ...process.env };
let scratch: Scratch;
let java: FakeJava;

beforeEach(() => {
  scratch = new Scratch();
  java = new FakeJava(scratch.at("jdk"));
  Object.assign(process.env, { JAVA_HOME: java.home, XDG_CACHE_HOME: scratch.at("cache") });
});
afterAll(() => {
  for (const name of ["JAVA_HOME", "XDG_CACHE_HOME"]) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

const ask = (caption: string, ...references: string[]): SpiceQuestion => ({ caption, references });

async function judge(questions: readonly SpiceQuestion[], options: ProgramOptions = {}): Promise<SpiceJudgement[]> {
  const program = { name: "fake", java: await findJava(), jars: ["one.jar", "two.jar"], nashorn: ["nashorn.jar"] };
  const names = questions.map((_, i) => `image ${i}`);
  return judgeCaptions(program, questions, names, { processes: 2, ...options });
}

const scoresOf = (judgements: readonly SpiceJudgement[]) => judgements.map(({ f }) => f);

test("captions of any characters have their own judgements, and each question is asked once", async () => {
  const questions = [
    ask("a dog", "a dog"),
    ask("a\ncat\r\n\u2028\u0085\0\t\"'\\ {}[],", "a\ncat\r\n\u2028\u0085\0\t\"'\\ {}[],"),
    ask("", "a dog", ""),
    ask("a dog", "a dog"),
    ask("\ud83d \u{1f415} __proto__", "constructor"),
    ask("a dog ".repeat(5000), "a cat"),
  ];
  const judgements = await judge(questions);
  expect(scoresOf(judgements)).toEqual([1, 1, 0, 1, 0, 0.5]);
  expect(judgements[5]).toEqual({
    f: 0.5,
    counts: expect.objectContaining({ All: [1, 1, 1], Object: [1, 1, 1], Color: [0, 0, 0] }),
    caption: [
      [["a"], true],
      [["dog"], false],
    ],
    references: [
      [["a"], true],
      [["cat"], false],
    ],
  });
  const captions = java.asked().flatMap((asked) => asked.captions);
  expect(captions).toHaveLength(5);
  expect(java.asked().every(({ hasCache, isNashorn, heap }) => hasCache && isNashorn && heap === "2048m")).toBe(true);
});

test("what was asked is not asked again, also by another process; what is damaged is", async () => {
  const questions = [ask("a dog", "a dog"), ask("a cat", "a dog")];
  await judge(questions);
  expect(java.asked()).toHaveLength(2);
  const again = await judge(questions);
  expect([java.asked().length, ...scoresOf(again)]).toEqual([2, 1, 0.5]);
  const folder = scratch.at("cache/simvlm/metrics/spice/fake");
  const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  expect(kept).toHaveLength(2);
  for (const path of kept) {
    const file = join(folder, path);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 20));
  }
  expect(scoresOf(await judge(questions))).toEqual([1, 0.5]);
  expect(java.asked()).toHaveLength(4);
});

test("where nothing can be kept, everything is judged nevertheless", async () => {
  process.env.XDG_CACHE_HOME = scratch.write("file", "");
  const questions = [ask("a dog", "a dog")];
  expect(scoresOf(await judge(questions))).toEqual([1]);
  expect(java.asked()).toEqual([expect.objectContaining({ hasCache: false })]);
});

test("answers that are not of the images asked about are never taken", async () => {
  for (const word of ["shift", "lose", "rubbish"]) {
    const questions = [ask("a dog", "a dog"), ask(`a ${word}`, "a cat"), ask("a cat", "a cat")];
    const refused = judge(questions, { processes: 1 });
    await expect(refused).rejects.toMatchObject({
      code: "spice-failed",
      message: expect.stringMatching(/^SPICE's program cannot judge the caption of image 1: /),
    });
  }
});

test("a caption at which the program dies is named, and what it says of the others is kept", async () => {
  const questions = Array.from({ length: 5 }, (_, i) => ask(i === 3 ? "crash" : `dog ${i}`, "dog"));
  await expect(judge(questions, { processes: 1, heap: 2048 })).rejects.toThrow(
    "SPICE's program cannot judge the caption of image 3: it ended with 3: java.lang.OutOfMemoryError: Java heap space.",
  );
  const asked = java.asked().length;
  const others = questions.filter((_, i) => i < 3);
  expect(scoresOf(await judge(others))).toEqual(Array(3).fill(2 / 3));
  expect(java.asked()).toHaveLength(asked);
});

test("a program that cannot judge what is easy is said to be broken, not the caption", async () => {
  writeFileSync(
    join(java.home, "bin/java"),
    `#!/bin/sh\n[ "$1" = -version ] && echo 'java version "11"' && exit\necho >> "${scratch.at("starts")}"\nexit 9\n`,
  );
  await expect(judge([ask("a dog", "a dog")])).rejects.toMatchObject({
    code: "spice-failed",
    message: expect.stringMatching(/^SPICE's program does not run here: it ended with 9\. .*install SPICE again/),
  });
  const starts = () => readFileSync(scratch.at("starts"), "utf8").length;
  const before = starts();
  const many = Array.from({ length: 50 }, (_, i) => ask(`dog ${i}`, "dog"));
  await expect(judge(many, { processes: 1 })).rejects.toThrow("does not run here");
  expect(starts() - before).toBe(3); // with its cache, without it, and what is easy
});

test("a batch that fails is asked again without the program's cache, and one caption with more memory", async () => {
  const questions = [ask("dog crash-with-cache", "dog"), ask("dog", "dog")];
  expect(scoresOf(await judge(questions, { processes: 1 }))).toEqual([2 / 3, 1]);
  expect(java.asked().map(({ hasCache }) => hasCache)).toEqual([true, false]);
  const long = [ask("dog crash-beside-others", "dog"), ask("a cat", "dog")];
  expect(scoresOf(await judge(long, { processes: 1 }))).toEqual([2 / 3, 0]);
  const alone = java.asked().find(({ captions }) => captions.join() === "dog crash-beside-others")!;
  expect(Number.parseInt(alone.heap, 10)).toBeGreaterThanOrEqual(2048); // more where the machine has more
});

test("a cache of the program's own at which it fails is emptied; one that has nothing to do with it stays", async () => {
  const file = join(scratch.at("cache/simvlm/metrics/spice/fake/parses"), "data.mdb");
  await judge([ask("dog", "dog")]);
  for (const [caption, isLeft] of [
    ["crash-beside-others", true],
    ["crash-with-cache", false],
  ] as const) {
    writeFileSync(file, "");
    await judge([ask(`dog ${caption}`, "dog"), ask("a cat", caption)], { processes: 1 });
    expect([caption, existsSync(file)]).toEqual([caption, isLeft]);
  }
  await judge([ask("the dog", "dog")]);
  expect(java.asked().at(-1)).toMatchObject({ hasCache: true });
});

test("where the memory was too little the batch is asked again with more, one at a time", async () => {
  const questions = ["big one", "small one", "big two", "small two"].map((caption) => ask(caption, "one"));
  expect(scoresOf(await judge(questions, { heap: 3000 }))).toEqual([2 / 3, 2 / 3, 0, 0]);
  const starts = java.asked().map(({ captions, heap, hasCache }) => [captions.length, heap, hasCache]);
  const both = (...start: readonly unknown[]) => [start, start];
  expect(starts).toEqual([...both(2, "2048m", true), ...both(2, "3000m", true)]);
  const alone = judge([ask("crash", "one")], { heap: 2048 });
  await expect(alone).rejects.toThrow("cannot judge the caption of image 0: it ended with 3");
});

test("long captions have more time, as parsing takes the cube of their words", () => {
  const words = (count: number) => Array(count).fill("dog").join(" ");
  expect(secondsFor([])).toBe(900);
  expect(secondsFor([ask(words(10), words(10), "")]) - 900).toBeCloseTo(6, 0);
  expect(secondsFor([ask("", words(400))]) - 900).toBeCloseTo(2004, 0);
  expect(secondsFor([ask(words(100_000))])).toBe(2_147_483);
});

test("a program that hangs is ended after its time, and the caption named", async () => {
  const questions = [ask("a hang", "dog")];
  await expect(judge(questions, { seconds: 1.5 })).rejects.toThrow(/^SPICE's program .*: it was not done after \d s/);
});

test("many captions are judged in several batches of each process, and what is done is told", async () => {
  const questions = Array.from({ length: 210 }, (_, i) => ask(`dog ${i}`, "dog"));
  const done: number[] = [];
  await judge(questions, { processes: 2, onStart: () => (some) => done.push(some) });
  expect(done.sort((a, b) => a - b)).toEqual([51, 53, 53, 53]);
  expect(
    java
      .asked()
      .map(({ captions }) => captions.length)
      .sort(),
  ).toEqual([51, 53, 53, 53]);
});

test("a signal ends the program, and what was found out before is kept", async () => {
  const controller = new AbortController();
  const questions = [ask("a dog", "dog"), ask("a hang", "dog")];
  let done = 0;
  const judged = judge(questions, {
    signal: controller.signal,
    onStart: (examples) => {
      expect(examples).toBe(2);
      return (some) => {
        done += some;
        controller.abort();
      };
    },
  });
  await expect(judged).rejects.toMatchObject({ code: "stopped" });
  expect(done).toBe(1);
  const asked = java.asked().length;
  expect(scoresOf(await judge(questions.slice(0, 1)))).toEqual([2 / 3]);
  expect(java.asked()).toHaveLength(asked);
});

test("nothing is left in the folder for temporary files", async () => {
  const own = scratch.at("temporary");
  mkdirSync(own);
  const { TMPDIR } = process.env;
  process.env.TMPDIR = own;
  try {
    expect(tmpdir()).toBe(own);
    await judge([ask("a dog", "dog")]);
    await expect(judge([ask("a crash", "dog")])).rejects.toMatchObject({ code: "spice-failed" });
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  expect(readdirSync(own)).toEqual([]);
});

test("each Java is given the flags that it knows", async () => {
  const flags = (version: number) => flagsFor({ path: "java", version }, ["a.jar"]).join(" ");
  expect(flags(8)).toBe("");
  expect(flags(11).match(/--add-opens java\.base/g)).toHaveLength(6);
  expect(flags(11)).not.toContain("nashorn");
  expect(flags(25)).toMatch(/--module-path a\.jar --add-modules org\.openjdk\.nashorn$/);
  for (const [said, version] of [
    ["1.8.0_392", 8],
    ["11.0.2", 11],
    ["25-ea", 25],
  ] as const) {
    java.setVersion(said);
    expect(await findJava()).toMatchObject({ version });
  }
});

test("without Java one is told what to install", async () => {
  const nothing = { PATH: "" };
  await expect(findJava(nothing)).rejects.toMatchObject({
    code: "no-java",
    message: expect.stringMatching(/^SPICE needs Java, 11 or later: the program java is not there\. Install one /),
  });
  const JAVA_HOME = scratch.at("nowhere");
  await expect(findJava({ JAVA_HOME })).rejects.toThrow(`JAVA_HOME is ${JAVA_HOME}, and`);
  java.setVersion("1.7.0_80");
  await expect(findJava({ JAVA_HOME: java.home })).rejects.toThrow(`${join(java.home, "bin/java")} is Java 7. Install`);
  writeFileSync(join(java.home, "bin/java"), "#!/bin/sh\necho no runtime >&2\nexit 1\n");
  await expect(findJava({ JAVA_HOME: java.home })).rejects.toThrow("does not run: no runtime.");
});
