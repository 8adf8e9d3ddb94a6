import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runBinary } from "../cli/run-cli.js";
import { runBuilt } from "./built.js";
import { family, metric, number, refuse, SCORE, scoreWith, scratch, task, write } from "./write-plugin.js";

describe("what cannot be loaded", () => {
  test.each([
    [
      "nowhere/metric.ts",
      /^simvlm: The plug-in nowhere\/metric\.ts is not there: .*nowhere\/metric\.ts does not exist/,
    ],
    ["./examples", /The plug-in \.\/examples is not there: .*examples is a folder, not a file/],
    ["/dev/zero", /The plug-in \/dev\/zero is not there: \/dev\/zero is a pipe or a device, not a file/],
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
    ["metric", metric("m", "scores: 'one'"), /field `scores` must be a list, each once, of a name .*, found "one"/],
    ["metric", metric("m", "name: 10n"), /field `name` must be a name of .*, found 10/],
    ["metric", metric("m", "statistics: [1]"), /field `statistics` must be a function, found \[1\]/],
    ["metric", metric("m", "needs: ['money']"), /field `needs` must be a list out of references/],
    ["metric", metric("m", "name: 'my metric'"), /field `name` must be a name of .*, found "my metric"/],
    ["metric", metric("m", "name: 'a,b'"), /field `name` must be a name of .*, found "a,b"/],
    ["metric", metric("m", "name: '-a'"), /field `name` must be a name of .*, found "-a"/],
    ["metric", metric("m", "name: '__proto__'"), /field `name` must be a name of .*, found "__proto__"/],
    ["metric", metric("m", "scores: ['a|b']"), /field `scores` must be .*, found \["a\|b"\]/],
    ["metric", metric("m", "scores: ['a\\n']"), /field `scores` must be .*, found \["a\\n"\]/],
    ["metric", metric("m", "title: 'a|b'"), /field `title` must be a text on one line without bars/],
    ["metric", metric("m", "title: 'a\\nb'"), /field `title` must be a text on one line without bars/],
    ["task", task("t", "name: 'my task'"), /field `name`: expected a name of letters/],
    ["task", task("t", "name: '__proto__'"), /field `name`: expected a name of letters/],
    ["task", task("t", "mainScore: 'my score'"), /field `mainScore`: expected a score/],
    ["family", family("f", "name: '-f'"), /: name: expected lower-case letters/],
    ["family", family("f", "title: 'a\\nb'"), /: title: expected a text on one line/],
    ["metric", metric("m", "titel: 'M'"), /field `titel`: no field of a metric is called that/],
    ["task", task("t", "scoredTexts: () => ''"), /field `scoredTexts`: no field is called that/],
    [
      "task",
      task("t", "head: { passes: 1, loss: 'softmax', sayclass: () => '' }"),
      /field `head\.sayclass`: no field is called that/,
    ],
    ["task", task("t", "groupings: [{ by: 'a', sumary: 'b' }]"), /field `groupings\[0\]\.sumary`: no field is called/],
    ["family", family("f", "tellsize: () => ''"), /: tellsize: no field is called that/],
    ["task", task("t", "name: 7"), /field `name`: expected string/],
    ["task", task("t", "modalities: ['smell']"), /field `modalities\[0\]`/],
    ["task", task("t", "maxLength: 'long'"), /field `maxLength`: expected number/],
    ["task", task("t", "load: {}"), /field `load`: expected a function/],
    ["task", task("t", "metrics: []"), /field `metrics`: expected at least one/],
    ["task", task("t", `metrics: [${metric("m", "columns: 1")}]`), /field `metrics\[0\]`: field `columns`/],
    ["task", task("t", "mainScore: 'CIDEr'"), /field `mainScore`: expected a score of the task's metrics/],
    ["task", task("t", "answers: ['classify']"), /field `head`/],
    ["task", task("t", "resultsName: '../evil.txt'"), /field `resultsName`: expected a file's name/],
    [
      "task",
      task("t", "resultsName: 'manifest.json'"),
      /field `resultsName`: expected a name that a run's other files/,
    ],
    [
      "task",
      task("t", `metrics: [${metric("m")}, ${metric("n").replace("n_score", "m_score")}]`),
      /field `metrics`: .*m and n/,
    ],
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
    const second = write(`export default ${metric("twin", "details: () => ({}),")};`);
    expect(await refuse(first, "--plugin", second)).toMatch(/plugin-\d+\.mjs: There is a metric twin already/);
    const both = write(`export default [${metric("pair")}, ${metric("pair")}];`);
    expect(await refuse(both)).toContain(`${both}, definition 2 of 2: There is a metric pair already`);
  });
});

describe("a simvlm.config.json", () => {
  /** A data set's folder with this config, and files beside it. */
  function beside(config: unknown, files: Readonly<Record<string, string>> = {}): string {
    const folder = `data-${number()}`;
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
