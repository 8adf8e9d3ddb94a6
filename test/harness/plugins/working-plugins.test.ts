import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project, runBinary } from "../cli/run-cli.js";
import { runBuilt } from "./built.js";
import { family, metric, number, SCORE, scoreWith, scratch, task, write } from "./write-plugin.js";

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

test("a CommonJS module is lent the packages at hand", async () => {
  const name = `common-${number()}`;
  const text = `const { defineMeanMetric } = require("@simvlm/metrics");
module.exports = defineMeanMetric({ name: "${name}", score: "${name}_score", scoreExample: () => 7 });`;
  expect(await scoreWith(name, "--plugin", write(text, ".cjs"))).toEqual({ [`${name}_score`]: 7 });
});

test("a copy with the same bytes is the same plug-in", async () => {
  const text = `export default ${metric(`copied-${number()}`)};`;
  const { code } = await runBuilt(...SCORE, "--metrics=rouge", "--plugin", write(text), "--plugin", write(text));
  expect(code).toBe(0);
});

test.each([
  ["never answers", (name: string) => `export default ${metric(name, "prepare: () => new Promise(() => {}),")};`],
  ["ends the process", () => "process.exit(0);"],
])("a plug-in that %s does not pass for success", async (_, textOf) => {
  const name = `silent-${number()}`;
  const args = [...SCORE, `--metrics=${name}`, "--plugin", write(textOf(name))];
  const { code, stderr } = runBinary(args);
  expect([code, stderr]).toEqual([2, expect.stringContaining("the command ended before it was finished.")]);
});

test("two metrics that give a score of one name cannot be chosen together", async () => {
  const name = `double-${number()}`;
  const file = write(`export default ${metric(name).replace(`${name}_score`, "CIDEr")};`);
  const { code, stderr } = await runBuilt(...SCORE, `--metrics=cider,${name}`, "--plugin", file);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining(`The metrics cider and ${name} both give a score called CIDEr`),
  ]);
});

test("something thrown that is no error is not called our bug", async () => {
  const name = `thrower-${number()}`;
  const file = write(`export default ${metric(name, 'prepare() { throw "nothing"; },')};`);
  const { code, stderr } = await runBuilt(...SCORE, `--metrics=${name}`, "--plugin", file);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/no error was thrown: nothing\..*plugin-/)]);
});

/** Source of a `load` that gives two examples, the first with these fields. */
const example = (fields: string) =>
  `load: async () => ({ files: [], classes: [], examples: ["a", "b"].map((id, i) =>
    ({ id, images: [], targets: [], ...(i === 0 ? { ${fields} } : {}) })) })`;

/** Source of what looks like a model, with these fields. */
const model = (fields: string) => `{
  source: "here", trained: true, description: {}, longestText: 3, toBatch() {}, createDecoder() {},
  tokenizer: { vocabSize: 4, padId: 0, startId: 1, endId: 2, unknownId: 3, encode() {}, decode() {}, pieces() {}, words() {} },
  preparation: { framing: { kind: "stretch", size: 8 } }, prompting: { place: "encoder", usual: {}, longest: 0 },
  ${fields} }`;

describe("what goes wrong while it works", () => {
  const scoreOne = async (fields: string) => {
    const name = `failing-${number()}`;
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
    [
      "a signature that is a text",
      "signature: () => 'tok:ptb'",
      /metric NAME: its signature is tok:ptb, but must be an/,
    ],
    ["a signature that is a list", "signature: () => ['ptb']", /metric NAME: its signature is \[ptb\], but/],
    ["a signature that is nothing", "signature: () => {}", /metric NAME: its signature is undefined, but/],
    ["a signature that comes later", "signature: async () => ({})", /metric NAME: its signature is \[object Promise\]/],
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

  test.each<[string, RegExp]>([
    ["load: async () => {}", /The task NAME: load returned something wrong: expected object/],
    ["load: async () => ({ examples: 3, files: [], classes: [] })", /load .*: field `examples`: expected array/],
    ["load: async () => ({ examples: [], classes: [] })", /load .*: field `files`: expected array/],
    ["load: async () => ({ examples: [], files: [], classes: [1] })", /load .*: field `classes\[0\]`: expected string/],
    [example("id: 7"), /load .*: field `examples\[0\]\.id`: expected string/],
    [example("id: ''"), /load .*: field `examples\[0\]\.id`: expected a text/],
    [example("references: 'one'"), /load .*: field `examples\[0\]\.references`: expected array/],
    [example("images: undefined"), /load .*: field `examples\[0\]\.images`: expected array/],
    [example("id: 'b'"), /load .*: field `examples\[1\]\.id`: "b" is there twice/],
    [`${example("")}, readResults: async () => "none"`, /readResults .*: expected array/],
    [
      `${example("")}, readResults: async () => [{ id: "a", prediction: 3 }]`,
      /readResults .*: field `\[0\]\.prediction`: expected string/,
    ],
    [
      `${example("")}, readResults: async () => ["a", "b"].map((id) => ({ id, prediction: "x" })), formatResults: () => ({})`,
      /formatResults .*: expected string/,
    ],
  ])("a task returns what it must not: %s", async (fields, message) => {
    const name = `returning-${number()}`;
    const file = write(`export default ${task(name, fields)};`);
    scratch.write("given.json", []);
    const from = ["--data", scratch.path, "--predictions", scratch.at("given.json"), "--out", scratch.at(name)];
    const { code, stderr } = await runBuilt("run", "--task", name, ...from, "--plugin", file);
    expect([code, stderr.replaceAll(name, "NAME")]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/bug|\n./);
  });

  test.each<[string, RegExp]>([
    ["undefined", /The family NAME: open returned something wrong: expected object/],
    ["{}", /open .*: field `source`: expected string/],
    [model("longestText: 0"), /open .*: field `longestText`: /],
    [model("tokenizer: undefined"), /open .*: field `tokenizer`: expected object/],
    [model("preparation: 'none'"), /open .*: field `preparation`: expected object/],
    [model("toBatch: []"), /open .*: field `toBatch`: expected a function/],
    [model("head: { classes: 2, passes: 1 }"), /open .*: field `createClassifier`: expected a function, since/],
  ])("a family opens what is no model: %s", async (opened, message) => {
    const name = `opening-${number()}`;
    const fields = `recognizes: ({ model_type }) => model_type === "${name}", open: async () => (${opened})`;
    const file = write(`export default ${family(name, fields)};`);
    mkdirSync(scratch.at(name));
    scratch.write(`${name}/config.json`, { model_type: name });
    const args = ["fixtures/images/beach.jpg", "--checkpoint", scratch.at(name), "--plugin", file];
    const { code, stderr } = await runBuilt("caption", ...args);
    expect([code, stderr.replaceAll(name, "NAME")]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/bug|\n./);
  });
});
