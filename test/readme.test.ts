import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const readme = readFileSync(fileURLToPath(new URL("../README.md", import.meta.url)), "utf8");

test("the README's TypeScript says what the library does", async () => {
  const imports = [...readme.matchAll(/import \{ ([^}]+) \} from "([^"]+)"/g)];
  expect(imports.map(([, , library]) => library)).toEqual(expect.arrayContaining(["simvlm", "@simvlm/metrics"]));
  for (const [, names, library] of imports) {
    const exported = (await import(library!)) as object;
    for (const name of names!.split(", ")) expect(exported).toHaveProperty(name);
  }
});

test("the README's table of presets is right", async () => {
  const { countParameters, presets } = await import("simvlm");
  for (const [name, config] of Object.entries(presets)) {
    const parameters = countParameters(config).toLocaleString("en");
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\|.*\\| ${parameters} \\|$`, "m"));
  }
});
