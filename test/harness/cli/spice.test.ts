import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isAlive } from "../../../harness/files/process-mark.js";
import { writeFiles } from "../metric-data/tiny-meteor.js";
import { FakeJava, MAVEN_JARS, SPICE_FORMS, SPICE_WHEEL } from "../metric-data/tiny-spice.js";
import { BINARY, project, runBinary, runCli, Scratch } from "./run-cli.js";

const scratch = new Scratch();
const java = new FakeJava(scratch.at("jdk"));
const jars = writeFiles(scratch.at("jars"), MAVEN_JARS);
const wheel = scratch.write("p.whl", SPICE_WHEEL);
const SCORE = ["score", "--task", "caption", "--references", "fixtures/nocaps/annotations.json"];
const CAPTIONS = [...SCORE, "--predictions", "fixtures/nocaps/predictions-zero-shot.json"];
const ENV = {
  ...{ PATH: "", VIRTUAL_ENV: "", CONDA_PREFIX: "", JAVA_HOME: java.home, HOME: scratch.at("home") },
  ...{ XDG_DATA_HOME: scratch.at("data"), XDG_CACHE_HOME: scratch.at("cache") },
};
const before = { ...process.env };

beforeAll(async () => {
  Object.assign(process.env, ENV);
  const installed = await runCli("metrics", "install", "spice", "--from", wheel, "--jars", jars);
  expect(installed).toMatchObject({
    code: 0,
    stdout: `installed: ${scratch.at("data/simvlm/metrics/spice")} (SPICE fe13826f, 24 jars)\n`,
    stderr: "simvlm: note: these are not the jars that were published: signatures name them by a hash\n",
  });
});
afterAll(() => {
  for (const name of Object.keys(ENV)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
});

/** Does something with other variables. */
async function as<T>(env: Readonly<Record<string, string>>, action: () => Promise<T>): Promise<T> {
  Object.assign(process.env, env);
  try {
    return await action();
  } finally {
    Object.assign(process.env, ENV);
  }
}
const WITHOUT_JAVA = { JAVA_HOME: "" };

test("list says what is installed, and what is lacking", async () => {
  expect((await runCli("metrics", "list")).stdout).toMatch(/│ spice +│ SPICE +│ installed: fe13826f +│/);
  const lacking = await as(WITHOUT_JAVA, () => runCli("metrics", "list"));
  expect(lacking.stdout).toMatch(/│ spice +│ SPICE +│ not installed +│[\s\S]*SPICE needs Java, 11 or later/);
});

test("options of another metric's data are refused", async () => {
  expect(await runCli("metrics", "install", "meteor", "--from", wheel, "--maven")).toMatchObject({
    code: 2,
    stderr: "simvlm: --maven is for spice, not for meteor.\n",
  });
  expect(await runCli("metrics", "install", "spice", "--from", wheel, "--without-paraphrases")).toMatchObject({
    code: 2,
    stderr: "simvlm: --without-paraphrases is for meteor, not for spice.\n",
  });
});

describe("score", () => {
  test("has SPICE by domain, with intervals, tests against another system, and the tuples of each caption", async () => {
    const against = ["--against", "fixtures/nocaps/predictions-coco-only.json"];
    const [json, each] = [scratch.at("scores.json"), scratch.at("each.jsonl")];
    const asked = ["--by-domain", "--ci", "--resamples", "100", "--json", json, "--per-example", each, "--explain"];
    const { code, stdout } = await runCli(...CAPTIONS, ...against, "--metrics", "spice,cider", ...asked);
    expect([code, stdout]).toEqual([0, expect.stringContaining("SPICE|nrefs:")]);
    expect(stdout).toMatch(/\|tok:ptb\|data:fe13826f\|version:/);
    const report = JSON.parse(readFileSync(json, "utf8")) as {
      scores: { SPICE: number; tuples: Record<string, { images: number; right: number }> };
      intervals: { SPICE: { low: number } };
      comparison: Record<string, unknown>;
      byDomain: Record<string, { scores: { SPICE: number }; intervals: { SPICE: unknown } }>;
    };
    expect(report.scores.SPICE).toBeGreaterThan(0);
    expect(report.scores.tuples).toMatchObject({ All: { right: expect.any(Number) }, Object: expect.anything() });
    expect(report.scores.tuples).not.toHaveProperty("Color");
    expect(report.intervals.SPICE.low).toBeLessThan(report.scores.SPICE);
    expect(report.comparison).toHaveProperty("SPICE");
    for (const domain of Object.values(report.byDomain)) expect(domain.intervals).toHaveProperty("SPICE");
    const [first] = readFileSync(each, "utf8").split("\n");
    expect(JSON.parse(first!)).toMatchObject({
      scores: { SPICE: expect.any(Number) },
      explained: {
        SPICE: {
          parts: [
            { kind: "tuples", sides: [{ name: "prediction" }, { name: "references" }] },
            { kind: "terms", columns: ["tuples", "right", "wrong", "lacking", "F1"] },
          ],
        },
      },
    });
  });

  test("a second time asks nothing of Java; list says how much is kept, and where", async () => {
    const first = await runCli(...CAPTIONS, "--metrics", "spice");
    const folder = scratch.at("cache/simvlm/metrics/spice");
    const listed = await runCli("metrics", "list");
    expect(listed.stdout).toContain(`${folder} keeps what was found out, 1 MB: it may be removed at any time.`);
    const json = JSON.parse((await runCli("metrics", "list", "--json")).stdout) as { name: string }[];
    expect(json.find(({ name }) => name === "spice")).toMatchObject({ kept: { folder, bytes: expect.any(Number) } });
    const asked = java.asked().length;
    expect(await runCli(...CAPTIONS, "--metrics", "spice")).toEqual({ ...first, stderr: "" });
    expect(java.asked()).toHaveLength(asked);
  });

  test("without Java says what to install, before anything is scored", async () => {
    const { code, stdout, stderr } = await as(WITHOUT_JAVA, () => runCli(...CAPTIONS, "--metrics", "spice"));
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^simvlm: SPICE needs Java, 11 or later: the program java is not there\. Install one .*\n$/);
    const nothing = { XDG_DATA_HOME: scratch.at("nothing") };
    const missing = await as(nothing, () => runCli(...CAPTIONS, "--metrics", "spice"));
    expect(missing.stderr).toMatch(/^simvlm: SPICE is a Java program .*`simvlm metrics install spice` takes both\./);
  });

  test("all computes it where it can be, and says why not where it cannot", async () => {
    const all = await runCli(...CAPTIONS, "--metrics", "all");
    expect([all.code, all.stdout]).toEqual([0, expect.stringContaining("SPICE")]);
    const without = await as(WITHOUT_JAVA, () => runCli(...CAPTIONS, "--metrics", "all"));
    expect([without.code, without.stdout]).toEqual([0, expect.not.stringContaining("SPICE")]);
    expect(without.stderr).toMatch(/^simvlm: note: not scored with spice: SPICE needs Java/m);
  });

  test("takes the jars from the virtual environment at hand, and says so", () => {
    const venv = writeFiles(scratch.at("venv"), SPICE_FORMS["a virtual environment"]![1]);
    writeFiles(`${venv}/lib/python3.12/site-packages/pycocoevalcap/spice/lib`, MAVEN_JARS);
    const env = { ...process.env, VIRTUAL_ENV: venv, XDG_DATA_HOME: scratch.at("fresh") };
    const first = runBinary([...CAPTIONS, "--metrics", "spice"], env);
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("|data:fe13826f|")]);
    expect(first.stderr).toMatch(
      /note: SPICE's jars are taken from .*pycocoevalcap\n.*\(fe13826f\) are kept in .*spice/,
    );
    expect(runBinary([...CAPTIONS, "--metrics", "spice"], env)).toEqual({ ...first, stderr: "" });
  });
});

test("a run is scored, compared, reported and verified; without Java SPICE is not confirmed, and that is no failure", async () => {
  const [one, two, page] = ["one", "two", "report.html"].map((name) => scratch.at(name)) as [string, string, string];
  const run = (out: string, name: string) =>
    runCli(
      ...["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--out", out, "--metrics", "cider,spice"],
      ...["--predictions", `fixtures/kept/${name}/predictions.jsonl`],
    );
  expect(await as(WITHOUT_JAVA, () => run(one, "zero-shot"))).toMatchObject({ code: 2 });
  expect(existsSync(one)).toBe(false);
  expect(await run(one, "zero-shot")).toMatchObject({ code: 0 });
  expect(await run(two, "fine-tuned")).toMatchObject({ code: 0 });
  const compared = await runCli("compare", one, two, "--resamples", "50");
  expect([compared.code, compared.stdout]).toEqual([0, expect.stringContaining("SPICE|nrefs:")]);
  const reported = await runCli("report", one, two, "--out", page, "--explore", "0", "--resamples", "50");
  expect(reported).toMatchObject({ code: 0 });
  for (const path of [one, page]) {
    expect(await runCli("verify", path)).toMatchObject({ code: 0, stdout: expect.not.stringContaining("SPICE") });
    const { code, stdout } = await as(WITHOUT_JAVA, () => runCli("verify", path));
    expect([path, code, stdout]).toEqual([path, 0, expect.stringMatching(/^note: .*SPICE is not confirmed: /m)]);
  }
});

describe("with nothing kept", () => {
  const [run, page] = [scratch.at("judged"), scratch.at("judged.html")];
  beforeAll(async () => {
    const made = await runCli(
      ...["run", "--task", "caption", "--data", "fixtures/kept/nocaps", "--out", run, "--metrics", "cider,spice"],
      ...["--predictions", "fixtures/kept/zero-shot/predictions.jsonl"],
    );
    expect(made, made.stderr).toMatchObject({ code: 0 });
    expect(await runCli("report", run, "--out", page, "--explore", "0")).toMatchObject({ code: 0 });
  });

  test.each([
    ["verify", () => ["verify", run]],
    ["verify of a report", () => ["verify", page]],
    ["explain", () => ["explain", run, "--example", "2000001"]],
  ])("%s says that Java has work to do", async (name, args) => {
    const fresh = { XDG_CACHE_HOME: scratch.at(`cache of ${name}`) };
    const { code, stderr } = await as(fresh, () => runCli(...args()));
    expect([code, stderr]).toEqual([0, expect.stringContaining("SPICE's program has not judged before: ")]);
  });

  test("verify of what the program fails at does not confirm SPICE, which is no difference", async () => {
    const broken = new FakeJava(scratch.at("broken-jdk"));
    writeFileSync(
      `${broken.home}/bin/java`,
      `#!/bin/sh\n[ "$1" = -version ] && echo 'java version "17"' && exit\nexit 9\n`,
    );
    const env = { XDG_CACHE_HOME: scratch.at("broken-cache"), JAVA_HOME: broken.home };
    for (const path of [run, page]) {
      const { code, stdout } = await as(env, () => runCli("verify", path));
      expect([path, code, stdout]).toEqual([
        path,
        0,
        expect.stringMatching(/^note: .*SPICE is not confirmed: SPICE's program does not run here: it ended with 9/m),
      ]);
      expect(stdout).not.toContain("different:");
    }
  });

  test("verify is stopped by a signal, and Java with it", async () => {
    const hanging = new FakeJava(scratch.at("hanging-jdk"));
    writeFileSync(`${hanging.home}/hang`, "");
    const env = { ...process.env, XDG_CACHE_HOME: scratch.at("hanging-cache"), JAVA_HOME: hanging.home };
    const child = spawn(process.execPath, [BINARY, "verify", run], { cwd: project, env, stdio: "ignore" });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const running = () => hanging.asked().filter(({ pid }) => isAlive(pid)); // as many as there are processors
    await vi.waitFor(() => expect(running()).not.toEqual([]), { timeout: 60_000, interval: 50 });
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    expect(running()).toEqual([]);
  });
});

describe("a score of 200 captions", () => {
  const captions = Array.from({ length: 200 }, (_, i) => (i === 150 ? "a dog hold" : `a dog ${i}`));
  const references = scratch.write("two-hundred.json", {
    images: captions.map((_, id) => ({ id, file_name: `${id}.jpg` })),
    annotations: captions.map((_, id) => ({ id, image_id: id, caption: "a dog" })),
  });
  const own = captions.map((caption, image_id) => ({ image_id, caption }));
  const predictions = scratch.write("two-hundred-predictions.json", own);
  const files = ["--references", references, "--predictions", predictions, "--spice", "processes=1"];
  const args = ["score", "--task", "caption", "--metrics", "spice", ...files];
  const envOf = (name: string) => ({ ...process.env, XDG_CACHE_HOME: scratch.at(name) });

  test("that is killed twice goes on from there each time, and ends as if nothing had been", async () => {
    const env = envOf(`killed, ${java.asked().length}`); // another one where the test is tried again
    const hold = scratch.write("jdk/hold", "");
    for (const [signal, asked] of [
      ["SIGKILL", [100, 100]],
      ["SIGTERM", [50, 50]],
    ] as const) {
      const before = java.asked().length;
      const child = spawn(process.execPath, [BINARY, ...args], { cwd: project, env, stdio: "ignore" });
      const ended = new Promise((resolve) => child.once("close", resolve));
      const sizes = () =>
        java
          .asked()
          .slice(before)
          .map((each) => each.captions.length);
      await vi.waitFor(() => expect(sizes()).toEqual(asked), { timeout: 120_000, interval: 50 });
      child.kill(signal);
      await ended;
    }
    rmSync(hold);
    const last = runBinary(args, env);
    expect(last.stderr).toBe(
      "simvlm: note: captions that SPICE's program has not judged before: 50; that takes minutes\n",
    );
    expect(last).toMatchObject({ code: 0, stdout: runBinary(args, envOf("undisturbed")).stdout });
  });

  test("and another at the same time, of the same cache, disturb each other in nothing", async () => {
    const score = () =>
      new Promise<readonly [number | null, string]>((resolve) => {
        const child = spawn(process.execPath, [BINARY, ...args], { cwd: project, env: envOf("shared") });
        let stdout = "";
        child.stdout.on("data", (text: Buffer) => {
          stdout += text;
        });
        child.once("close", (code) => resolve([code, stdout]));
      });
    const both = await Promise.all([score(), score()]);
    expect(both[0]).toEqual(both[1]);
    expect(both[0]).toEqual([0, expect.stringContaining("SPICE")]);
  });
});

describe("--spice", () => {
  const captions = ["a dog", "a big", "a hang"];
  const references = scratch.write("several.json", {
    images: captions.map((_, id) => ({ id, file_name: `${id}.jpg` })),
    annotations: captions.map((_, id) => ({ id, image_id: id, caption: "a dog" })),
  });
  const score = (cache: string, ids: readonly number[], ...settings: string[]) => {
    const own = ids.map((id) => ({ image_id: id, caption: captions[id] }));
    const predictions = scratch.write(`${cache}.json`, own);
    const files = ["--references", references, "--predictions", predictions, "--allow-missing"];
    const fresh = { XDG_CACHE_HOME: scratch.at(`cache ${cache}`) };
    return as(fresh, () => runCli("score", "--task", "caption", "--metrics", "spice", ...files, ...settings));
  };

  test("says how much memory there is: what was too little for a caption is enough", async () => {
    const little = await score("memory", [0, 1], "--spice", "heap=2048");
    expect([little.code, little.stdout]).toEqual([2, ""]);
    expect(little.stderr).toMatch(
      /cannot judge the caption of 1: .*OutOfMemoryError.* allow the program more memory or time\. \(--spice heap=…,seconds=… allows more\)$/m,
    );
    expect(await score("memory", [0, 1], "--spice", "processes=1,heap=3000")).toMatchObject({ code: 0 });
    expect(java.asked().at(-1)).toMatchObject({ heap: "3000m" });
    await score("less memory", [0], "--spice", "heap=1500");
    expect(java.asked().at(-1)).toMatchObject({ heap: "1500m" });
  });

  test("says how long one may work, and how many work at a time", async () => {
    const late = await score("time", [2], "--spice", "seconds=3,heap=3000");
    expect(late).toMatchObject({ code: 2, stderr: expect.stringContaining("it was not done after 3 s") });
    const asked = java.asked().length;
    await score("number", [0, 1], "--spice", "processes=1,heap=3000");
    expect(java.asked()[asked]).toMatchObject({ captions: ["a dog", "a big"] });
    await score("another number", [0, 1], "--spice", "processes = 2, heap=3000");
    expect(
      java
        .asked()
        .slice(asked)
        .map(({ captions: { length } }) => length),
    ).toEqual([2, 2, 1, 1, 1]);
  });

  test.each([
    ["four", "It must be one or more of processes=…, heap=…, seconds=…, each a whole number."],
    ["processes=two", "It must be one or more of processes=…, heap=…, seconds=…, each a whole number."],
    ["memory=3000", "It must be one or more of processes=…, heap=…, seconds=…, each a whole number."],
    ["__proto__=1", "It must be one or more of processes=…, heap=…, seconds=…, each a whole number."],
    ["heap=2048,", "It must be one or more of processes=…, heap=…, seconds=…, each a whole number."],
    ["heap=8", "heap must be from 1024 to 1048576."],
    ["processes=0", "processes must be from 1 to 1024."],
    ["seconds=99999999", "seconds must be from 1 to 2147483."],
    ["heap=2048,heap=4096", "It says heap twice."],
  ])("%s is refused", async (settings, why) => {
    const { code, stdout, stderr } = await score("none", [0], "--spice", settings);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`option '--spice <settings>' argument '${settings}' is invalid. ${why}`);
  });

  test.each(["score", "run", "merge", "compare", "report", "explain", "verify", "agreement"])(
    "%s has it",
    async (command) => {
      expect((await runCli(command, "--help")).stdout).toContain("--spice <settings>");
    },
  );
});

describe("a signal", () => {
  const references = scratch.write("references.json", {
    images: [{ id: 1, file_name: "1.jpg" }],
    annotations: [{ id: 1, image_id: 1, caption: "a dog" }],
  });
  const predictions = scratch.write("predictions.json", [{ image_id: 1, caption: "a hang" }]);
  const args = ["score", "--task", "caption", "--references", references, "--predictions", predictions];

  test.each([["SIGINT", 130] as const, ["SIGTERM", 143] as const])("%s ends Java, too", async (signal, code) => {
    const asked = java.asked().length;
    const child = spawn(process.execPath, [BINARY, ...args, "--metrics", "spice"], { cwd: project });
    const ended = new Promise<readonly [number | null, string]>((resolve) => {
      let stderr = "";
      child.stderr.on("data", (text: Buffer) => {
        stderr += text;
      });
      child.once("close", (exit) => resolve([exit, stderr]));
    });
    await vi.waitFor(() => expect(java.asked()).toHaveLength(asked + 1), { timeout: 60_000, interval: 50 });
    child.kill(signal);
    expect(await ended).toEqual([code, expect.stringMatching(/^simvlm: SPICE was stopped\. .*goes on from there\.$/m)]);
    expect(isAlive(java.asked().at(-1)!.pid)).toBe(false);
  });

  test("that cannot be answered ends Java all the same", async () => {
    const asked = java.asked().length;
    const child = spawn(process.execPath, [BINARY, ...args, "--metrics", "spice"], { cwd: project, stdio: "ignore" });
    await vi.waitFor(() => expect(java.asked()).toHaveLength(asked + 1), { timeout: 60_000, interval: 50 });
    const { pid } = java.asked().at(-1)!;
    expect(isAlive(pid)).toBe(true);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 60_000, interval: 50 });
  });
});
