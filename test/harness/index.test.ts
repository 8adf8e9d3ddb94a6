import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { project } from "./cli/run-cli.js";

interface Manifest {
  exports: Record<string, string | { types: string; default: string }>;
}

const { exports } = JSON.parse(readFileSync(`${project}harness/package.json`, "utf8")) as Manifest;
const parts = Object.keys(exports).filter((path) => path !== "./package.json");

test("everything the parts export can be had from the whole", async () => {
  const whole = await import("simvlm");
  expect(parts.length).toBeGreaterThan(5);
  for (const part of parts) {
    const names = Object.keys((await import(part.replace(".", "simvlm"))) as object);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(whole, part).toHaveProperty(name);
  }
});

test("types lie beside what they describe", () => {
  for (const part of parts) {
    const { types, default: path } = exports[part] as { types: string; default: string };
    expect(types).toBe(path.replace(/\.js$/, ".d.ts"));
    expect(readFileSync(`${project}harness/${types}`, "utf8")).toContain("export");
  }
});
