import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

/** Rooms and what they must not import: computing knows nothing of printing, and nothing imports upwards. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  formats: ["tasks", "runs", "sources", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  tasks: ["runs", "sources", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  sources: ["runs", "compare", "terminal", "report", "toybox", "cli", "notebook"],
  runs: ["compare", "terminal", "report", "toybox", "cli", "notebook"],
  compare: ["terminal", "report", "cli", "notebook"],
  report: ["terminal/format-comparison", "cli", "notebook"],
  terminal: ["cli", "notebook"],
};

/** An index gathers what is public and is no part of the room. */
const files = readdirSync("harness", { recursive: true, encoding: "utf8" })
  .map((path) => `harness/${path}`)
  .filter((path) => path.endsWith(".ts") && !/\/dist\//.test(path) && basename(path) !== "index.ts");

function listImports(path: string): string[] {
  const found = readFileSync(path, "utf8").matchAll(/(?:from|import\() ?"(\.[^"]+)"/g);
  return [...found].map(([, name]) => normalize(join(dirname(path), name!)).replace(/^harness\//, ""));
}

test.each(Object.entries(FORBIDDEN))("%s imports nothing of %j", (room, forbidden) => {
  const own = files.filter((path) => path.startsWith(`harness/${room}/`));
  expect(own.length).toBeGreaterThan(0);
  const wrong = own.flatMap((path) =>
    listImports(path)
      .filter((name) => forbidden.some((other) => name.startsWith(other)))
      .map((name) => `${path} imports ${name}`),
  );
  expect(wrong).toEqual([]);
});

test("the names of tasks are known to their own files, the registry's commands and the paper's tables alone", () => {
  const names =
    /\b(?:task|name)\b[\w.]* (?:===|!==) "(?:caption|vqa|nlvr2|snli-ve|translate|complete)"|Record<TaskName/;
  const branching = files.filter((path) => names.test(readFileSync(path, "utf8")));
  expect(branching).toEqual([]);
});

test("errors of the library name no options of the command line", () => {
  const option = /["`' (]--[a-z]+/;
  const rooms = ["formats", "tasks", "sources", "runs", "compare"];
  const own = files.filter((path) => rooms.some((room) => path.startsWith(`harness/${room}/`)));
  const naming = own.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => option.test(text) && !/^\s*(\*|\/\*|\/\/)|git\(/.test(text))
      .map((text) => `${path}: ${text.trim()}`),
  );
  expect(naming).toEqual([]);
});
