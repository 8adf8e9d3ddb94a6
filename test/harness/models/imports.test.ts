import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { project } from "../cli/run-cli.js";

/** Every import of the house: the file, and the file that it names, both from `harness/`. */
const IMPORTS = readdirSync(join(project, "harness"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !/^(dist|node_modules)\//.test(file))
  .flatMap((file) => {
    const text = readFileSync(join(project, "harness", file), "utf8");
    return [...text.matchAll(/(?:from|import\(?) ?"(\.{1,2}\/[^"]+)"/g)].map(([, name]) => {
      return { file, named: join(dirname(file), name!) };
    });
  });

/** Files that import one of a room without living in it. */
const importersOf = (room: string) =>
  new Set(
    IMPORTS.filter(({ file, named }) => named.startsWith(room) && !file.startsWith(room)).map(({ file }) => file),
  );

test("nobody outside SimVLM's folder knows it: the registry's line, what people import, and the benchmark of it", () => {
  const importers = [...importersOf("models/simvlm/")].filter((file) => !file.startsWith("cli/bench/"));
  expect(importers.sort()).toEqual(["index.ts", "models/family-registry.ts", "models/index.ts"]);
  const lines = readFileSync(join(project, "harness/models/family-registry.ts"), "utf8").split("\n");
  expect(lines.filter((line) => line.includes("simvlmFamily"))).toEqual([
    'import { simvlmFamily } from "./simvlm/simvlm-family.js";',
    "  simvlmFamily, //",
  ]);
});

test("models stand below what uses them, and know no task", () => {
  for (const room of ["tasks", "training", "sources", "runs", "attention", "compare", "report", "terminal", "cli"]) {
    const found = IMPORTS.filter(({ file, named }) => file.startsWith("models/") && named.startsWith(`${room}/`));
    expect(found, room).toEqual([]);
  }
});

test("layers, decoding, checkpoints and the engine know no family", () => {
  const below = /^(layers|decoding|checkpoints|engine|text|images|formats|files)\//;
  expect(IMPORTS.filter(({ file, named }) => below.test(file) && named.startsWith("models/"))).toEqual([]);
});
