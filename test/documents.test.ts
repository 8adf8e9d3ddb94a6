import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksOf, DOCUMENTS, project } from "./documents.js";

const textOf = (path: string): string => DOCUMENTS.find((document) => document.path === path)!.text;

test("the README is short", () => {
  expect(textOf("README.md").split("\n").length).toBeLessThanOrEqual(150);
});

test("the documents' TypeScript imports what the library has", async () => {
  const imports = blocksOf("ts").flatMap((block) => [...block.matchAll(/import \{ ([^}]+) \} from "([^"]+)"/g)]);
  expect(imports.map(([, , library]) => library)).toEqual(expect.arrayContaining(["simvlm", "@simvlm/metrics"]));
  for (const [, names, library] of imports) {
    const exported = (await import(library!)) as object;
    for (const name of names!.split(", ")) expect(exported).toHaveProperty(name);
  }
});

test("the table of presets is right", async () => {
  const { countParameters, presets } = await import("simvlm");
  for (const [name, config] of Object.entries(presets)) {
    const parameters = countParameters(config).toLocaleString("en");
    expect(textOf("docs/checkpoints.md")).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${parameters} \\|$`, "m"));
  }
});

test.each([
  ["docs/add-a-metric.md", "metrics/definition.ts", "MetricDefinition"],
  ["docs/add-a-task.md", "harness/tasks/task.ts", "Task"],
  ["docs/add-a-family.md", "harness/models/family.ts", "FamilyDefinition"],
  ["docs/add-a-family.md", "harness/models/vision-language-model.ts", "VisionLanguageModel"],
])("%s explains every field that %s declares", (path, source, name) => {
  const code = readFileSync(join(project, source), "utf8");
  const body = new RegExp(`^export interface ${name}(?:<[^{]*>)? \\{\n(.*?)^\\}$`, "ms").exec(code)![1]!;
  const fields = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, field]) => field!);
  expect(fields.length).toBeGreaterThan(5);
  expect(fields.filter((field) => field !== "kind" && !textOf(path).includes(`\`${field}`))).toEqual([]);
});

test("code that a document shows is the file's", () => {
  const shown = DOCUMENTS.flatMap(({ text }) => [...text.matchAll(/^<!-- code: (\S+) -->\n\n```\w+\n(.*?)^```$/gms)]);
  expect(shown.length).toBeGreaterThan(0);
  for (const [, path, code] of shown) expect(code).toBe(readFileSync(join(project, path!), "utf8"));
});

describe.each(DOCUMENTS)("$path", ({ path, text }) => {
  test("its links lead somewhere", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]+)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !existsSync(join(project, dirname(path), link)))).toEqual([]);
  });
});
