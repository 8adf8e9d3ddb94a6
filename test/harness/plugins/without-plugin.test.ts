import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "@simvlm/metrics";
import { beforeAll, describe, expect, test } from "vitest";
import { formatManifest, type Manifest, readManifest } from "../../../harness/runs/manifest.js";
import { runCli, Scratch } from "../cli/run-cli.js";
import { sealAnew } from "../runs/seal-anew.js";
import { importBuilt, runBuilt } from "./built.js";

/*
 * Plug-ins are loaded into the built program (`runBuilt`), and are unknown to the sources (`runCli`): that is how a stranger
 * looks at what was made with them.
 */
const scratch = new Scratch();

/** Leaves a mark where it is run. */
const spy = (mark: string, then = "export default [];") =>
  `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, "ran"); ${then}`;

const METRICS = `const metric = (name) => ({ kind: "metric", name, scores: [name + "_score"], columns: ["examples"],
  statistics: () => [1], scoresFromSums: ([sum]) => [sum] });`;

/** A task that reads a file of answers, with a metric of its own beside a built-in one. */
const TASK = `import { readFile } from "node:fs/promises"; import { join } from "node:path";
import { accuracyMetric } from "@simvlm/metrics";
${METRICS}
const read = async (path) => Object.entries(JSON.parse(await readFile(path, "utf8"))).map(([id, text]) => ({ id, text }));
export default { kind: "task", name: "guess", modalities: ["none"], answers: ["generate"], maxLength: 3,
  async load(folder) {
    const file = join(folder, "test.json");
    const examples = (await read(file)).map(({ id, text }) => ({ id, images: [], targets: [text], references: [text] }));
    return { examples, files: [file], references: file, classes: [] };
  },
  instruct: () => "Guess.", resultsName: "guesses.json",
  formatResults: (all) => JSON.stringify(Object.fromEntries(all.map(({ id, prediction }) => [id, prediction]))),
  readResults: async (path) => (await read(path)).map(({ id, text }) => ({ id, prediction: text })),
  metrics: [accuracyMetric, metric("guesses")], mainScore: "accuracy" };`;

beforeAll(async () => {
  mkdirSync(scratch.at("data"));
  scratch.write("data/test.json", { a: "1", b: "2" });
  const plugin = scratch.write("guess.mjs", TASK);
  const guesses = scratch.write("guesses.json", { a: "1", b: "1" });
  const from = ["--data", scratch.at("data"), "--predictions", guesses, "--plugin", plugin];
  for (const name of ["one", "two"]) {
    expect(await runBuilt("run", "--task", "guess", ...from, "--out", scratch.at(name))).toMatchObject({ code: 0 });
  }
  const out = ["--out", scratch.at("report.html"), "--resamples", "20", "--explore", "0"];
  expect(await runBuilt("report", scratch.at("one"), scratch.at("two"), ...out)).toMatchObject({ code: 0 });
});

describe("a task that is not known here", () => {
  const told = expect.stringMatching(
    /^simvlm: There is no task guess: it is one of caption, .*\. The run was made with the plug-in guess\.mjs \(task guess\): load it, if you trust it\. \(--plugin .*\)\n$/,
  );

  test.each([
    ["verify of a run", ["verify", "one"]],
    ["verify of a report", ["verify", "report.html"]],
    ["compare", ["compare", "one", "two"]],
    ["report", ["report", "one", "--out", "again.html"]],
  ])("%s", async (_, words) => {
    const args = words.map((word) => (/^(?:one|two|.*\.html)$/.test(word) ? scratch.at(word) : word));
    expect(await runCli(...args)).toEqual({ code: 2, stdout: "", stderr: told });
    if (words.includes("again.html")) expect(existsSync(scratch.at("again.html"))).toBe(false);
  });

  test("with the plug-in all is well", async () => {
    expect(await runBuilt("verify", scratch.at("one"))).toMatchObject({ code: 0 });
    expect(await runBuilt("verify", scratch.at("report.html"))).toMatchObject({ code: 0 });
  });
});

describe("a metric that is not known here", () => {
  /** The run and the report as they would be of a built-in task that a plug-in's metric scored as well. */
  function makeCaptionRun(): Promise<unknown> {
    const plugin = scratch.write("extra.mjs", `${METRICS} export default metric("extra");`);
    scratch.write("captions.json", {
      images: [{ id: 1, file_name: "a.png" }],
      annotations: [{ id: 1, image_id: 1, caption: "a dog runs" }],
    });
    mkdirSync(scratch.at("captions"));
    renameSync(scratch.at("captions.json"), scratch.at("captions/test.json"));
    const predictions = scratch.write("said.json", [{ image_id: 1, caption: "a dog runs" }]);
    const from = ["--data", scratch.at("captions"), "--predictions", predictions, "--plugin", plugin];
    return runBuilt("run", "--task", "caption", ...from, "--out", scratch.at("extra"));
  }
  const edit = <T>(name: string, change: (value: T) => void) => {
    const value = scratch.readJson<T>(name);
    change(value);
    scratch.write(name, value);
  };

  /** The run as it would have been finished so. */
  const seal = async (name: string) => {
    scratch.write(`${name}/manifest.json`, formatManifest(await readManifest(scratch.at(name))));
    await sealAnew(scratch.at(name));
  };

  beforeAll(async () => {
    expect(await makeCaptionRun()).toMatchObject({ code: 0 });
    const signature = `extra|version:simvlm-${VERSION}`;
    edit<Manifest>("extra/manifest.json", ({ metricSignatures }) => {
      metricSignatures!.extra = signature;
    });
    edit<{ scores: Record<string, number>; signatures: Record<string, string> }>("extra/scores.json", (report) => {
      report.scores.extra_score = 1;
      report.signatures.extra = signature;
    });
    await seal("extra");
  });

  test("is told, and its scores do not count as verified", async () => {
    const { code, stdout } = await runCli("verify", scratch.at("extra"));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^note: there is no metric extra here: not scored again\. The run was made with .*extra\.mjs/,
    );
    expect(stdout).toMatch(/results, scores of BLEU, CIDEr, ROUGE-L\n$/);
  });

  test("with the plug-in, all its scores do", async () => {
    expect(await runBuilt("verify", scratch.at("extra"))).toEqual({
      code: 0,
      stderr: "",
      stdout: "confirmed: data, predictions file, predictions, results, scores\n",
    });
    cpSync(scratch.at("extra"), scratch.at("changed"), { recursive: true });
    edit<{ scores: Record<string, number> }>("changed/scores.json", ({ scores }) => {
      scores.extra_score = 2;
    });
    const { code, stdout } = await runBuilt("verify", scratch.at("changed"));
    expect([code, stdout]).toEqual([1, expect.stringContaining("scores.extra_score: 2, now 1")]);
  });

  test("nor do they in a report", async () => {
    type Reports = typeof import("../../../harness/report/index.js");
    const { buildReport, renderReport } = await importBuilt<Reports>("report/index.js");
    const options = { metrics: ["extra", "CIDEr"], resamples: 20, explore: 0 };
    const report = await buildReport([scratch.at("extra")], options);
    const { scores } = report.data.comparison;
    expect(scores.filter(({ subset }) => subset === "all").map(({ score }) => score)).toEqual(["CIDEr", "extra_score"]);
    expect(scores.find(({ score }) => score === "extra_score")).toMatchObject({ value: 1 });
    const page = scratch.write("extra.html", await renderReport(report));
    expect(await runBuilt("verify", page)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^confirmed: .*scores, drawing/),
    });
    const { code, stdout } = await runCli("verify", page);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^note: run extra: there is no metric extra here/)]);
    expect(stdout).toMatch(/confirmed: values, sections, data files, scores of [^,]*, drawing\n$/);
  });

  test("where no metric is known, no scores count", async () => {
    cpSync(scratch.at("extra"), scratch.at("only"), { recursive: true });
    const only = ({ extra }: Record<string, string>) => ({ extra: extra! });
    edit<{ metricSignatures: Record<string, string> }>("only/manifest.json", (manifest) => {
      manifest.metricSignatures = only(manifest.metricSignatures);
    });
    edit<{ signatures: Record<string, string>; scores: object }>("only/scores.json", (report) => {
      report.signatures = only(report.signatures);
      report.scores = { extra_score: 1 };
    });
    const { stdout } = await runCli("verify", scratch.at("only"));
    expect(stdout).toMatch(/^note: there is no metric extra here/m);
    expect(stdout).not.toMatch(/confirmed: .*scores/);
  });
});

describe("what a stranger gives runs nothing", () => {
  /** A copy of the run as somebody might send it. */
  function receive(name: string, change: (manifest: Manifest) => void): string {
    const folder = scratch.at(name);
    cpSync(scratch.at("one"), folder, { recursive: true });
    const path = join(folder, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
    change(manifest);
    writeFileSync(path, JSON.stringify(manifest));
    return folder;
  }
  /** Data with a plug-in beside them that leaves a mark. */
  function plant(folder: string): string {
    const mark = join(folder, "mark");
    cpSync(scratch.at("data"), folder, { recursive: true });
    writeFileSync(join(folder, "evil.mjs"), spy(mark));
    writeFileSync(join(folder, "simvlm.config.json"), JSON.stringify({ plugins: ["./evil.mjs"] }));
    return mark;
  }
  const COMMANDS = [
    ["verify"],
    ["compare", scratch.at("two")],
    ["report", "--out", scratch.at("stranger.html")],
    ["diff"],
  ];

  test("the plug-ins of its manifest", async () => {
    const mark = scratch.at("listed-mark");
    const evil = scratch.write("listed.mjs", spy(mark));
    const folder = receive("listed", (manifest) => {
      manifest.plugins = [{ name: evil, defines: ["task guess"] }];
    });
    cpSync(evil, join(folder, "listed.mjs"));
    for (const [command, ...more] of COMMANDS) {
      const { stderr } = await runBuilt(command!, folder, ...more);
      expect(stderr).not.toMatch(/bug/);
    }
    expect(existsSync(mark)).toBe(false);
  });

  test.each([
    ["data in its folder", "data"],
    ["its folder as data", "."],
    ["data in its folder, by a long way", "../inside-3/data"],
    ["data in its folder, by a link", "link"],
  ])("%s", async (_, fromRun) => {
    const name = `inside-${["data", ".", "../inside-3/data", "link"].indexOf(fromRun) + 1}`;
    const folder = receive(name, ({ data }) => {
      data.fromRun = fromRun;
    });
    const place = join(folder, fromRun === "." ? "." : "data");
    const mark = plant(place);
    if (fromRun === "link") symlinkSync(place, join(folder, "link"));
    for (const [command, ...more] of COMMANDS) {
      const { stderr } = await runBuilt(command!, folder, ...more);
      expect(stderr).not.toMatch(/bug|evil/);
    }
    expect(existsSync(mark)).toBe(false);
    // Named by the user, the folder is trusted: the plug-in would have run.
    await runBuilt("verify", folder, "--data", place);
    expect(existsSync(mark)).toBe(true);
  });

  test("data that a run only remembers, where others are named", async () => {
    const folder = receive("remembers", ({ data }) => {
      data.fromRun = "../elsewhere";
    });
    const mark = plant(scratch.at("elsewhere"));
    await runBuilt("verify", folder, "--data", scratch.at("data"));
    expect(existsSync(mark)).toBe(false);
  });

  test("files that a report embeds", async () => {
    const folder = scratch.at("embedded");
    const mark = plant(folder);
    writeFileSync(join(folder, "evil.mjs"), `${METRICS} ${spy(mark, 'export default metric("evil");')}`);
    const files = 'files: [file, join(folder, "simvlm.config.json"), join(folder, "evil.mjs")]';
    const text = TASK.replace("files: [file]", files).replace('"guess"', '"embedding"').replace("guesses", "embedded");
    const from = ["--data", folder, "--predictions", scratch.at("guesses.json")];
    const plugin = ["--plugin", scratch.write("embedding.mjs", text)];
    const [run, out] = [scratch.at("embedding"), scratch.at("embedded.html")];
    expect(await runBuilt("run", "--task", "embedding", ...from, ...plugin, "--out", run)).toMatchObject({ code: 0 });
    expect(await runBuilt("report", run, "--out", out, "--explore", "0")).toMatchObject({ code: 0 });
    expect(readFileSync(out, "utf8")).toContain("evil.mjs");
    rmSync(mark);
    expect(await runBuilt("verify", out)).toMatchObject({ code: 0, stdout: expect.stringContaining("data files") });
    expect(existsSync(mark)).toBe(false);
  });
});
