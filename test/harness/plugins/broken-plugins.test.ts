import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project, runBinary, Scratch } from "../cli/run-cli.js";
import { runBuilt } from "./built.js";

const scratch = new Scratch();
const SCORE = [
  "score",
  "--task=caption",
  "--references=fixtures/nocaps/annotations.json",
  "--predictions=fixtures/nocaps/predictions-zero-shot.json",
];

/** Source of a good metric: its one score is the number of examples. */
const metric = (name: string, fields = "") => `{
  kind: "metric", name: "${name}", scores: ["${name}_score"], columns: ["examples"],
  statistics: () => [1], scoresFromSums: ([sum]) => [sum], ${fields} }`;
const task = (name: string, fields = "") => `{
  kind: "task", name: "${name}", modalities: ["none"], answers: ["generate"], maxLength: 3,
  load: async () => ({ examples: [], files: [], classes: [] }), instruct: () => "", resultsName: "results.json",
  formatResults: () => "", readResults: async () => [], metrics: [${metric(`${name}-metric`)}],
  mainScore: "${name}-metric_score", ${fields} }`;
const family = (name: string, fields = "") => `{
  kind: "family", name: "${name}", title: "${name}", recognizes: () => false, files: [], open: async () => {}, ${fields} }`;

let count = 0;

/** A module of its own with this text. */
function write(text: string, ending = ".mjs"): string {
  return scratch.write(`plugin-${++count}${ending}`, text);
}

/** What a user is told who names this plug-in. */
async function refuse(plugin: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await runBuilt(...SCORE, "--metrics=rouge", "--plugin", plugin, ...more);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).not.toMatch(/bug|\n./); // one line
  return stderr.trim();
}

/** The scores that a plug-in's metrics give. */
async function scoreWith(names: string, ...args: string[]): Promise<Record<string, number>> {
  const json = scratch.at("scores.json");
  const result = await runBuilt(...SCORE, `--metrics=${names}`, "--json", json, ...args);
  expect(result).toMatchObject({ code: 0 });
  return scratch.readJson<{ scores: Record<string, number> }>("scores.json").scores;
}

describe("what cannot be loaded", () => {
  test.each([
    [
      "nowhere/metric.ts",
      /^simvlm: The plug-in nowhere\/metric\.ts is not there: .*nowhere\/metric\.ts does not exist/,
    ],
    ["./examples", /The plug-in \.\/examples is not there: .*examples is a folder, not a file/],
    [".", /The plug-in \. is not there: .* is a folder/],
    ["no-such-package", /The plug-in no-such-package is not there: it is no package that is installed in .*ending/],
    ["@nobody/nothing", /The plug-in @nobody\/nothing is not there: it is no package/],
  ])("%s", async (plugin, message) => {
    expect(await refuse(plugin)).toMatch(message);
  });

  test.each<[string, string, string, RegExp]>([
    ["JavaScript that is none", "export default {", ".mjs", /Unexpected end of input/],
    ["TypeScript that is none", "const a = 1;\nconst b: = 2;", ".ts", /plugin-\d+\.ts, line 2: Type expected/],
    ["an import of nothing", 'import "nowhere-at-all";', ".mjs", /Cannot find package 'nowhere-at-all'/],
    ["an import of no file", 'import "./nowhere.js";', ".ts", /Cannot find module '.*nowhere\.js'/],
    ["a name that is not exported", 'import { no } from "@simvlm/metrics"; no;', ".mjs", /an export named 'no'/],
    ["an error", '\n\nthrow new Error("not\\ntoday");', ".mjs", /not \(file:.*plugin-\d+\.mjs:3:7\)/],
    ["something else thrown", "throw null;", ".mjs", /null/],
    ["another kind of file", "hello", ".txt", /Unknown file extension "\.txt"/],
  ])("%s", async (_, text, ending, message) => {
    const file = write(text, ending);
    // Only some endings are those of modules; with a path, anything is a file.
    const told = await refuse(file);
    expect(told.startsWith(`simvlm: The plug-in ${file} cannot be loaded: `)).toBe(true);
    expect(told).toMatch(message);
  });

  test("an error in TypeScript names the line that is written there", () => {
    const file = write('type A = 1;\n\nthrow new Error("no" as string);', ".ts");
    const told = `simvlm: The plug-in ${file} cannot be loaded: no (${file}:3:7)\n`;
    expect(runBinary([...SCORE, "--plugin", file])).toEqual({ code: 2, stdout: "", stderr: told });
  });

  test("one that never finishes does not end the program without a word", () => {
    const file = write("await new Promise(() => {});");
    expect(runBinary([...SCORE, "--plugin", file])).toEqual({
      code: 2,
      stdout: "",
      stderr: `simvlm: The plug-in ${file} cannot be loaded: it waits for something that never happens\n`,
    });
  });
});

describe("what defines nothing", () => {
  test.each<[string, string, RegExp]>([
    ["an empty file", "", /: the field `default` is missing: a plug-in's default export is its definition, or a list/],
    ["no default export", `export const own = ${metric("own")};`, /: the field `default` is missing/],
    ["an empty list", "export default [];", /: the field `default` is an empty list/],
    ["a number", "export default 7;", /: the default export is 7, but must be what defineMetric, defineTask or/],
    ["null", "export default null;", /: the default export is null/],
    ["a function", "export default () => 1;", /: the default export is a function/],
    ["no kind", "export default {};", /: the field `kind` is missing, but must be one of metric, task, family/],
    ["an unknown kind", 'export default { kind: "constructor" };', /: the field `kind` is "constructor"/],
    [
      "one that throws",
      "export default { get kind() { throw new Error('no'); } };",
      /definition cannot be read: no \(/,
    ],
  ])("%s", async (_, text, message) => {
    const file = write(text);
    const told = await refuse(file);
    expect(told.startsWith(`simvlm: ${file}: `)).toBe(true);
    expect(told).toMatch(message);
  });

  test("a list with one bad member adds none of the others", async () => {
    const file = write(`export default [${metric("good")}, ${metric("bad", "columns: 3")}];`);
    expect(await refuse(file)).toContain(
      `${file}, definition 2 of 2: field \`columns\` must be a list of names, found 3`,
    );
    const { stderr } = await runBuilt(...SCORE, "--metrics=good");
    expect(stderr).toMatch(/no metric good/);
  });
});

describe("a field that is wrong", () => {
  test.each<[string, string, RegExp]>([
    ["metric", metric("m", "scores: 'one'"), /field `scores` must be a list of names, found "one"/],
    ["metric", metric("m", "name: 10n"), /field `name` must be a name, found 10/],
    ["metric", metric("m", "statistics: [1]"), /field `statistics` must be a function, found \[1\]/],
    ["metric", metric("m", "needs: ['money']"), /field `needs` must be a list out of references/],
    ["task", task("t", "name: 7"), /field `name`: expected string/],
    ["task", task("t", "modalities: ['smell']"), /field `modalities\[0\]`/],
    ["task", task("t", "maxLength: 'long'"), /field `maxLength`: expected number/],
    ["task", task("t", "load: {}"), /field `load`: expected a function/],
    ["task", task("t", "metrics: []"), /field `metrics`: expected at least one/],
    ["task", task("t", `metrics: [${metric("m", "columns: 1")}]`), /field `metrics\[0\]`: field `columns`/],
    ["task", task("t", "mainScore: 'CIDEr'"), /field `mainScore`: expected a score of the task's metrics/],
    ["task", task("t", "answers: ['classify']"), /field `head`/],
    ["task", task("t", "groupings: [{}]"), /field `groupings\[0\]\.by`/],
    ["family", family("f", "name: 'My Family'"), /: name: expected lower-case letters/],
    ["family", family("f", "title: 3"), /: title: /],
    ["family", family("f", "files: 'config.json'"), /: files: /],
    ["family", family("f", "open: 3"), /: open: expected a function/],
    ["family", family("f", "presets: { toy: {} }"), /: presets\.toy\.vocabularySize: /],
  ])("of a %s: %#", async (_, definition, message) => {
    const file = write(`export default ${definition};`);
    const told = await refuse(file);
    expect(told.startsWith(`simvlm: ${file}`)).toBe(true);
    expect(told).toMatch(message);
  });
});

describe("a name that is taken", () => {
  test.each<[string, string, RegExp]>([
    ["a built-in metric's name", metric("rouge"), /There is a metric rouge already/],
    ["a built-in metric's title", metric("mine", 'title: "CIDEr"'), /There is a metric CIDEr already/],
    ["a built-in task's", task("caption"), /There is already a task called caption/],
    ["a built-in family's", family("simvlm"), /There is already a family of models called simvlm/],
  ])("%s", async (_, definition, message) => {
    const file = write(`export default ${definition};`);
    expect(await refuse(file)).toMatch(new RegExp(`${file}: ${message.source}`));
  });

  test("by two plug-ins, and twice in one", async () => {
    const first = write(`export default ${metric("twin")};`);
    const second = write(`export default ${metric("twin")};`);
    expect(await refuse(first, "--plugin", second)).toMatch(/plugin-\d+\.mjs: There is a metric twin already/);
    const both = write(`export default [${metric("pair")}, ${metric("pair")}];`);
    expect(await refuse(both)).toContain(`${both}, definition 2 of 2: There is a metric pair already`);
  });
});

describe("a simvlm.config.json", () => {
  /** A data set's folder with this config, and files beside it. */
  function beside(config: unknown, files: Readonly<Record<string, string>> = {}): string {
    const folder = `data-${++count}`;
    mkdirSync(scratch.at(folder));
    scratch.write(`${folder}/simvlm.config.json`, config);
    for (const [name, text] of Object.entries(files)) scratch.write(`${folder}/${name}`, text);
    return scratch.at(folder);
  }
  const run = (data: string, ...more: string[]) =>
    runBuilt("run", "--task=caption", "--data", data, "--predictions=none.json", "--out", scratch.at("run"), ...more);

  test.each<[string, unknown, RegExp]>([
    [
      "not JSON",
      "{ plugins",
      /simvlm\.config\.json, line 1, column 3: not JSON: .*This should be a simvlm\.config\.json/,
    ],
    ["another key", { plugin: ["./a.mjs"] }, /simvlm\.config\.json: .*plugins/],
    ["one more key", { plugins: [], more: 1 }, /simvlm\.config\.json: .*more/],
    ["a text for a list", { plugins: "./a.mjs" }, /simvlm\.config\.json: plugins: expected array/],
    ["a number in the list", { plugins: [3] }, /simvlm\.config\.json: plugins\[0\]: expected string/],
    ["a list", ["./a.mjs"], /simvlm\.config\.json: expected object/],
    [
      "a file that is not there",
      { plugins: ["./a.mjs"] },
      /The plug-in \.\/a\.mjs is not there: .*data-\d+\/a\.mjs does/,
    ],
  ])("%s", async (_, config, message) => {
    const { code, stderr } = await run(beside(config));
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test("names files from its own folder, and says that they run", async () => {
    const data = beside({ plugins: ["./here.mjs"] }, { "here.mjs": `export default ${metric("here")};` });
    const { stderr } = await run(data);
    expect(stderr).toContain(`simvlm: plug-in ./here.mjs, named in ${data}/simvlm.config.json: metric here\n`);
    // Named a second time, by its path and there, it is the same.
    const again = await run(data, "--plugin", join(data, "here.mjs"));
    expect(again.stderr).not.toMatch(/already/);
    expect(await scoreWith("here", "--plugin", join(data, "here.mjs"))).toEqual({ here_score: 24 });
  });
});

describe("what works", () => {
  test.each([
    [".mjs", (name: string) => `export default ${metric(name)};`],
    [".js", (name: string) => `export default ${metric(name)};`],
    [".cjs", (name: string) => `module.exports = ${metric(name)};`],
    [".ts", (name: string) => `const n: string = "${name}"; export default { ...${metric(name)}, name: n };`],
    [".mts", (name: string) => `export default [${metric(name)}] as const;`],
  ])("%s", async (ending, text) => {
    const name = `from-${ending.slice(1)}`;
    expect(await scoreWith(name, "--plugin", write(text(name), ending))).toEqual({ [`${name}_score`]: 24 });
  });

  test("TypeScript that imports TypeScript, by either name; a path with signs that addresses do not have", async () => {
    scratch.write("helper.ts", 'export const named: string = "im#ported? yes";');
    const text = 'import { named } from "./helper.js"; import { named as twice } from "./helper.ts";';
    const name = "(named === twice ? 'imported' : '')";
    const file = write(`${text} export default { ...${metric("imported")}, name: ${name} };`, " a#b?.ts");
    expect(await scoreWith("imported", "--plugin", file)).toEqual({ imported_score: 24 });
  });

  /** A package in a folder's node_modules. */
  function install(folder: string, name: string, files: Readonly<Record<string, string>>): void {
    const path = join(folder, "node_modules", name);
    mkdirSync(path, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  }
  const packageFile = (name: string) =>
    JSON.stringify({ name, version: "1.0.0", type: "module", exports: { ".": { import: "./main.js" } } });

  test("a package of the working directory by its name", async () => {
    const folder = scratch.at("work");
    install(folder, "@lab/metrics", {
      "package.json": packageFile("@lab/metrics"),
      "main.js": `export default ${metric("packaged")};`,
    });
    const here = process.cwd();
    const paths = SCORE.map((word) => word.replace("=fixtures", `=${join(project, "fixtures")}`));
    process.chdir(folder);
    try {
      const told = await runBuilt(...paths, "--metrics=packaged", "--plugin", "@lab/metrics");
      expect(told).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("packaged|version:") });
    } finally {
      process.chdir(here);
    }
  });

  test("definitions and errors of a second copy of the package", async () => {
    const folder = scratch.at("second");
    const copy = join(folder, "node_modules/@simvlm/metrics");
    for (const name of ["package.json", "dist"]) {
      cpSync(join(project, "metrics", name), join(copy, name), { recursive: true });
    }
    const plugin = (file: string, fields: string) => {
      const text = `import { defineMetric, SimvlmError } from "@simvlm/metrics"; export default defineMetric(${fields});`;
      writeFileSync(join(folder, file), text);
      return join(folder, file);
    };
    const good = plugin("good.mjs", metric("second-copy"));
    expect(await scoreWith("second-copy", "--plugin", good)).toEqual({ "second-copy_score": 24 });
    const throwing = 'statistics: ({ id }) => { throw new SimvlmError("no-tool", "install the tool for " + id); }';
    const bad = plugin("bad.mjs", metric("second-error", throwing));
    const { code, stderr } = await runBuilt(...SCORE, "--metrics=second-error", "--plugin", bad);
    expect([code, stderr]).toEqual([2, "simvlm: install the tool for 1\n"]);
  });
});

describe("what goes wrong while it works", () => {
  const scoreOne = async (fields: string) => {
    const name = `failing-${++count}`;
    const file = write(`export default ${metric(name, fields)};`);
    const { code, stderr } = await runBuilt(...SCORE, `--metrics=${name}`, "--plugin", file);
    expect(code).toBe(2);
    return stderr.replaceAll(name, "NAME").replaceAll(file, "FILE");
  };

  test.each<[string, string, RegExp]>([
    [
      "no number",
      "statistics: ({ id }) => [id === '3' ? NaN : 1]",
      /metric NAME: the statistics of example 3 are \[NaN\]/,
    ],
    ["too many numbers", "statistics: () => [1, 2]", /metric NAME: the statistics of example 1 are \[1,2\]/],
    ["too few", "statistics: () => []", /metric NAME: the statistics of example 1 are \[\]/],
    ["nothing", "statistics: () => {}", /metric NAME: the statistics of example 1 are undefined/],
    ["a promise", "statistics: async () => [1]", /metric NAME: the statistics of example 1 are \[object Promise\]/],
    ["a text", "statistics: () => 'a'", /metric NAME: the statistics of example 1 are a/],
    [
      "an error",
      "statistics: ({ id }) => id.no.way",
      /metric NAME cannot look at example 1: Cannot read properties of/,
    ],
    [
      "no score",
      "scoresFromSums: () => []",
      /metric NAME: the scores from sums are \[\], but must be a number for each of NAME_score/,
    ],
    ["scores that are no list", "scoresFromSums: () => undefined", /metric NAME: the scores from sums are undefined/],
    ["a score that is none", "scoresFromSums: () => [NaN]", /metric NAME: the score NAME_score of all examples is NaN/],
    ["an error in sums", "scoresFromSums: () => { throw new Error('no'); }", /plug-in FILE failed: no \(file:.*:3:/],
    ["an error beforehand", "prepare: async () => { throw new Error('no'); }", /plug-in FILE failed: no \(/],
    ["a need that is not met", "needs: ['tables']", /metric NAME needs tables/],
  ])("a metric gives %s", async (_, fields, message) => {
    const told = await scoreOne(fields);
    expect(told).toMatch(message);
    expect(told).not.toMatch(/bug/);
  });

  test("a task throws", async () => {
    const file = write(`export default ${task("throwing", "load: async () => { throw new TypeError('odd'); }")};`);
    const from = ["--data", scratch.path, "--predictions=none.json", "--out", scratch.at("thrown")];
    const { code, stderr } = await runBuilt("run", "--task=throwing", ...from, "--plugin", file);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^simvlm: The plug-in .* failed: odd \(file:.*:7:\d+\)\n$/),
    ]);
  });

  test("a family throws", async () => {
    const recognizes = "recognizes: ({ model_type }) => model_type === 'odd'";
    const open = `${recognizes}, open: async () => { throw new TypeError('odd'); }`;
    const file = write(`export default ${family("throwing", open)};`);
    mkdirSync(scratch.at("odd"));
    scratch.write("odd/config.json", { model_type: "odd" });
    const args = ["fixtures/images/beach.jpg", "--checkpoint", scratch.at("odd"), "--plugin", file];
    const { code, stderr } = await runBuilt("caption", ...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^simvlm: The plug-in .* failed: odd \(file:.*\)\n$/)]);
  });
});
